// Values that are no UTF-8, in parts, form fields and queries: the filter counts a byte that is part of no character as
// one, and the proof, which reads JavaScript texts, must count as it does and find nothing wrong.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Bench, request } from "./support.ts";

const piece = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 3 }),
  fc.constantFrom("a", "é", "€", "🙂", "\ufeff", "x y").map((text) => Buffer.from(text)),
  // Characters that end too early, are too long, or are surrogates.
  fc.constantFrom([0xe2, 0x82], [0xf0, 0x9f], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff], [0xe9]).map(Buffer.from),
);
const value = fc
  .array(piece, { minLength: 1, maxLength: 6 })
  .map((parts) => Buffer.concat(parts))
  .filter((bytes) => !bytes.includes("\r") && !bytes.includes("\n"));

const percent = (bytes: Buffer): string => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const inPart = (bytes: Buffer) => {
  const head = '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n';
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from("\r\n--b--\r\n")]);
  return request(undefined, { headers: [["content-type", "multipart/form-data; boundary=b"]], body });
};
const inField = (bytes: Buffer) =>
  request(`a=${percent(bytes)}`, { headers: [["content-type", "application/x-www-form-urlencoded"]] });

test.each([
  { mask: { keepLast: 2 } },
  { mask: { keepFirst: 2, char: "•" } },
  { truncate: { keepFirst: 3 } },
  "hash",
  "redact",
  { tokenize: { format: "opaque" } },
])("no false finding: %j", async (action) => {
  const bench = new Bench({ rules: [{ name: "r", select: ["multipart:a", "form:a"], action }] });
  for (const bytes of fc.sample(value, { seed: 3, numRuns: 60 })) {
    for (const recording of [inPart(bytes), inField(bytes)]) {
      const run = await bench.run(recording);
      expect(run.result.outcome).toBe("forwarded");
      expect(bench.findings(run), bytes.toString("hex")).toEqual([]);
    }
  }
});
