/** Newline-delimited JSON and JSON text sequences: each line or record is a document, white space alone is none. */
import { readJson } from "./json.ts";
import { allow, type BodyReading, decode, differ, merge } from "./reading.ts";
import type { BodyRules } from "./rules.ts";

const LF = 0x0a;
const RS = 0x1e;

const piecesOf = (body: Uint8Array, separator: number): Buffer[] => {
  const lines: Buffer[] = [];
  let rest = Buffer.from(body);
  for (let at = rest.indexOf(separator); at >= 0; at = rest.indexOf(separator)) {
    lines.push(rest.subarray(0, at));
    rest = rest.subarray(at + 1);
  }
  return [...lines, rest];
};

export const linesOf = (body: Uint8Array): Buffer[] => piecesOf(body, LF);

/** The records of a sequence, with what stands before the first. */
export const recordsOf = (body: Uint8Array): Buffer[] => piecesOf(body, RS);

export const isBlank = (line: Uint8Array) =>
  line.every((byte) => byte === 32 || byte === 9 || byte === 13 || byte === LF);

/** RFC 7464: a separator in front of each. */
export function readSequence(rules: BodyRules, body: Uint8Array): BodyReading | undefined {
  return isBlank(recordsOf(body)[0]!) ? readLines(rules, body, RS) : undefined;
}

export function readLines(rules: BodyRules, body: Uint8Array, separator = LF): BodyReading | undefined {
  const lines = piecesOf(body, separator);
  const readings = lines.map((line, index) =>
    isBlank(line) ? undefined : readJson(rules.oracle, line, { isFirst: index === 0 && separator === LF }),
  );
  if (lines.some((line, index) => !isBlank(line) && readings[index] === undefined)) return undefined;
  return {
    secrets: readings.flatMap((reading) => reading?.secrets ?? []),
    passing: readings.map((reading) => reading?.passing ?? "").join("\n"),
    compare(after) {
      const left = piecesOf(after, separator);
      if (left.length !== lines.length) return differ("body", `${left.length} lines where ${lines.length} must be`);
      return merge(
        lines.map((line, index) => {
          const found = left[index]!;
          const reading = readings[index];
          if (reading !== undefined) return reading.compare(found);
          return line.equals(found) ? allow(decode(found)) : differ("body", "an empty line");
        }),
      );
    },
  };
}
