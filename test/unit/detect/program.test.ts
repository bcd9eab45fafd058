// Damaged detector programs are refused, and so are patterns outside the linear subset.
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { builtInProgram } from "../../../scripts/detect/built-in.ts";
import { CHECKS } from "../../../scripts/detect/checks.ts";
import type { Detector } from "../../../scripts/detect/detector.ts";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { DETECTOR, PROGRAM } from "../../../scripts/detect/layout.ts";
import { compileProgram, DetectorError } from "../../../scripts/detect/program.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";

const one = (pattern: string, more: Partial<Detector> = {}): Detector => ({
  type: "OWN",
  pattern,
  score: 0.9,
  examples: { finds: [], ignores: [] },
  ...more,
});

function refusal(pattern: string): { code: string; remedy: string } {
  try {
    compileProgram([one(pattern)]);
  } catch (error) {
    if (error instanceof DetectorError) return { code: error.code, remedy: error.remedy };
    throw error;
  }
  throw new Error("the pattern was taken");
}

describe("patterns outside the subset", () => {
  it.each([
    ["(a)\\1", "pattern-backreference"],
    ["a(?=b)", "pattern-assertion"],
    ["(?<!a)b", "pattern-assertion"],
    ["^a$", "pattern-assertion"],
    ["a\\b", "pattern-assertion"],
    ["a+", "pattern-unbounded"],
    ["a{5000}", "pattern-long"],
    ["a*", "pattern-empty"],
    ["(a", "pattern-syntax"],
  ])("%s is %s", (pattern, code) => {
    const { code: actual, remedy } = refusal(pattern);
    expect(actual).toBe(code);
    expect(remedy).not.toBe("");
  });
});

describe("the filter", () => {
  it("asks of a lead what stands behind the first pivot, not behind a later one", () => {
    const { binary } = compileProgram([
      one("[a-z]+://[a-z]*:[a-z]+@x", { lead: { run: "a-z", max: 20, pivot: ":" }, max: 90 }),
    ]);
    const view = new DataView(binary.buffer);
    const filter = view.getUint32(PROGRAM.filter, true);
    // The lead has the first group: the first bit of each position.
    const passes = (text: string) =>
      [...Buffer.from(text)].every((byte, place) => (view.getUint16(filter + byte * 32 + place * 2, true) & 1) === 1);
    expect(passes("s://user")).toBe(true);
    expect(passes("s:/user:")).toBe(false);
    expect(passes("s:Envelo")).toBe(false);
  });
});

describe("a program", () => {
  const { binary, types } = compileProgram(DETECTORS.slice(0, 12));
  const load = (bytes: Uint8Array<ArrayBuffer>) => new Scanner({ binary: bytes, types });
  const sealed = (change: (view: DataView) => void): Uint8Array<ArrayBuffer> => {
    const copy = binary.slice();
    const view = new DataView(copy.buffer);
    change(view);
    view.setUint32(PROGRAM.crc, crc32(copy.subarray(PROGRAM.crc_from), crc32(copy.subarray(0, PROGRAM.crc))), true);
    return copy;
  };

  it("is the same in every compilation", () => {
    expect(compileProgram(DETECTORS.slice(0, 12)).binary).toEqual(binary);
  });

  it("is refused when truncated, foreign, of another version or damaged", () => {
    expect(() => load(binary.slice(0, 3))).toThrow("no detector program");
    expect(() => load(binary.slice(0, 60))).toThrow("truncated");
    expect(() => load(binary.slice(0, -4))).toThrow("truncated");
    expect(() => load(sealed((view) => view.setUint8(0, 0)))).toThrow("no detector program");
    expect(() => load(sealed((view) => view.setUint16(4, 9, true)))).toThrow("another version");
    const flipped = binary.slice();
    flipped[100]! ^= 1;
    expect(() => load(flipped)).toThrow("damaged");
  });

  it("is refused when it asks for a check that the wasm does not have", () => {
    const first = new DataView(binary.buffer).getUint32(PROGRAM.detectors, true);
    expect(() => load(sealed((view) => view.setUint8(first + DETECTOR.check, CHECKS.length - 1)))).not.toThrow();
    expect(() => load(sealed((view) => view.setUint8(first + DETECTOR.check, CHECKS.length)))).toThrow("damaged");
  });

  it("is refused, or harmless, whatever a sealed word of it says", () => {
    let refused = 0;
    for (let at = 16; at < binary.length; at += 4 * Math.max(1, Math.floor(binary.length / 4000))) {
      const copy = sealed((view) => view.setUint32(at, 0xfffffff0, true));
      try {
        load(copy).scan("card 4111 1111 1111 1111, mail a@example.org, DE89370400440532013000 12345678");
      } catch (error) {
        expect(String(error)).toMatch(/damaged|truncated/);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });

  it("of all detectors names their types", () => {
    expect(new Set(builtInProgram().types)).toEqual(new Set(DETECTORS.map(({ type }) => type)));
  });
});

it("takes a match of the greatest length although the text goes on", () => {
  const scanner = new Scanner(compileProgram([one("key-[a-z]{4,}", { max: 64 })]));
  expect(scanner.scan(`key-${"abcd".repeat(20)}`).map(({ start, end }) => [start, end])).toEqual([[0, 64]]);
  expect(scanner.scan("key-abcdef1")).toEqual([]);
});

describe("scores", () => {
  const detector = one("\\d{4}", { score: 0, contextScore: 0.6, context: ["pin", "passcode"] });
  const scanner = new Scanner(compileProgram([detector]));
  const found = (text: string) => scanner.scan(text).length;

  it("rise behind a context word that starts in the window", () => {
    expect(found("1234")).toBe(0);
    expect(found("pin 1234")).toBe(1);
    expect(found("PIN: 1234")).toBe(1);
    expect(found("userPin=1234")).toBe(1);
    expect(found("passcodes 1234")).toBe(1);
    expect(found(`pin${" ".repeat(77)}1234`)).toBe(1);
    expect(found(`pin${" ".repeat(78)}1234`)).toBe(0);
  });

  it("do not rise by a word that only contains a short one", () => {
    expect(found("pine 1234")).toBe(0);
    expect(found("spin 1234")).toBe(0);
    expect(found("1234 pin")).toBe(0);
  });
});

describe("ends of a match", () => {
  const whole = (detector: Detector, text: string) =>
    new Scanner(compileProgram([detector])).scan(text).map(({ start, end }) => [start, end]);

  it("are judged from the longest on, however many wait", () => {
    const text = Array.from({ length: 300 }, () => "a").join(" ");
    expect(whole(one("a(?: a)*", { max: 1000, check: "none", right: "\\w" }), text)).toEqual([[0, text.length]]);
    // 79927398713 is the example of the algorithm; with the ones behind it the check fails.
    const digits = [..."79927398713", ..."1111"].join(" ");
    expect(whole(one("\\d(?: \\d)*", { max: 60, check: "luhn", left: "\\w " }), digits)).toEqual([[0, 21]]);
  });

  it("may be the end of the text, and never lie behind it", () => {
    expect(whole(one("[^a]+", { max: 60, left: "", right: "", ignoreCase: false }), "aabcd")).toEqual([[2, 5]]);
    expect(whole(one("[^a]+", { max: 60, left: "", ignoreCase: false }), "aabcd")).toEqual([[2, 5]]);
    expect(whole(one("b[^a]{2,}", { max: 64, left: "", right: "x", ignoreCase: false }), "aabcd")).toEqual([[2, 5]]);
  });

  it("stand before a byte that may follow, and are told from ones that may not", () => {
    expect(whole(one("ab+", { max: 20 }), "abbb abb1 abé")).toEqual([
      [0, 4],
      [10, 12],
    ]);
  });
});

it("context words count in the window before a match alone", () => {
  const detector = one("\\d{4}", { score: 0, contextScore: 0.6, context: ["pin"] });
  const scanner = new Scanner(compileProgram([detector]));
  const at = (gap: number) => scanner.scan(`pin${" ".repeat(gap)}1234`).length;
  expect([1, 77, 78].map(at)).toEqual([1, 1, 0]);
});
