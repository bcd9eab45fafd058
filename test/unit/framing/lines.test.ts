// Newline-delimited JSON through the release filter: each line as the engine makes it on its own, whatever the cuts.
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Engine } from "../../support/engine.ts";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { Bench } from "../replay/support.ts";

const policy = binaryOf({
  rules: [
    { name: "pan", select: "json:$..card", action: { mask: { keepLast: 2 } } },
    { name: "cvc", select: "json:$..cvc", action: "strip" },
    { name: "note", select: "json:$.note", action: "redact" },
  ],
});
const filter = new Filter();
let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
  engine.use(policy);
  filter.use(policy);
});

const key = fc.constantFrom("card", "cvc", "note", "x");
const document = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.jsonValue({ maxDepth: 1 }), tie("object")),
  object: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
})).value;
const line = fc.oneof(
  { weight: 6, arbitrary: document.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom("", " ", "\t\r") },
);

test.each(["application/x-ndjson", "application/jsonl; charset=utf-8"])("random lines, %s", (type) => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.nat(), (lines, seed) => {
      const expected = lines.map((text) =>
        text.trim() === "" ? text : Buffer.from(engine.rewrite([Buffer.from(text)]).output).toString(),
      );
      const body = Buffer.from(lines.join("\n"));
      for (const chunk of [{ random: seed }, "each"] as const) {
        const { error, output } = filter.rewrite(body, chunk, type);
        expect(error).toBeUndefined();
        expect(Buffer.from(output).toString()).toBe(expected.join("\n"));
      }
    }),
    { numRuns: 500 },
  );
});

test("random lines, judged by JSON.parse and an independent JSONPath", async () => {
  const rules = [
    { name: "pan", select: "json:$..card", action: { mask: { keepLast: 2 } } },
    { name: "cvc", select: "json:$..cvc", action: "strip" },
  ];
  const benches = [new Bench({ rules }), new Bench({ rules, unmatched: "redact" })];
  const headers: [string, string][] = [["content-type", "application/x-ndjson"]];
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 6 }), fc.nat(), async (lines, seed) => {
      const body = new Uint8Array(Buffer.from(lines.join("\n")));
      for (const bench of benches) {
        const run = await bench.run(
          { id: "lines", request: { method: "POST", path: "/", headers, body } },
          { random: seed },
        );
        expect(run.result.outcome).toBe("forwarded");
        expect(bench.findings(run)).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

test("any number of lines goes through in constant memory", () => {
  const lines = Buffer.from('{"card":"4111111111111111","x":[1,2,3]}\n'.repeat(50_000));
  filter.rewrite(lines, 65_536, "application/x-ndjson");
  const before = filter.vm.memoryBytes;
  for (let round = 0; round < 4; round++) filter.rewrite(lines, 65_536, "application/x-ndjson");
  expect(filter.vm.memoryBytes).toBe(before);
});
