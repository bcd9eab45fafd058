// A bounded share of the properties of mixed policies; `npm run fuzz` runs the rest. The seed is printed with a failure.
import fc from "fast-check";
import { expect, test } from "vitest";
import { failureOf, holds, holdsOnPresets, holdsTightly } from "./mixed.ts";
import { extending } from "./on-presets.ts";
import { holdsPoisoned } from "./poisoned.ts";

const seed = Number(process.env.FUZZ_SEED ?? 20261127);
const count = 60;
const few = 40;

test(`the filter, at every cut, and the leak proof agree on ${count} mixed policies, FUZZ_SEED=${seed}`, async () => {
  expect(failureOf(await fc.check(holds, { seed, numRuns: count }))).toBeUndefined();
});

test(`they agree on ${few} policies with small limits, FUZZ_SEED=${seed}`, async () => {
  expect(failureOf(await fc.check(holdsTightly, { seed, numRuns: few }))).toBeUndefined();
});

test(`nothing is read that nobody wrote, under ${few} mixed policies, FUZZ_SEED=${seed}`, async () => {
  expect(failureOf(await fc.check(holdsPoisoned, { seed, numRuns: few }))).toBeUndefined();
});

test(`they agree on ${few} messages under presets, FUZZ_SEED=${seed}`, async () => {
  expect(
    failureOf(await fc.check(holdsOnPresets(extending(["pci-dss", "secrets"]))!, { seed, numRuns: few })),
  ).toBeUndefined();
});
