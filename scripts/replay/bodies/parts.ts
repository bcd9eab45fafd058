/**
 * multipart/related, mixed and alternative of RFC 2046 and RFC 2387: parts without names, each of which is what a body of its
 * content-type would be. What a document refers to in another part stays referred to.
 */
import type { Comparison } from "../compare.ts";
import type { Secret } from "../needles.ts";
import type { RuleView } from "../oracle.ts";
import { hidesValues } from "../replacement.ts";
import { decodePercent, fromWire } from "../text.ts";
import { compareLine, piecesOf, splitLine } from "./multipart.ts";
import { allow, type BodyReading, differ, merge } from "./reading.ts";
import type { BodyRules } from "./rules.ts";
import { withoutHost } from "./xml/document.ts";

/** Reads a value as a body of its type; "unread" where the policy has none of them read, undefined where it is none. */
export type ReadPart = (rules: BodyRules, type: string | undefined, value: Uint8Array) => Reading;
type Reading = BodyReading | "unread" | undefined;

interface Judged {
  readonly lines: readonly string[];
  /** What rules find in the header lines, which no rule can name. */
  readonly inLines: readonly (RuleView | undefined)[];
  readonly value: Buffer;
  readonly reading: BodyReading | "emptied" | "left";
  readonly location: string;
}

/** What rules look into of a header line; a content-id is written as an address of mail whatever it is. */
const told = (line: string): string => fromWire(splitLine(searched(line))[1]);
const searched = (line: string): string => (/^content-id:/i.test(line) ? withoutHost(line) : line);

function judge(
  rules: BodyRules,
  { lines, value: spelled }: { lines: readonly string[]; value: string },
  index: number,
  unsupported: "block" | "empty" | "pass",
  readPart: ReadPart,
): Judged | undefined {
  const value = Buffer.from(spelled, "latin1");
  const header = (name: string) =>
    lines.filter((line) => line.toLowerCase().startsWith(`${name}:`)).map((line) => splitLine(line)[1]);
  const [type] = header("content-type");
  const isOdd =
    header("content-transfer-encoding").some((encoding) => !/^(7bit|8bit|binary)$/i.test(encoding)) ||
    header("content-disposition").some((disposition) => /^form-data/i.test(disposition)) ||
    (type !== undefined && /^multipart\//i.test(type));
  if (isOdd) return undefined;
  const found = readPart(rules, type, value);
  const judged = {
    lines,
    inLines: lines.map((line) => rules.inName(decodePercent(told(line)))),
    value,
    location: `part[${index}]`,
  };
  if (found === "unread") {
    return unsupported === "block" ? undefined : { ...judged, reading: unsupported === "empty" ? "emptied" : "left" };
  }
  if (value.length === 0) return { ...judged, reading: "left" };
  return found && { ...judged, reading: found };
}

export function readParts(
  rules: BodyRules,
  body: Uint8Array,
  boundary: string,
  unsupported: "block" | "empty" | "pass",
  readPart: ReadPart,
): BodyReading | undefined {
  const before = piecesOf(body, boundary);
  const parts: Judged[] = [];
  for (const [index, piece] of before?.pieces.entries() ?? []) {
    const judged = judge(rules, piece, index, unsupported, readPart);
    if (judged === undefined) return undefined;
    parts.push(judged);
  }
  if (before === undefined) return undefined;
  return {
    secrets: parts.flatMap(secretsOf),
    passing: parts.map(passingOf).join("\n"),
    compare(after) {
      const left = piecesOf(after, boundary);
      if (left === undefined) return differ("body", "the parts are not delimited any more");
      if (left.pieces.length !== parts.length)
        return differ("body", `${left.pieces.length} parts where ${parts.length} must be`);
      if (left.frame !== before.frame) return differ("body", "what stands around the parts");
      return merge(parts.map((part, index) => comparePart(rules, part, left.pieces[index]!)));
    },
  };
}

function secretsOf({ lines, inLines, reading, location }: Judged): Secret[] {
  const inHeaders = lines.flatMap((line, at): Secret[] => {
    const rule = inLines[at];
    return rule && hidesValues(rule) ? [{ rule, location, value: decodePercent(told(line)) }] : [];
  });
  const inside = typeof reading === "string" ? [] : reading.secrets;
  return [...inside.map((secret) => ({ ...secret, location: `${location}|${secret.location}` })), ...inHeaders];
}

function passingOf({ lines, inLines, value, reading }: Judged): string {
  const kept = lines.filter((_, at) => inLines[at] === undefined);
  const text = typeof reading !== "string" ? reading.passing : reading === "left" ? value.toString() : "";
  return [...kept.map(fromWire), text].join("\n");
}

function comparePart(rules: BodyRules, part: Judged, left: { lines: readonly string[]; value: string }): Comparison {
  const { lines, inLines, value, reading, location } = part;
  const says = /^content-(id|type|transfer-encoding|length):/i;
  const kept = lines.flatMap((line, at) => {
    const isStaying = rules.unmatched === undefined || says.test(line);
    const isStale = /^content-length:/i.test(line) && reading !== "left";
    return isStaying && !isStale ? [{ line, rule: inLines[at] }] : [];
  });
  if (kept.length !== left.lines.length) return differ(location, "the header lines of a part");
  const inHeaders = kept.map(({ line, rule }, index) => {
    const found = left.lines[index]!;
    if (rule !== undefined && line.slice(searched(line).length) === found.slice(searched(found).length))
      return compareLine(rule, location, searched(line), searched(found));
    return found === line ? allow(fromWire(line)) : differ(location, "a header line of a part");
  });
  const after = Buffer.from(left.value, "latin1");
  return merge([...inHeaders, compareValue(reading, value, after, location)]);
}

function compareValue(reading: Judged["reading"], before: Buffer, after: Buffer, location: string): Comparison {
  if (typeof reading !== "string") {
    const { differences, ...rest } = reading.compare(after);
    return { ...rest, differences: differences.map((one) => ({ ...one, location: `${location}|${one.location}` })) };
  }
  if (reading === "emptied") return after.length === 0 ? allow("") : differ(location, "must be empty");
  return before.equals(after) ? allow(after.toString()) : differ(location, "must stay as it is");
}
