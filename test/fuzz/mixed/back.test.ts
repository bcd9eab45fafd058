// A bounded share of the properties of the way back; `npm run fuzz` runs the rest. The seed is printed with a failure.
import { expect, test } from "vitest";
import { checks } from "./back.ts";

const seed = Number(process.env.FUZZ_SEED ?? 20261127);
const count = 12;

test.each(Object.entries(checks))(`%s, in ${count} policies, FUZZ_SEED=${seed}`, async (_, check) => {
  expect(await check(count, seed)).toBeUndefined();
});
