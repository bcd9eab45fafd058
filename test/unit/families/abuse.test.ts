// Ways to slip a body past a body parser, each with its decided outcome (abuse.outcomes.ts), under a policy that redacts
// every value it can read: what is forwarded holds none of them, and the rest is byte for byte as it was, at every cut.
import { describe, expect, test } from "vitest";
import { corpus, titleOf } from "../../support/corpora.ts";
import { Bench } from "../replay/support.ts";
import { outcomes } from "./abuse.outcomes.ts";
import { abuse } from "./abuse.ts";
import type { Payload } from "./payloads.ts";

const policy = {
  compressed: "decode",
  limits: { hold: "1MiB", value: "1MiB" },
  rules: [
    { name: "json", select: ["json:$", "json:$..*"], action: "redact" },
    { name: "fields", select: ["form:*", "multipart:*", "multipart-filename:*"], action: "redact" },
    { name: "xml", select: ["xml:/*", "xml:/*/@*"], action: "redact" },
  ],
};
const bench = new Bench(policy);

/** "forwarded", or the reason of the refusal; the same at every cut, and proven. */
async function outcomeOf({ name, headers, body }: Payload): Promise<string> {
  const send = (chunk?: "each" | number) =>
    bench.run({ id: name, request: { method: "POST", path: "/", headers, body } }, chunk);
  const whole = await send();
  expect(bench.findings(whole)).toEqual([]);
  for (const chunk of ["each", 7] as const) {
    const { result } = await send(chunk);
    expect([result.outcome, result.reason]).toEqual([whole.result.outcome, whole.result.reason]);
    expect(result.request?.body).toEqual(whole.result.request?.body);
  }
  const { outcome, reason } = whole.result;
  if (outcome !== "forwarded") expect([outcome, whole.result.request]).toEqual(["blocked", undefined]);
  return reason ?? outcome;
}

for (const [file, read] of Object.entries(abuse)) {
  const folder = `http-abuse/${file}`;
  describe.skipIf(!corpus(folder))(titleOf(file, folder), () => {
    const decided = new Map(
      Object.entries(outcomes[file] ?? {}).flatMap(([outcome, names]) => names.map((name) => [name, outcome] as const)),
    );
    const cases = corpus(folder) ? read() : [];

    test("each case has its decision, and each decision its case", () => {
      expect(cases.map(({ name }) => name).sort()).toEqual([...decided.keys()].sort());
    });

    test.each(cases)("$name", async (one) => {
      expect(await outcomeOf(one)).toBe(decided.get(one.name));
    });
  });
}
