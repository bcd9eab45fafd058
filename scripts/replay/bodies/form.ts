/** application/x-www-form-urlencoded, read by URLSearchParams: each piece between two ampersands is a field or empty. */
import type { Comparison } from "../compare.ts";
import type { Oracle, RuleView } from "../oracle.ts";
import { hidesValues, isKeyed, replacementFault } from "../replacement.ts";
import { beginsAs } from "../soft.ts";
import { fromWire } from "../text.ts";
import { compareText, type TextVerdict, whole } from "../verdict.ts";
import { readJson } from "./json.ts";
import { allow, type BodyReading, differ, merge, within } from "./reading.ts";
import type { BodyRules } from "./rules.ts";

interface Field {
  /** The field as it is spelled, one character a byte. */
  readonly raw: string;
  /** The name as it is spelled. */
  readonly label: string;
  readonly name: string;
  readonly value: string;
}

/** Undefined for an empty piece. */
function fieldOf(raw: string): Field | undefined {
  // Bytes beyond ASCII stand for themselves; as escapes they survive the way through a JavaScript text.
  const ascii = raw.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  const [entry] = [...new URLSearchParams(ascii)];
  if (entry === undefined) return undefined;
  const label = raw.split("=", 1)[0]!;
  const [name, value] = entry.map((text, index) => {
    if (!text.includes("\ufffd")) return text;
    return byteByByte(index === 0 ? ascii.split("=", 1)[0]! : ascii.slice(ascii.indexOf("=") + 1));
  }) as [string, string];
  return { raw, label, name, value };
}

/** A name or value that is no UTF-8: several bytes that are none would be one replacement character. */
const byteByByte = (value: string): string =>
  fromWire(
    value.replaceAll("+", " ").replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  );

/** Names and values of a form. */
export const pairsOf = (body: Uint8Array): Pick<Field, "name" | "value">[] =>
  piecesOf(body).flatMap((raw) => fieldOf(raw) ?? []);

const piecesOf = (body: Uint8Array) => Buffer.from(body).toString("latin1").split("&");

/** `isForeign`: its charset is not UTF-8, and names that are more than ASCII could be others. */
export function readForm(rules: BodyRules, body: Uint8Array, isForeign = false): BodyReading | undefined {
  // JSON or XML under a wrong name: some receivers read it all the same.
  if (/^(?:[\xef\xbb\xbf]|(?![\x7f-\xff])[\p{Cc} ])*[{["<]/u.test(Buffer.from(body).toString("latin1")))
    return undefined;
  const pieces = piecesOf(body).map((raw, index) => {
    const field = fieldOf(raw);
    return field === undefined ? undefined : judged(rules, field, index);
  });
  const fields = pieces.filter((piece) => piece !== undefined);
  // A query of GraphQL by itself, likewise.
  if (fields.some(({ field }) => beginsAs("graphql", field.label))) return undefined;
  // JSON by itself, escaped.
  if (fields.some(({ field }) => /^[ \t\n\r\ufeff]*(?:\{[ \t\n\r]*"|\[[ \t\n\r]*[{["])/.test(field.name)))
    return undefined;
  // A text by itself, where a rule covers all values.
  if (rules.isCovered && fields.some(({ field }) => !field.raw.includes("="))) return undefined;
  if (isForeign && fields.some(({ field }) => /\P{ASCII}/u.test(field.name))) return undefined;
  return {
    secrets: fields.flatMap(({ secrets }) => secrets),
    passing: fields.map(({ passing }) => passing).join("&"),
    compare: (after) => compare(pieces, piecesOf(after)),
  };
}

interface Judged {
  readonly field: Field;
  /** What rules find in the name. */
  readonly inName: RuleView | undefined;
  readonly location: string;
  readonly rule: RuleView | undefined;
  readonly reading: BodyReading | undefined;
  /** Of a value that is decoded. */
  readonly text?: { readonly verdict: TextVerdict };
  readonly secrets: BodyReading["secrets"];
  readonly passing: string;
}

function judged(rules: BodyRules, field: Field, index: number): Judged {
  const inName = rules.inName(field.name);
  // A name in which something was found is no place to tell.
  const location = inName ? `form[${index}]` : `form:${field.name}`;
  const judged = { inName, location, ...judgedValue(rules, field, location) };
  if (inName === undefined) return judged;
  const name = hidesValues(inName) ? [{ rule: inName, location, value: field.name }] : [];
  return { ...judged, secrets: [...judged.secrets, ...name], passing: judged.passing.replace(field.label, "") };
}

function judgedValue(rules: BodyRules, field: Field, location: string): Omit<Judged, "inName" | "location"> {
  const verdict = rules.verdictOn("form", field.name, Buffer.from(field.value));
  if (verdict !== "plain") {
    const { secrets, passing } = whole(verdict, Buffer.from(field.value), location);
    const rule = verdict && "action" in verdict ? verdict : undefined;
    return { field, rule, reading: undefined, text: { verdict }, secrets, passing: `${field.label}=${passing}` };
  }
  const own = rules.plainRuleFor("form", field.name);
  const inside = own === undefined || own.action.kind === "pass" ? rules.documentIn("form", field.name) : undefined;
  if (inside !== undefined)
    return { field, rule: undefined, ...readInside(inside, own !== undefined, location, field) };
  const rule = rules.ruleFor("form", field.name, field.value, field.raw.slice(field.label.length + 1));
  if (rule === undefined || rule.action.kind === "pass") {
    return { field, rule: undefined, reading: undefined, secrets: [], passing: field.raw };
  }
  const secrets = hidesValues(rule) && field.value !== "" ? [{ rule, location, value: field.value }] : [];
  return { field, rule, reading: undefined, secrets, passing: field.label };
}

function readInside(oracle: Oracle, isExempt: boolean, location: string, { raw, label, value }: Field) {
  const reading = value === "" ? undefined : readJson(oracle, Buffer.from(value), { isExempt });
  if (reading === undefined) return { reading, secrets: [], passing: raw };
  const secrets = reading.secrets.map((secret) => ({ ...secret, location: `${location}|json:${secret.location}` }));
  return { reading, secrets, passing: `${label}=${reading.passing}` };
}

/** Undefined is an empty piece, which stays. */
function compare(pieces: readonly (Judged | undefined)[], left: readonly string[]): Comparison {
  const kept = pieces.filter((piece) => piece?.rule?.action.kind !== "strip");
  const found = kept.length === 0 && left.join() === "" ? [] : left;
  if (found.length !== kept.length) return differ("body", `${found.length} fields where ${kept.length} must be`);
  return merge(
    kept.map((piece, index) => {
      const raw = found[index]!;
      if (piece !== undefined) return compareField(piece, raw);
      return raw === "" ? allow("") : differ("body", "a separator");
    }),
  );
}

function compareField(judged: Judged, raw: string): Comparison {
  const { field, inName, location } = judged;
  if (inName === undefined) return compareValue(judged, raw);
  const left = fieldOf(raw) ?? { label: "", name: "" };
  const fault = replacementFault(inName, { kind: "text", value: field.name }, { kind: "text", value: left.name });
  if (fault !== undefined) {
    return differ(location, fault, { rule: inName, kind: left.name === field.name ? "unredacted" : "changed" });
  }
  const names = [left.label, left.name];
  const name = isKeyed(inName)
    ? { differences: [], allowed: [], hashed: names }
    : { differences: [], allowed: names, hashed: [] };
  // The value as if the name had stayed.
  const value = compareValue(judged, field.label + raw.slice(left.label.length));
  const nameless = (text: string): string => (text.startsWith(field.label) ? text.slice(field.label.length) : text);
  return merge([name, { ...value, allowed: value.allowed.map(nameless), hashed: value.hashed.map(nameless) }]);
}

function compareValue({ field, rule, reading, text, location }: Judged, raw: string): Comparison {
  if (text !== undefined) {
    const left = fieldOf(raw);
    const isNamed = left !== undefined && left.label === field.label;
    if (!isNamed) return differ(location, "a name");
    return merge([allow(field.label), compareText(text.verdict, Buffer.from(field.value), left.value, location)]);
  }
  if (raw === field.raw && (rule === undefined || field.value === "")) {
    return reading === undefined ? allow(field.raw) : within(location, reading.compare(Buffer.from(field.value)));
  }
  const left = fieldOf(raw);
  if (left === undefined || left.label !== field.label) return differ(location, "a name");
  if (reading !== undefined) return within(location, reading.compare(Buffer.from(left.value)));
  if (rule === undefined) return differ(location, "must stay as it is");
  if (rule.action.kind === "block")
    return differ(location, "a value that must block the message went through", { rule });
  const fault = replacementFault(rule, { kind: "text", value: field.value }, { kind: "text", value: left.value });
  if (fault !== undefined) {
    return differ(location, fault, { rule, kind: left.value === field.value ? "unredacted" : "changed" });
  }
  // A value that is short enough stays as it was spelled.
  const texts = [left.value, ...(left.value === field.value ? [raw] : [])];
  return isKeyed(rule)
    ? { differences: [], allowed: [field.label], hashed: texts }
    : { differences: [], allowed: [field.label, ...texts], hashed: [] };
}
