// Rules that detect, over documents and policies made at random: the proof holds, and a chunk's end changes nothing.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bench, bytes, request, textOf } from "../replay/support.ts";

const card = "4111 1111 1111 1111";

describe("whatever the document, the policy and the chunks, the proof holds", () => {
  const piece = fc.constantFrom(
    card,
    "ann@x.org",
    "x",
    " ",
    "é😀",
    "192.0.2.7",
    "tel. ",
    "\n",
    '"',
    "4111",
    "b@example.com",
    "12",
  );
  const text = fc.array(piece, { maxLength: 5 }).map((parts) => parts.join(" "));
  const scalar = fc.oneof(text, fc.constantFrom(4111111111111111, 12, true, null, -1.5, ""));
  const name = fc.oneof(fc.constantFrom("a", "b", "note", "ann@x.org"), text);
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      scalar,
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(name, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  const select = fc.constantFrom(
    "any:",
    "json:$..note",
    "json:$.a",
    "json:$..a",
    "json-key:$..*",
    "json:$..*",
    "json:$",
  );
  const detecting = fc.record(
    {
      select,
      detect: fc.subarray(["CREDIT_CARD", "EMAIL_ADDRESS", "IP_ADDRESS"], { minLength: 1 }),
      action: fc.constantFrom<unknown>(
        "redact",
        { mask: { keepLast: 4 } },
        { hash: { length: 12 } },
        { truncate: { keepFirst: 2 } },
        "pass",
      ),
      whole: fc.boolean(),
      context: fc.constant(["tel"]),
      except: fc.constantFrom(["*@example.com"], ["4111*", "192.*"]),
      threshold: fc.constantFrom(0.5, 0.95),
    },
    { requiredKeys: ["select", "detect", "action", "whole"] },
  );
  const plain = fc.record({
    select: fc.constantFrom("json:$..note", "json:$.a", "json:$..a", "json:$.*"),
    action: fc.constantFrom<unknown>("strip", "redact", "pass", { mask: { keepLast: 4 } }),
  });
  const policy = fc.record({
    unmatched: fc.constantFrom("pass", "redact", "strip"),
    rules: fc
      .array(fc.oneof(detecting, detecting, plain), { minLength: 1, maxLength: 4 })
      .map((rules) => rules.map((rule, index) => ({ name: `r${index}`, ...rule }))),
  });

  test("JSON", async () => {
    const cases = fc.record({ policy, documents: fc.array(tree, { minLength: 6, maxLength: 6 }), seed: fc.nat() });
    let replaced = 0;
    for (const one of fc.sample(cases, { seed: Number(process.env.FUZZ_SEED ?? 3), numRuns: 150 })) {
      const bench = new Bench(one.policy);
      for (const document of one.documents) {
        const body = JSON.stringify(document, undefined, one.seed % 2);
        const recording = request(body);
        const whole = await bench.run(recording);
        const cut = await bench.run(recording, { random: one.seed });
        const said = JSON.stringify([one.policy, body, textOf(whole.result.request?.body)]);
        expect(whole.result.outcome, said).toBe("forwarded");
        expect(textOf(cut.result.request?.body), said).toBe(textOf(whole.result.request?.body));
        expect(
          bench.findings(whole).filter(({ kind }) => kind !== "leak"),
          said,
        ).toEqual([]);
        if (textOf(whole.result.request?.body) !== body) replaced++;
        expect(Buffer.compare(recording.request.body!, bytes(body))).toBe(0);
      }
    }
    expect(replaced).toBeGreaterThan(200);
  });
});
