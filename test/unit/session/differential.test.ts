// Whatever the filter takes, jose takes: a share of what `npm run fuzz` runs.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Gate, joseTakes } from "../../fuzz/session-tokens.ts";
import { algorithms, mint, now } from "../filter/tokens.ts";

describe.each(algorithms)("%s", (algorithm) => {
  const gate = new Gate(algorithm);

  test("claims", async () => {
    await fc.assert(gate.claims(), { numRuns: 300 });
    expect(gate.taken).toBeGreaterThan(10);
  });

  test("changed tokens", async () => {
    const token = await mint(algorithm, { iat: now - 1 });
    expect([gate.takes(token), await joseTakes(algorithm, token)]).toEqual([true, true]);
    await fc.assert(gate.changedCharacters(token), { numRuns: 1000 });
  });
});
