// Checks a policy against policies/policy.schema.json and says what is wrong in words of the language.
// Invariant: one problem is one diagnostic: of an anyOf only the branch speaks whose type fits the data.

import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import schema from "../../policies/policy.schema.json" with { type: "json" };
import { nearest } from "./diagnostics.ts";
import type { Path, Source } from "./source.ts";

// Made when a policy is first checked, since that takes as long as all else that a command does to start.
const ajv = new Ajv2020({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
ajv.addSchema(schema, "policy");

/** Reports every violation; answers their paths, so that later phases leave broken parts alone. */
export function validate(source: Source): Path[] {
  const check = ajv.getSchema("policy")!;
  if (check(source.value)) return [];
  const paths: Path[] = [];
  const errors = check.errors ?? [];
  const telling = distinct(errors);
  // What is refused is never passed over, however little its errors tell.
  for (const error of telling.length > 0 ? telling : errors) {
    const path = pathOf(error.instancePath, source.value);
    const { additionalProperty: key, missingProperty } = error.params as Record<string, string | undefined>;
    const step = key ?? missingProperty;
    paths.push(step === undefined ? path : [...path, step]);
    const [code, message, remedy] = explain(error, path);
    source.error(code, key === undefined ? { path } : { path, key }, message, remedy);
  }
  return paths;
}

/** Drops the branches of an anyOf that are about another type, and the anyOf itself when a branch has spoken. */
function distinct(errors: readonly ErrorObject[]): ErrorObject[] {
  const fitting = errors.filter((error) => error.keyword !== "anyOf" && !wrongType(error));
  const result = [...fitting];
  for (const error of errors) {
    if (error.keyword === "type" && !errors.some((other) => other.keyword === "anyOf" && same(other, error))) {
      result.push(error);
    } else if (error.keyword === "anyOf") {
      const spoken = result.some((other) => `${other.instancePath}/`.startsWith(`${error.instancePath}/`));
      if (!spoken) result.push(error);
    }
  }
  const seen = new Set<string>();
  return result.filter((error) => {
    const key = `${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`;
    return !seen.has(key) && seen.add(key);
  });
}

const same = (a: ErrorObject, b: ErrorObject) => a.instancePath === b.instancePath;

/** True for a type error, and for any other keyword of a schema whose type the data does not have. */
function wrongType(error: ErrorObject): boolean {
  if (error.keyword === "type") return true;
  const type = (error.parentSchema as { type?: string }).type;
  if (type === undefined) return false;
  const actual = typeName(error.data);
  // A whole number is a number, and any other one is meant where a whole one is wanted.
  const isNumeric = (name: string): boolean => name === "integer" || name === "number";
  return type !== actual && !(isNumeric(type) && isNumeric(actual));
}

/** Where the schema wants the name of a variable, somebody may have put a key: it must not be said again. */
const isAboutKeys = (path: Path): boolean => path[0] === "keys" || (path.includes("jwt") && path.includes("key"));

function explain(error: ErrorObject, path: Path): [code: string, message: string, remedy: string] {
  if (isAboutKeys(path) && (error.keyword === "pattern" || error.keyword === "type" || error.keyword === "anyOf")) {
    const isVariable = path.at(-1) === "env";
    const message = `\`${path.join(".")}\` is ${isVariable ? "no name of a variable" : article(typeName(error.data))}`;
    return [
      "wrong-format",
      message,
      'name an environment variable, as in {"env": "FROSTGLASS_KEY"}; a key itself never stands in a policy',
    ];
  }
  const name = path.length === 0 ? "the policy" : `\`${path.join(".")}\``;
  const parent = error.parentSchema as { properties?: object; description?: string; anyOf?: object[] };
  const params = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case "additionalProperties": {
      const known = Object.keys(parent.properties ?? {});
      const unknown = String(params.additionalProperty);
      const meant = nearest(unknown, known);
      const remedy = meant
        ? `did you mean \`${meant}\`?`
        : known.length > 0
          ? `known here: ${known.join(", ")}`
          : "remove it";
      return ["unknown-property", `${name} has no property \`${unknown}\``, remedy];
    }
    case "required":
      return ["missing-property", `${name} lacks \`${params.missingProperty}\``, "add it"];
    case "enum": {
      const allowed = params.allowedValues as unknown[];
      return enumeration(name, path, error.data, allowed.map(String));
    }
    case "type":
      return ["wrong-type", `${name} is ${article(typeName(error.data))}`, `make it ${article(String(params.type))}`];
    case "anyOf":
      return ["wrong-type", `${name} is ${article(typeName(error.data))}`, describe(error)];
    case "pattern":
      return ["wrong-format", `${name} is ${quote(error.data)}, which does not fit ${params.pattern}`, describe(error)];
    case "minProperties":
      return ["missing-property", `${name} is empty`, describe(error)];
    case "maxProperties":
      return ["too-many-properties", `${name} has more than one key`, "keep exactly one"];
    case "minItems":
      return ["out-of-range", `${name} is an empty list`, "add at least one item"];
    case "uniqueItems":
      return ["out-of-range", `${name} lists the same item twice`, "keep one of them"];
    default:
      return ["out-of-range", `${name} ${error.message}`, describe(error)];
  }
}

const parameterized: Record<string, string> = {
  truncate: '{"truncate": {"keepFirst": 6, "keepLast": 4}}',
  generalize: '{"generalize": {"date": "year"}}',
  tokenize: '{"tokenize": {"format": "pan"}}',
  reveal: '{"reveal": "RULE"}',
};

function enumeration(name: string, path: Path, data: unknown, allowed: string[]): [string, string, string] {
  const text = String(data);
  if (path.at(-1) === "action" && Object.hasOwn(parameterized, text)) {
    return ["missing-parameters", `the action \`${text}\` needs parameters`, `write ${parameterized[text]}`];
  }
  const meant = nearest(text, allowed);
  const remedy = meant ? `did you mean \`${meant}\`?` : `use one of ${allowed.join(", ")}`;
  return ["unknown-value", `${name} is ${quote(data)}`, remedy];
}

/** The schema's own words are the remedy. */
function describe(error: ErrorObject): string {
  const { description, examples } = error.parentSchema as { description?: string; examples?: unknown[] };
  const words = description ? `expected: ${description.replace(/\.$/, "")}` : "see policies/policy.schema.json";
  return examples?.length ? `${words} (example: ${JSON.stringify(examples[0])})` : words;
}

function typeName(data: unknown): string {
  if (data === null) return "null";
  if (Array.isArray(data)) return "array";
  return Number.isInteger(data) ? "integer" : typeof data;
}

const article = (type: string) => (type === "null" ? type : `${/^[aio]/.test(type) ? "an" : "a"} ${type}`);

function quote(data: unknown): string {
  const text = JSON.stringify(data) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A JSON Pointer as steps: an index is a number where the value is an array. */
function pathOf(pointer: string, root: unknown): Path {
  let at = root as Record<string | number, unknown>;
  return pointer
    .split("/")
    .slice(1)
    .map((part) => {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      const step = Array.isArray(at) ? Number(key) : key;
      at = at[step] as typeof at;
      return step;
    });
}
