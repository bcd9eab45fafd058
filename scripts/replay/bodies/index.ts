/**
 * Which format a body is in, by its headers, and its reading: what the contract says is read, and how.
 */
import type { Header } from "../text.ts";
import { readEvents } from "./events.ts";
import { readForm } from "./form.ts";
import { readJson } from "./json.ts";
import { readLines } from "./lines.ts";
import { boundaryOf, readMultipart } from "./multipart.ts";
import { readProtobuf } from "./protobuf/index.ts";
import { allow, type BodyReading, decode, differ } from "./reading.ts";
import type { BodyRules } from "./rules.ts";
import { readText } from "./text.ts";
import { readXml } from "./xml/index.ts";

export type { BodyReading } from "./reading.ts";
export { BodyRules } from "./rules.ts";

/** `unread`: nothing that the policy has rules for. `broken`: such a thing by its headers, and yet not readable. */
export type Verdict = BodyReading | "unread" | "broken";

export type FormatName = "grpc" | "protobuf" | "json" | "lines" | "events" | "form" | "xml" | "text" | "multipart";

interface Format {
  readonly name: FormatName;
  readonly types: RegExp;
  isRead(rules: BodyRules, path: string): boolean;
  read(rules: BodyRules, body: Uint8Array, more: Context): BodyReading | undefined;
}

interface Context {
  readonly unsupported: string;
  /** content-type as it stands. */
  readonly type: string;
  /** The path of the request. */
  readonly path: string;
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
    types: /^(application\/json|[^/\s]+\/[^/\s]+\+json)$/,
    isRead: () => true,
    read: (rules, body) => readJson(rules.oracle, body),
  },
  {
    name: "lines",
    types: /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)$/,
    isRead: ({ oracle, unmatched }) => oracle.hasJsonRules || unmatched !== undefined,
    read: readLines,
  },
  {
    name: "events",
    types: /^text\/event-stream$/,
    isRead: ({ oracle, unmatched }) => oracle.hasJsonRules || unmatched !== undefined,
    read: (rules, body, { unsupported }) => readEvents(rules, body, unsupported),
  },
  {
    name: "form",
    types: /^application\/x-www-form-urlencoded$/,
    isRead: (rules) => rules.names("form") || rules.unmatched !== undefined,
    read: readForm,
  },
  {
    name: "xml",
    types: /^(application\/xml|text\/xml|[^/\s]+\/[^/\s]+\+xml)$/,
    isRead: ({ xml, unmatched }) => !xml.isEmpty || unmatched !== undefined,
    read: ({ xml }, body) => readXml(xml, body),
  },
  {
    name: "text",
    types: /^text\/(plain|html|csv|markdown)$/,
    isRead: ({ ofText, unmatched }) => ofText.length > 0 && unmatched === undefined,
    read: readText,
  },
  {
    name: "multipart",
    types: /^multipart\/form-data$/,
    isRead: (rules) => rules.names("multipart", "multipart-filename") || rules.unmatched !== undefined,
    read: (rules, body, { type }) => {
      const boundary = boundaryOf(type);
      return boundary === undefined ? undefined : readMultipart(rules, body, boundary);
    },
  },
];

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

/** By its header, in UTF-8 and not compressed. */
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
  const [media = "", ...parameters] = type.split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((part) => part.startsWith("charset"))?.replace(/^charset\s*=\s*"?([^"]*)"?$/, "$1");
  const coding = values("content-encoding").join("").trim().toLowerCase();
  const isPlain = others.length === 0 && (charset ?? "utf-8") === "utf-8" && (coding === "" || coding === "identity");
  const format = formats.find(({ types }) => types.test(media));
  if (format === undefined || !isPlain || !format.isRead(rules, path)) return "unread";
  return format.read(rules, body, { unsupported, type, path }) ?? "broken";
}
