// A bounded share of the properties of the way back; `npm run fuzz` runs the rest. The seed is printed with a failure.
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkOnPresets, checks } from "./back.ts";
import { onPresets } from "./back-presets.ts";

const seed = Number(process.env.FUZZ_SEED ?? 20261127);
const count = 12;
const messages = 30;

test.each(Object.entries(checks))(`%s, in ${count} policies, FUZZ_SEED=${seed}`, async (_, check) => {
  expect(await check(count, seed)).toBeUndefined();
});

test(`what own rules took comes back under presets, in ${messages} messages, FUZZ_SEED=${seed}`, async () => {
  const [drawn] = fc.sample(onPresets, { seed, numRuns: 1 });
  expect(await checkOnPresets({ ...drawn!, names: ["pci-dss", "secrets"] })(messages, seed)).toBeUndefined();
});
