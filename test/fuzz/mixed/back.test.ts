// A bounded share of the properties of the way back; `npm run fuzz` runs the rest. The seed is printed with a failure.
import { expect, test } from "vitest";
import { checks } from "./back.ts";

const seed = Number(process.env.FUZZ_SEED ?? 20261127);
const count = 20;

test.each(Object.entries(checks))(`%s, in ${count} policies, FUZZ_SEED=${seed}`, (_, check) => {
  expect(check(count, seed)).toBeUndefined();
});
