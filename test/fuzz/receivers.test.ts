// A bounded share of what `npm run fuzz` does. The seed is printed with a failure.
import { expect, test } from "vitest";
import { fuzzReceivers } from "./receivers.ts";

const seed = Number(process.env.FUZZ_SEED ?? Date.now() & 0x7fffffff);

test(`what real receivers read by name is hidden: 2000 messages, FUZZ_SEED=${seed}`, async () => {
  const { failures } = await fuzzReceivers(2_000, seed);
  expect(failures).toEqual([]);
});
