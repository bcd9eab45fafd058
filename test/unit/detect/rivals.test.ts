// Finds that overlap in long rows, longer than the scanner waits for: some are decided before all their rivals are known,
// and still each one is, at least in part, under a winner.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { compileProgram } from "../../../scripts/detect/program.ts";
import { Scanner, type Span } from "../../../scripts/detect/scanner.ts";

const types = ["CREDIT_CARD", "IBAN_CODE", "PHONE_NUMBER", "US_SSN"];
const scanner = new Scanner(compileProgram(DETECTORS.filter(({ type }) => types.includes(type))));

describe("rows of finds that overlap", () => {
  const digits = (count: number) => fc.nat(10 ** count - 1).map((number) => String(number).padStart(count, "0"));
  const piece = fc.oneof(
    fc.constantFrom("4111 1111 1111 1111", "+41 44 668 18 00", "44 668 18 00"),
    digits(4),
    digits(9),
    fc.tuple(digits(3), digits(2), digits(4)).map((parts) => parts.join("-")),
  );
  const row = fc.array(piece, { minLength: 20, maxLength: 80 }).map((pieces) => pieces.join(" "));

  test("every find overlaps a winner, and no two winners overlap", () => {
    let finds = 0;
    let winners = 0;
    for (const text of fc.sample(row, { seed: Number(process.env.FUZZ_SEED ?? 5), numRuns: 1500 })) {
      const all = scanner.scan(text, { rivals: "none" });
      const won = scanner.scan(text);
      for (const { start, end, type } of all) {
        const isCovered = won.some((winner) => start < winner.end && winner.start < end);
        expect(isCovered, `${type} at ${start} of ${text}`).toBe(true);
      }
      won.slice(1).forEach(({ start }, index) => {
        expect(start).toBeGreaterThanOrEqual(won[index]!.end);
      });
      finds += all.length;
      winners += won.length;
    }
    expect(finds).toBeGreaterThan(1.3 * winners);
  });

  test("winners are the best, then the longest, then the earliest, apart or not", () => {
    const between = fc.constantFrom(" ", " ", " and then ", `${" and so on".repeat(7)} `);
    const short = fc.array(fc.tuple(piece, between), { maxLength: 12 }).map((pieces) => pieces.flat().join(""));
    let apart = 0;
    for (const text of fc.sample(short, { seed: Number(process.env.FUZZ_SEED ?? 6), numRuns: 1500 })) {
      const all = scanner.scan(text, { rivals: "none" });
      const length = ({ start, end }: Span) => end - start;
      const best = all.toSorted((a, b) => b.score - a.score || length(b) - length(a) || a.start - b.start);
      const winners: Span[] = [];
      for (const span of best) {
        if (winners.every(({ start, end }) => span.end <= start || end <= span.start)) winners.push(span);
      }
      const places = (spans: readonly Span[]) => spans.map(({ start, end, score }) => [start, end, score]);
      expect(places(scanner.scan(text)), text).toEqual(places(winners.toSorted((a, b) => a.start - b.start)));
      if (winners.length === all.length && all.length > 2) apart++;
    }
    expect(apart).toBeGreaterThan(20);
  });
});
