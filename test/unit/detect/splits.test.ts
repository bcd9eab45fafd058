// A text in two chunks, at every place, and byte by byte, has the spans of the text as a whole.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builtInProgram } from "../../../scripts/detect/built-in.ts";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { compileProgram } from "../../../scripts/detect/program.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";
import { corpus } from "../../support/corpora.ts";
import { marked } from "./support.ts";

const scanner = new Scanner(builtInProgram());
const pieces = DETECTORS.flatMap(({ examples }) => examples.finds.map((example) => marked(example).text));

const golden = [
  "Zoë paid with 4111 1111 1111 1111, mail zoe@exämple.org, IBAN DE89 3704 0044 0532 0130 00, from 2001:db8::1.",
  "ssn 536-90-4399; phone (415) 555-0132 x12; https://a:b@example.com/x?y=1 and eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0xMQ.AAA",
  "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY----- done",
  "身份证 11010519491231002X 電話 +81 3-1234-5678 🙂 AWS AKIAIOSFODNN7EXAMPLE.",
];

function expectSplitsAgree(text: string): void {
  const bytes = Buffer.from(text);
  for (const options of [{}, { threshold: 0, rivals: "type" }] as const) {
    const whole = scanner.scanBytes([bytes], options);
    expect(
      scanner.scanBytes(
        [...bytes].map((byte) => Uint8Array.of(byte)),
        options,
      ),
    ).toEqual(whole);
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(scanner.scanBytes([bytes.subarray(0, cut), bytes.subarray(cut)], options)).toEqual(whole);
    }
  }
}

it.each(golden)("has the same spans at every split: %j", (text) => {
  expect(scanner.scan(text).length).toBeGreaterThan(0);
  expectSplitsAgree(text);
});

it("has the same spans however examples of all detectors follow one another", () => {
  const text = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 5 }).map((parts) => parts.join(" "));
  fc.assert(fc.property(text, expectSplitsAgree), { numRuns: 12 });
});

it("has the same spans when a text is far longer than the window", () => {
  const text = Array.from(
    { length: 4000 },
    (_, index) => `${pieces[index % pieces.length]} and some words in between`,
  ).join("\n");
  const bytes = Buffer.from(text);
  const whole = scanner.scanBytes([bytes]);
  expect(whole.length).toBeGreaterThan(1000);
  for (const size of [777, 4096, 16383]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
    expect(scanner.scanBytes(chunks)).toEqual(whole);
  }
});

it("gives a span out within the documented hold-back, whatever follows", () => {
  const { longest, ...program } = compileProgram(
    DETECTORS.filter(({ type }) => type === "CREDIT_CARD" || type === "EMAIL_ADDRESS"),
  );
  const own = new Scanner(program);
  for (const filler of ["words and nothing but words ", "4111 1111 1111 1111 ", "a@example.org ", "1"]) {
    own.begin(0.5, "all");
    const bytes = Buffer.from(`a card 4111 1111 1111 1111 ${filler.repeat(400)}`.slice(0, 4000));
    let came = 0;
    let given = false;
    while (!given && came < bytes.length)
      given = own.push(bytes.subarray(came, ++came)).some(({ start }) => start === 7);
    expect(given).toBe(true);
    expect(came).toBeLessThanOrEqual(7 + 2 * (longest + 64) + 1);
  }
});

describe.skipIf(corpus("pii/presidio-research/synth_dataset_v2.jsonl") === undefined)("third-party sentences", () => {
  it("have the same spans byte by byte", () => {
    const lines = readFileSync(corpus("pii/presidio-research/synth_dataset_v2.jsonl")!, "utf8")
      .split("\n")
      .slice(0, 200);
    for (const line of lines.filter(Boolean)) {
      const bytes = Buffer.from((JSON.parse(line) as { text: string }).text);
      expect(scanner.scanBytes([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(scanner.scanBytes([bytes]));
    }
  });
});

it("owes nothing to the texts before it", () => {
  const texts = [...golden, "", "4", ...pieces.filter((_, index) => index % 8 === 0)];
  const alone = texts.map((text) => new Scanner(builtInProgram()).scan(text));
  // Far more than the bytes after which the scanner counts places anew.
  for (let round = 0; round < 120; round++) {
    for (let index = 0; index < texts.length; index++) {
      const next = (index * (1 + 6 * (round % 2)) + round) % texts.length;
      expect(scanner.scan(texts[next]!)).toEqual(alone[next]);
    }
  }
});
