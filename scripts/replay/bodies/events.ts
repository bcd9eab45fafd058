/** Server-sent events, read as WHATWG HTML, 9.2.6 says: lines, fields, an empty line behind each event. */
import type { Comparison } from "../compare.ts";
import { readJson } from "./json.ts";
import { allow, type BodyReading, decode, differ, merge } from "./reading.ts";
import type { BodyRules } from "./rules.ts";

interface Event {
  readonly raw: string;
  /** The lines that are not data. */
  readonly others: readonly string[];
  /** Undefined when there is no data line. */
  readonly data: string | undefined;
}

/** Each event with its lines as they are spelled, the empty one at its end included. */
export function eventsOf(text: string): Event[] {
  const events: Event[] = [];
  let lines: string[] = [];
  let raw = "";
  const close = (): void => {
    const fields = lines.map((line) => /^([^:]*)(?::( ?)(.*))?$/s.exec(line)!);
    const data = fields.filter(([, name]) => name === "data").map(([, , , value = ""]) => value);
    const others = lines.filter((_, index) => fields[index]![1] !== "data");
    events.push({ raw, others, data: data.length > 0 ? data.join("\n") : undefined });
    lines = [];
    raw = "";
  };
  for (const [whole, line] of text.replace(/^\ufeff/, "").matchAll(/([^\r\n]*)(?:\r\n|\n|\r|$)/g)) {
    raw += whole;
    if (line !== "") lines.push(line!);
    else close();
  }
  return events;
}

export const isPayload = (data: string | undefined) => data !== undefined && data !== "" && data !== "[DONE]";

/** What a lax receiver could take for data although its name is another. */
const isOdd = (line: string) => {
  const name = line.split(":", 1)[0]!;
  return name !== "data" && /^[^!-~]*data[^!-~]*$/i.test(name);
};

/** `unsupported` decides about data that is no JSON; blocked, the body as a whole is not readable. */
export function readEvents(rules: BodyRules, body: Uint8Array, unsupported: string): BodyReading | undefined {
  const events = eventsOf(decode(body));
  const readings = events.map(({ data }) => (isPayload(data) ? readJson(rules.oracle, Buffer.from(data!)) : undefined));
  if (events.some(({ others }) => others.some(isOdd))) return undefined;
  const isForeign = (index: number) => isPayload(events[index]!.data) && readings[index] === undefined;
  if (unsupported === "block" && events.some((_, index) => isForeign(index))) return undefined;
  // Where `unmatched` acts, lines that say nothing of the stream itself go.
  const stays = (line: string) => rules.unmatched === undefined || /^(event|retry)(:|$)/.test(line);
  const compareEvent = (event: Event, left: Event, index: number): Comparison => {
    if (event.others.filter(stays).join("\n") !== left.others.join("\n")) return differ("body", "a line of an event");
    const lines = allow(left.others.join("\n"));
    const reading = readings[index];
    if (reading !== undefined) {
      return left.data === undefined
        ? differ("body", "the data of an event is missing")
        : merge([lines, reading.compare(Buffer.from(left.data))]);
    }
    const expected = isForeign(index) && unsupported === "empty" ? "" : event.data;
    return left.data === expected ? merge([lines, allow(left.data ?? "")]) : differ("body", "the data of an event");
  };
  return {
    secrets: readings.flatMap((reading) => reading?.secrets ?? []),
    passing: events.map(({ raw, others }, index) => [...others, readings[index]?.passing ?? raw].join("\n")).join("\n"),
    compare(after) {
      const text = decode(after);
      if (text.startsWith("\ufeff") !== decode(body).startsWith("\ufeff")) return differ("body", "a byte order mark");
      const left = eventsOf(text);
      if (left.length !== events.length) return differ("body", `${left.length} events where ${events.length} must be`);
      return merge(events.map((event, index) => compareEvent(event, left[index]!, index)));
    },
  };
}
