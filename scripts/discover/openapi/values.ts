/**
 * A value for a schema in which every property holds something, so that traffic of the interface can be made up.
 *
 * Invariants: examples of the document stand for values; a schema that contains itself stands in itself twice, so that its
 * fields are so many places that they are told by their names, at whatever depth; less often, or not, where the document would
 * grow beyond `budget`; one that does all the same has each schema once, and those that an earlier document of its direction
 * had not at all.
 */
import { type Document, isObject, type Json } from "./document.ts";

const deepest = 24;
/** How often a schema stands on the way to a value: as many places as are told as one (group.ts). */
const mostTimes = 3;
/** Values of one document, before schemas are told once. */
const budget = 3000;

/** Schemas that had their turn, and those for which it comes. */
interface Once {
  readonly told: Set<Json>;
  readonly waiting: { readonly later: Json; readonly into: Json }[];
}

class TooMany extends Error {}

/** Formats that say what a value is, with a value of it; formats of numbers, dates and bytes say nothing. */
const formats: Record<string, string> = {
  email: "user@example.com",
  "idn-email": "user@example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  password: "x",
  phone: "x",
};

/** Extensions by which documents say that a value is somebody's. */
const telling =
  /^x-.*(pii|personal|sensitive|confidential|privacy|secret|phi|pci|gdpr|data-?class|classification|redact|mask)/i;
const harmless = /^(false|none|no|public|internal|low|0|)$/i;

export class Values {
  /** What the document says of a value, by the value that was made for it. */
  readonly meaning = new Map<string, string>();
  readonly #document: Document;
  /** Schemas that had their turn in a document of their own direction. */
  readonly #told = new Map<string, Set<Json>>();
  #left = 0;
  #times = 1;
  #once: Once | undefined;

  constructor(document: Document) {
    this.#document = document;
  }

  /** Of a request or a response. */
  of(schema: unknown, direction: string): unknown {
    this.#once = undefined;
    for (this.#times = mostTimes; this.#times > 0; this.#times--) {
      try {
        this.#left = budget;
        return this.#value(schema, []);
      } catch (error) {
        if (!(error instanceof TooMany)) throw error;
      }
    }
    this.#times = 1;
    const told = this.#told.get(direction) ?? new Set();
    this.#told.set(direction, told);
    this.#once = { told, waiting: [] };
    const value = this.#value(schema, []);
    // The nearest first, so that what is deep in one document is near in none.
    for (const { later, into } of this.#once.waiting) Object.assign(into, this.#whole(later, []));
    return value;
  }

  /** Of a key that proves who asks. */
  secret(): string {
    return String(this.#marked("credential", "x"));
  }

  /** `isPart`: it becomes a part of another value, and so cannot wait. */
  #value(node: unknown, trail: readonly Json[], isPart = false): unknown {
    if (this.#once === undefined && this.#left-- === 0) throw new TooMany();
    const schema = this.#document.object(node);
    if (trail.filter((outer) => outer === schema).length === this.#times || trail.length > deepest) return undefined;
    const isNamed = isObject(node) && typeof node.$ref === "string" && trail.length > 0;
    if (this.#once && isNamed && !isPart && (isObject(schema.properties) || Array.isArray(schema.allOf))) {
      const { told, waiting } = this.#once;
      if (told.has(schema)) return undefined;
      told.add(schema);
      const into: Json = {};
      waiting.push({ later: schema, into });
      return into;
    }
    return this.#whole(schema, [...trail, schema]);
  }

  #whole(schema: Json, below: readonly Json[]): unknown {
    const parts = [schema.allOf, schema.oneOf, schema.anyOf].flatMap((list) => (Array.isArray(list) ? list : []));
    const own = this.#own(schema, below, parts.length > 0);
    if (parts.length === 0) return own;
    const values = [own, ...parts.map((part) => this.#value(part, below, true))];
    const objects = values.filter(isObject);
    if (objects.length > 0) return objects.reduce(merged, {});
    return values.find((value) => value !== undefined && value !== "x") ?? values.find((value) => value !== undefined);
  }

  #own(schema: Json, below: readonly Json[], hasParts: boolean): unknown {
    if (isObject(schema.properties) || isObject(schema.additionalProperties) || isObject(schema.patternProperties))
      return this.#object(schema, below);
    const types = [schema.type].flat();
    if (schema.items !== undefined || Array.isArray(schema.prefixItems) || types.includes("array")) {
      const items = [...(Array.isArray(schema.prefixItems) ? schema.prefixItems : []), schema.items];
      const values = items.map((item) => this.#value(item, below)).filter((value) => value !== undefined);
      return values.length > 0 ? values : undefined;
    }
    if (hasParts || types.includes("object")) return exampleOf(schema);
    return this.#scalar(schema, types);
  }

  #object(schema: Json, below: readonly Json[]): Json {
    const members = Object.entries(isObject(schema.properties) ? schema.properties : {}).map(
      ([name, part]) => [name, this.#value(part, below)] as const,
    );
    // A name that is a number is none: members of a map are one field.
    const others = [schema.additionalProperties, ...Object.values(this.#document.object(schema.patternProperties))];
    const item = others.filter(isObject).map((part) => this.#value(part, below))[0];
    return Object.fromEntries([...members, ["0", item] as const].filter(([, value]) => value !== undefined));
  }

  #scalar(schema: Json, types: readonly unknown[]): unknown {
    const format = String(schema.format ?? "").toLowerCase();
    const extension = Object.entries(schema).find(
      ([name, value]) => telling.test(name) && value !== null && !harmless.test(String(value)),
    );
    const mark = extension ? extension[0] : Object.hasOwn(formats, format) ? `format: ${format}` : undefined;
    const given = exampleOf(schema);
    if (types.includes("boolean")) return true;
    const isNumber = types.includes("integer") || types.includes("number");
    if (mark === undefined) {
      if (isNumber) return typeof given === "number" ? given : 1;
      return given ?? formats[format] ?? "x";
    }
    if (isNumber) return this.#marked(mark, 900_000_001 + this.meaning.size);
    return this.#marked(
      mark,
      format === "email" ? `user${this.meaning.size}@example.com` : `${formats[format] ?? "x"}`,
    );
  }

  /** A value of its own, by which the field that has it is known again. */
  #marked(mark: string, like: string | number): string | number {
    const known = [...this.meaning].find(([, other]) => other === mark)?.[0];
    if (known !== undefined) return typeof like === "number" ? Number(known) || like : known;
    const value = like === "x" ? `described-${this.meaning.size}` : like;
    this.meaning.set(String(value), mark);
    return value;
  }
}

function exampleOf(schema: Json): unknown {
  const [first] = Array.isArray(schema.examples) ? schema.examples : [];
  return [
    schema.example,
    first,
    schema.const,
    Array.isArray(schema.enum) ? schema.enum[0] : undefined,
    schema.default,
  ].find((value) => value !== undefined && value !== null);
}

/** Two variants of an object as one that has the members of both. */
function merged(one: Json, other: Json): Json {
  const all: Json = { ...one };
  for (const [name, value] of Object.entries(other)) {
    const known = all[name];
    all[name] = isObject(known) && isObject(value) ? merged(known, value) : isObject(known) ? known : value;
  }
  return all;
}
