/** Newline-delimited JSON: each line is a document, white space alone is none. */
import { readJson } from "./json.ts";
import { allow, type BodyReading, decode, differ, merge } from "./reading.ts";
import type { BodyRules } from "./rules.ts";

export const linesOf = (body: Uint8Array): Buffer[] => {
  const lines: Buffer[] = [];
  let rest = Buffer.from(body);
  for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
    lines.push(rest.subarray(0, at));
    rest = rest.subarray(at + 1);
  }
  return [...lines, rest];
};

export const isBlank = (line: Uint8Array) => line.every((byte) => byte === 32 || byte === 9 || byte === 13);

export function readLines(rules: BodyRules, body: Uint8Array): BodyReading | undefined {
  const lines = linesOf(body);
  const readings = lines.map((line) => (isBlank(line) ? undefined : readJson(rules.oracle, line)));
  if (lines.some((line, index) => !isBlank(line) && readings[index] === undefined)) return undefined;
  return {
    secrets: readings.flatMap((reading) => reading?.secrets ?? []),
    passing: readings.map((reading) => reading?.passing ?? "").join("\n"),
    compare(after) {
      const left = linesOf(after);
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
