/**
 * Which format a body is in, by its headers, and its reading: what the contract says is read, and how.
 */
import type { Oracle } from "../oracle.ts";
import type { Header } from "../text.ts";
import { charsetOfXml, namedCharset, readingIn, toUtf8 } from "./charset.ts";
import { readEvents } from "./events.ts";
import { readForm } from "./form.ts";
import { readGraphql } from "./graphql.ts";
import { readJson } from "./json.ts";
import { readLines, readSequence } from "./lines.ts";
import { boundaryOf, readMultipart } from "./multipart.ts";
import { readParts } from "./parts.ts";
import { readProtobuf } from "./protobuf/index.ts";
import { allow, type BodyReading, decode, differ } from "./reading.ts";
import type { BodyRules } from "./rules.ts";
import { looksIntoTexts, readText, selectsInJson } from "./text.ts";
import { readXml } from "./xml/index.ts";

export type { BodyReading } from "./reading.ts";
export { BodyRules } from "./rules.ts";

/** `unread`: nothing that the policy has rules for. `broken`: such a thing by its headers, and yet not readable. */
export type Verdict = BodyReading | "unread" | "broken";

export type FormatName =
  | "grpc"
  | "protobuf"
  | "json"
  | "lines"
  | "sequence"
  | "events"
  | "form"
  | "xml"
  | "text"
  | "graphql"
  | "multipart"
  | "parts";

interface Format {
  readonly name: FormatName;
  readonly types: RegExp;
  /** Other than UTF-8: none, or bodies of ASCII in any that contains it, or what is of one byte a character, too. */
  readonly charsets?: "ascii" | "all";
  readonly isXml?: true;
  isRead(rules: BodyRules, path: string): boolean;
  read(rules: BodyRules, body: Uint8Array, more: Context): BodyReading | undefined;
}

interface Context {
  readonly unsupported: "block" | "empty" | "pass";
  /** content-type as it stands. */
  readonly type: string;
  /** The path of the request. */
  readonly path: string;
  /** Its charset is not UTF-8. */
  readonly isForeign: boolean;
  /** It stands beside other parts without names, which it may refer to. */
  readonly isPart?: true;
}

const formats: readonly Format[] = [
  {
    name: "grpc",
    types: /^application\/grpc(\+proto)?$/,
    isRead: ({ messages }, path) => messages.begin(path) !== undefined,
    read: ({ messages }, body, { path }) =>
      messages.acts(path) ? readProtobuf(messages, body, path, true) : readAsIs(body),
  },
  {
    name: "protobuf",
    types: /^application\/(proto|(x-)?protobuf)$/,
    isRead: ({ messages }, path) => messages.begin(path) !== undefined,
    read: ({ messages }, body, { path }) =>
      messages.acts(path) ? readProtobuf(messages, body, path, false) : readAsIs(body),
  },
  {
    name: "json",
    types:
      /^(application\/(json|x-json|jsonrequest|json-rpc|json\+fhir|csp-report|x-amz-json-1\.[01])|text\/(x-)?json|[^/\s]+\/[^/\s]+\+json)$/,
    charsets: "all",
    isRead: () => true,
    read: (rules, body) => readJson(rules.oracle, body, { isFirst: true }),
  },
  {
    name: "lines",
    types: /^(application\/((x-)?ndjson|(x-)?jsonl(ines)?)|text\/x-ndjson|[^/\s]+\/[^/\s]+\+(x-)?ndjson)$/,
    charsets: "all",
    isRead: ({ oracle, unmatched }) => oracle.hasJsonRules || unmatched !== undefined,
    read: (rules, body) => readLines(rules, body),
  },
  {
    name: "sequence",
    types: /^(application\/json-seq|[^/\s]+\/[^/\s]+\+json-seq)$/,
    charsets: "all",
    isRead: ({ oracle, unmatched }) => oracle.hasJsonRules || unmatched !== undefined,
    read: readSequence,
  },
  {
    name: "events",
    types: /^text\/event-stream$/,
    charsets: "ascii",
    isRead: ({ oracle, unmatched }) => oracle.hasJsonRules || unmatched !== undefined,
    read: (rules, body, { unsupported }) => readEvents(rules, body, unsupported),
  },
  {
    name: "form",
    types: /^application\/x-www-form-urlencoded$/,
    charsets: "ascii",
    isRead: (rules) => rules.names("form") || rules.unmatched !== undefined,
    read: (rules, body, { isForeign }) => readForm(rules, body, isForeign),
  },
  {
    name: "xml",
    types: /^(application\/xml(\+fhir)?|text\/xml|[^/\s]+\/[^/\s]+\+xml)$/,
    charsets: "all",
    isXml: true,
    isRead: ({ xml, unmatched }) => !xml.isEmpty || unmatched !== undefined,
    read: ({ xml }, body, { isPart }) => readXml(xml, body, isPart),
  },
  {
    name: "graphql",
    types: /^application\/graphql$/,
    isRead: ({ oracle, unmatched }) => unmatched !== undefined || oracle.looksAt("query"),
    read: readGraphql,
  },
  {
    name: "text",
    types: /^text\/(plain|html|csv|tab-separated-values|markdown)$/,
    charsets: "all",
    isRead: (rules) => looksIntoTexts(rules) || (rules.unsupported === "block" && selectsInJson(rules)),
    read: readText,
  },
  {
    name: "multipart",
    types: /^multipart\/form-data$/,
    isRead: (rules) => rules.names("multipart", "multipart-filename") || rules.unmatched !== undefined,
    read: (rules, body, { type }) => {
      const boundary = boundaryOf(type);
      return boundary === undefined ? undefined : readMultipart(rules, body, boundary, readTyped);
    },
  },
  {
    name: "parts",
    types: /^multipart\/(related|mixed|alternative)$/,
    isRead: () => true,
    read: (rules, body, { type, unsupported }) => {
      const boundary = boundaryOf(type);
      return boundary === undefined ? undefined : readParts(rules, body, boundary, unsupported, readPart);
    },
  },
];

const insideParts: ReadonlySet<FormatName> = new Set(["json", "lines", "sequence", "events", "form", "xml", "graphql"]);

/** A part that names a format in which something acts. */
function readTyped(
  rules: BodyRules,
  type: string,
  value: Uint8Array,
  told?: Oracle,
): BodyReading | "plain" | undefined {
  const format = formats.find(({ types }) => types.test(mediaOf(type)));
  if (format === undefined || !insideParts.has(format.name) || !format.isRead(rules, "/")) return "plain";
  if (told !== undefined && format.name !== "json") return "plain";
  const isIdle = told === undefined && !rules.oracle.hasJsonRules && rules.unmatched === undefined;
  if (format.name === "json" && isIdle) return "plain";
  const plain = inUtf8(format, type, value);
  if (typeof plain === "string") return undefined;
  const context: Context = { unsupported: "block", type, path: "/", isForeign: plain.isForeign };
  const reading = told ? readJson(told, plain.body, { isFirst: true }) : format.read(rules, plain.body, context);
  return reading === undefined ? undefined : readingIn(plain.charset, reading);
}

/** A part without a name, which is what a body of its type would be. One that names none is a text in ASCII. */
function readPart(
  rules: BodyRules,
  type = "text/plain; charset=us-ascii",
  value: Uint8Array,
): BodyReading | "unread" | undefined {
  const format = formats.find(({ types }) => types.test(mediaOf(type)));
  const isReadable = format !== undefined && (insideParts.has(format.name) || format.name === "text");
  if (!isReadable || !format.isRead(rules, "/")) return "unread";
  const plain = inUtf8(format, type, value);
  if (typeof plain === "string") return plain === "unread" ? plain : undefined;
  // Receivers of SOAP may take the type of such a part from the headers of the message.
  const isDisguised = /^text\/plain/i.test(type) && !rules.xml.isEmpty && /^[\s\ufeff]*</.test(decode(plain.body));
  if (isDisguised) return undefined;
  const { charset, isForeign } = plain;
  const reading = format.read(rules, plain.body, { unsupported: "block", type, path: "/", isForeign, isPart: true });
  return reading === undefined ? undefined : readingIn(charset, reading);
}

/** The format of a media type, in lower case and without its parameters. */
export const formatOf = (media: string): FormatName | undefined => formats.find(({ types }) => types.test(media))?.name;

/** A body in which nothing acts, whatever it is. */
const readAsIs = (body: Uint8Array): BodyReading => ({
  secrets: [],
  passing: decode(body),
  compare: (after) => (Buffer.compare(body, after) === 0 ? allow(decode(body)) : differ("body", "must stay as it is")),
});

/** Whether the policy has the bodies of this direction looked at: those of requests always. */
export const looksIntoBodies = (rules: BodyRules, path: string): boolean =>
  rules.direction === "request" ||
  rules.messages.acts(path) ||
  rules.oracle.hasJsonRules ||
  rules.names("form", "multipart", "multipart-filename") ||
  rules.ofText.length > 0 ||
  !rules.xml.isEmpty;

/** By its header, not compressed. */
export function readBody(
  rules: BodyRules,
  headers: readonly Header[],
  body: Uint8Array,
  unsupported: "block" | "empty" | "pass",
  path: string,
): Verdict {
  const values = (name: string): string[] => headers.filter(([found]) => found === name).map(([, value]) => value);
  // A body that does not say what it is has to be JSON.
  const [type = "application/json", ...others] = values("content-type");
  const format = formats.find(({ types }) => types.test(mediaOf(type)));
  const coding = values("content-encoding").join("").trim().toLowerCase();
  const isPlain = others.length === 0 && (coding === "" || coding === "identity");
  if (format === undefined || !isPlain || !format.isRead(rules, path)) return "unread";
  const plain = inUtf8(format, type, body);
  if (typeof plain === "string") return plain;
  const { charset, isForeign } = plain;
  const reading = format.read(rules, plain.body, { unsupported, type, path, isForeign });
  return reading === undefined ? "broken" : readingIn(charset, reading);
}

/** Whether a body under these headers that is looked into, had it come, could leave in another form, or not at all. */
export function mayLeaveOtherwise(
  rules: BodyRules,
  headers: readonly Header[],
  unsupported: "block" | "empty" | "pass",
  path: string,
): boolean {
  if (isOfMessages(headers)) return rules.messages.acts(path);
  if (formatOf(typeIn(headers)) === "json") return rules.oracle.hasJsonRules || rules.unmatched !== undefined;
  return unsupported !== "pass" || readBody(rules, headers, new Uint8Array(), unsupported, path) !== "unread";
}

/** Whether a body under these headers is of protobuf, in a call or not. */
export const isOfMessages = (headers: readonly Header[]): boolean =>
  formatOf(typeIn(headers)) === "protobuf" || typeIn(headers).startsWith("application/grpc");

const typeIn = (headers: readonly Header[]): string =>
  mediaOf(headers.find(([name]) => name === "content-type")?.[1] ?? "application/json");

/** A media type in lower case and without its parameters. */
export const mediaOf = (type: string): string => type.split(";", 1)[0]!.trim().toLowerCase();

/** The body in UTF-8, by content-type and what it says of itself. */
function inUtf8({ charsets, isXml }: Format, type: string, body: Uint8Array) {
  const [, ...parameters] = type.split(";").map((part) => part.trim().toLowerCase());
  const named = namedCharset(parameters);
  const isForeign = named !== "none" && named !== "utf-8";
  if (named === undefined || (isForeign && charsets === undefined)) return "unread";
  const told = isForeign && charsets === "ascii" ? "ascii" : named;
  const charset = isXml ? charsetOfXml(body, told) : told === "none" ? "utf-8" : told;
  const plain = charset && toUtf8(body, charset);
  return charset === undefined || plain === undefined ? "broken" : { body: plain, charset, isForeign };
}

/** The format of a body by its content-type, and its text in UTF-8 unless that cannot be read. */
export function formatIn(
  type: string,
  body: Uint8Array,
): { name: FormatName; text: Uint8Array | undefined } | undefined {
  const format = formats.find(({ types }) => types.test(mediaOf(type)));
  const plain = format && inUtf8(format, type, body);
  return format && { name: format.name, text: typeof plain === "object" ? plain.body : undefined };
}
