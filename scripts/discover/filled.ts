/**
 * An exchange in which one field holds a text, for fields that in all traffic were null or empty: whether a policy decides
 * about them is then asked of the filter, as for every other field.
 *
 * Invariant: it holds nothing but names of the field and `filling`.
 */
import type { Recording } from "../replay/recording.ts";
import type { Header } from "../replay/text.ts";
import type { FieldPlace, Spot } from "./field.ts";
import { stepsOf } from "./overlap.ts";

const filling = "frostglass";
const boundary = "frostglass-filled";

/** Undefined for places that are never empty. */
export function filled({ direction, place, expression }: Spot): Recording | undefined {
  const [own = "", ...decoders] = expression.split(/\|(?=json:|jwt:|base64url\b|base64\b)/);
  const made = makers[place]?.(own, decoders.reduceRight(encoded, filling));
  if (made === undefined) return undefined;
  const { headers = [], query, ...body } = made;
  const path = `/${query === undefined ? "" : `?${query}`}`;
  const asked = { method: "POST", path, headers: [] };
  if (direction === "request") return { id: "filled", request: { ...asked, headers, ...body } };
  // What a request sends as `cookie`, a response sets.
  const set = headers.map(([name, value]): Header => [name === "cookie" ? "set-cookie" : name, value]);
  return { id: "filled", request: asked, response: { status: 200, headers: set, ...body } };
}

interface Made {
  readonly headers?: readonly Header[];
  readonly query?: string;
  readonly body?: Uint8Array;
}

const of = (type: string, body: string): Made => ({ headers: [["content-type", type]], body: Buffer.from(body) });
const nameIn = (pattern: string): string => (pattern === "*" ? "x" : pattern);
const pair = (name: string, value: string): string =>
  `${encodeURIComponent(nameIn(name))}=${encodeURIComponent(value)}`;

const makers: Partial<Record<FieldPlace, (own: string, value: string) => Made>> = {
  json: (path, value) => of("application/json", JSON.stringify(documentOf(stepNames(path), value))),
  form: (name, value) => of("application/x-www-form-urlencoded", pair(name, value)),
  query: (name, value) => ({ query: pair(name, value) }),
  cookie: (name, value) => ({ headers: [["cookie", `${nameIn(name)}=${encodeURIComponent(value)}`]] }),
  header: (name, value) => ({ headers: [[nameIn(name), value]] }),
  multipart: (name, value) =>
    of(
      `multipart/form-data; boundary=${boundary}`,
      `--${boundary}\r\nContent-Disposition: form-data; name="${nameIn(name)}"\r\n\r\n${value}\r\n--${boundary}--\r\n`,
    ),
  xml: (path, value) => of("application/xml", elementOf(path.split("/").slice(1), value)),
  graphql: (path, value) => {
    const [root, ...steps] = stepNames(path);
    return root === "variables"
      ? of("application/json", JSON.stringify({ query: "query($x:X){a(x:$x)}", variables: documentOf(steps, value) }))
      : of("application/json", JSON.stringify({ query: `{${literalOf(steps, value)}}` }));
  },
};

/** Names of a path, `*` for each `[*]`; a path of GraphQL begins with a name. */
const stepNames = (path: string): string[] => stepsOf(path).map(({ name }) => name);

const documentOf = (steps: readonly string[], value: string): unknown =>
  steps.reduceRight<unknown>((inner, step) => (step === "*" ? [inner] : { [step]: inner }), value);

/** A field with its arguments. */
function literalOf([field = "a", ...steps]: readonly string[], value: string): string {
  const [argument = "x", ...inner] = steps;
  const text = inner.reduceRight(
    (held, step) => (step === "*" ? `[${held}]` : `{${step}:${held}}`),
    JSON.stringify(value),
  );
  return `${field}(${argument}:${text})`;
}

function elementOf([name = "x", ...below]: readonly string[], value: string): string {
  const escaped = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  const [next] = below;
  if (next === undefined) return `<${name}>${escaped}</${name}>`;
  return next.startsWith("@")
    ? `<${name} ${next.slice(1)}="${escaped}"/>`
    : `<${name}>${elementOf(below, value)}</${name}>`;
}

/** A text that spells another one, as the decoder of a selector reads it. */
function encoded(inner: string, decoder: string): string {
  if (decoder === "base64" || decoder === "base64url") return Buffer.from(inner).toString(decoder);
  const [, kind, path = ""] = /^(json|jwt):(.*)$/s.exec(decoder) ?? [];
  const document = JSON.stringify(documentOf(stepNames(path), inner));
  if (kind === "json") return document;
  return [`{"alg":"none","typ":"JWT"}`, document, ""].map((part) => Buffer.from(part).toString("base64url")).join(".");
}
