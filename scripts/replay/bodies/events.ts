/** Server-sent events, read as WHATWG HTML, 9.2.6 says: lines, fields, an empty line behind each event. */
import type { Comparison } from "../compare.ts";
import type { Secret } from "../needles.ts";
import type { RuleView } from "../oracle.ts";
import { hidesValues, isKeyed, replacementFault } from "../replacement.ts";
import { decodePercent } from "../text.ts";
import { readJson } from "./json.ts";
import { anyText, joined, type Pieces, piecesIn } from "./pieces.ts";
import { allow, type BodyReading, decode, differ, merge } from "./reading.ts";
import type { BodyRules } from "./rules.ts";
import { searched } from "./text.ts";

interface Event {
  /** The lines that are not data. */
  readonly others: readonly string[];
  /** Undefined when there is no data line. */
  readonly data: string | undefined;
}

/** Each event with its lines as they are spelled, the empty one at its end included. */
export function eventsOf(text: string): Event[] {
  const events: Event[] = [];
  let lines: string[] = [];
  const close = (): void => {
    const fields = lines.map((line) => /^([^:]*)(?::( ?)(.*))?$/s.exec(line)!);
    const data = fields.filter(([, name]) => name === "data").map(([, , , value = ""]) => value);
    const others = lines.filter((_, index) => fields[index]![1] !== "data");
    events.push({ others, data: data.length > 0 ? data.join("\n") : undefined });
    lines = [];
  };
  for (const [, line] of text.replace(/^\ufeff/, "").matchAll(/([^\r\n]*)(?:\r\n|\n|\r|$)/g)) {
    if (line !== "") lines.push(line!);
    else close();
  }
  return events;
}

export const isPayload = (data: string | undefined) => data !== undefined && data !== "" && data !== "[DONE]";

/** What ends lines in Python, and other controls that might. */
const separator = /(?![\t\u007f-\u0084\u0086-\u009f])[\p{Cc}\u2028\u2029]/u;

/** What a lax receiver could take for data although its name is another, also behind such a separator. */
const isOdd = (line: string) => line.split(separator).some((one) => /^[^!-~]*data(?:$|[^!-9;-~])/i.test(one));

/** Data that nobody could take for a document, nor for one with something around it. */
const isText = (data: string) => /^[\0- ]*(?!<\?)([^\0- "[{]|\[([A-Za-z]|$))[^{]*$/.test(data);

/** A line that is not data: its name with all up to its value, and that. */
function splitLine(line: string): [string, string] {
  const [, name = line, value = ""] = /^([^:]*: ?)(.*)$/s.exec(line) ?? [];
  return [name, value];
}

/** What rules that look everywhere made of such a line. */
function compareLine(rule: RuleView | undefined, before: string, after: string): Comparison {
  if (rule === undefined) return before === after ? allow(after) : differ("body", "a line of an event");
  const [name, value] = splitLine(before);
  const [nameAfter, text] = splitLine(after);
  // A control character that a rule writes is escaped, so that the line stays one.
  const faults = [text, decodePercent(text)].map((one) =>
    replacementFault(rule, { kind: "text", value }, { kind: "text", value: one }),
  );
  const fault = faults.includes(undefined) ? undefined : faults[0];
  // A receiver takes one blank behind the colon away, so that a value that begins with one has two.
  const isSame = name === nameAfter || (`${name} ` === nameAfter && /^[^:]*:$/.test(name) && text.startsWith(" "));
  if (!isSame || fault !== undefined) return differ("body", fault ?? "a line of an event", { rule });
  return isKeyed(rule) ? { differences: [], allowed: [name], hashed: [text] } : allow(after);
}

/** A stream that tells the same, with documents that come in pieces told by the last of them. */
export function withWholeDocuments(body: Uint8Array): Uint8Array {
  const told = eventsOf(decode(body));
  const pieces = piecesIn(
    told.map(({ data }) => (isPayload(data) ? data : undefined)),
    anyText,
    false,
  );
  if (pieces.length === 0) return body;
  const lines = withPieces(told, pieces).flatMap(({ others, data }) => [
    ...others,
    ...(data === undefined ? [] : data.split("\n").map((line) => `data: ${line}`)),
    "",
  ]);
  return Buffer.from(`${lines.join("\n")}\n`);
}

function withPieces(events: readonly Event[], pieces: readonly Pieces[]): readonly Event[] {
  if (pieces.length === 0) return events;
  const data = joined(
    events.map((event) => event.data),
    pieces,
  );
  return events.map((event, index) => ({ ...event, data: data[index] }));
}

/** The names of the lines of data: a member may have that name, too. */
const namesOf = (data: string | undefined): string => (data?.split("\n") ?? []).map(() => "data:").join("\n");

/** Whether a receiver that looks at no type could take the stream for a document. */
const isDocument = (text: string) => /^[\0- \ufeff]*[[{<]/.test(text);

/** `unsupported` decides about data that is no JSON; blocked, the body as a whole is not readable. */
export function readEvents(rules: BodyRules, body: Uint8Array, unsupported: string): BodyReading | undefined {
  const text = decode(body);
  if (isDocument(text)) return undefined;
  const told = eventsOf(text);
  const payloads = told.map(({ data }) => (isPayload(data) ? data : undefined));
  const pieces = unsupported === "pass" ? [] : piecesIn(payloads, rules.oracle, unsupported === "empty");
  const events = withPieces(told, pieces);
  const read = (data: string) =>
    readJson(rules.oracle, Buffer.from(data)) ??
    (rules.everywhere.length > 0 && isText(data) ? searched(rules.everywhere, data) : undefined);
  const readings = events.map(({ data }) => (isPayload(data) ? read(data!) : undefined));
  if (events.some(({ others }) => others.some(isOdd))) return undefined;
  const isForeign = (index: number) => isPayload(events[index]!.data) && readings[index] === undefined;
  if (unsupported === "block" && events.some((_, index) => isForeign(index))) return undefined;
  // Where something acts on all there is, lines that say nothing of the stream itself go.
  const stays = (line: string) => !rules.isStrict || /^(event|retry)(:|$)/.test(line);
  const inLine = (line: string) => rules.inName(splitLine(line)[1]);
  const compareEvent = (event: Event, left: Event, index: number): Comparison => {
    const staying = event.others.filter(stays);
    if (staying.length !== left.others.length) return differ("body", "a line of an event");
    const lines = merge(staying.map((line, at) => compareLine(inLine(line), line, left.others[at]!)));
    const reading = readings[index];
    if (reading !== undefined) {
      return left.data === undefined
        ? differ("body", "the data of an event is missing")
        : merge([lines, allow(namesOf(left.data)), reading.compare(Buffer.from(left.data))]);
    }
    const expected = isForeign(index) && unsupported === "empty" ? "" : event.data;
    return left.data === expected ? merge([lines, allow(left.data ?? "")]) : differ("body", "the data of an event");
  };
  const found = events
    .flatMap(({ others }) => others)
    .flatMap((line): Secret[] => {
      const rule = inLine(line);
      return rule && hidesValues(rule) ? [{ rule, location: "body", value: splitLine(line)[1] }] : [];
    });
  const untouched = (line: string) => inLine(line) === undefined;
  return {
    secrets: [...readings.flatMap((reading) => reading?.secrets ?? []), ...found],
    passing: events
      .map(({ data, others }, index) =>
        [...others.filter(untouched), namesOf(data), readings[index]?.passing ?? data ?? ""].join("\n"),
      )
      .join("\n"),
    compare(after) {
      const text = decode(after);
      if (text.startsWith("\ufeff") !== decode(body).startsWith("\ufeff")) return differ("body", "a byte order mark");
      // Lines and data are all that there is of an event: one of which neither stays is none.
      const left = eventsOf(text).filter(({ others, data }) => others.length > 0 || data !== undefined);
      const staying = [...events.entries()].filter(([, { others, data }]) => others.some(stays) || data !== undefined);
      if (left.length !== staying.length)
        return differ("body", `${left.length} events where ${staying.length} must be`);
      const places = new Map(staying.map(([index], at) => [index, left[at]!]));
      const whole = withPieces(
        events.map((event, index) => places.get(index) ?? event),
        pieces,
      );
      return merge(staying.map(([index, event]) => compareEvent(event, whole[index]!, index)));
    },
  };
}
