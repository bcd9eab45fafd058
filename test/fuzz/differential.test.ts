// A bounded share of the differential property; `npm run fuzz` runs the rest. The seed is printed with a failure.

import fc from "fast-check";
import { expect, test } from "vitest";
import { cases, checkCase, DOCUMENTS_A_POLICY, failureOf, loadTargets } from "./differential.ts";

const seed = Number(process.env.FUZZ_SEED ?? Date.now() & 0x7fffffff);
const count = 3_000;

test(`the engine does what the oracle says: ${count} cases, FUZZ_SEED=${seed}`, async () => {
  const targets = await loadTargets();
  const details = fc.check(
    fc.property(cases, (one) => checkCase(targets, one)),
    { seed, numRuns: Math.ceil(count / DOCUMENTS_A_POLICY) },
  );
  expect(failureOf(details)).toBeUndefined();
});
