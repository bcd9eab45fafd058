/**
 * Limits about as small as the messages: what is held, a value, the depth, all of a body. Detectors may then hold back more than
 * is held, and a message breaks off anywhere.
 */
import fc from "fast-check";
import { type MixedPolicy, policies } from "./policies.ts";
import { some } from "./words.ts";

const bytes = (most: fc.Arbitrary<number>): fc.Arbitrary<string> => most.map((count) => `${count}B`);

const limits = fc.record(
  {
    hold: bytes(fc.oneof(fc.constant(0), fc.nat({ max: 200 }))),
    value: bytes(fc.integer({ min: 1, max: 64 })),
    depth: fc.integer({ min: 1, max: 6 }),
    body: bytes(fc.integer({ min: 1, max: 1200 })),
  },
  { requiredKeys: ["hold"] },
);

/** Policies with such limits; some find what is longer than all that is held. */
export const tightPolicies: fc.Arbitrary<MixedPolicy> = fc
  .tuple(policies, limits, some([], ["JWT"], ["URL", "EMAIL_ADDRESS"], ["PRIVATE_KEY"]))
  .map(([given, tight, detect]) => {
    const { rules, ...policy } = given.policy as { rules: object[] };
    const long = detect.map((type) => ({
      name: `long-${type.toLowerCase().replace("_", "-")}`,
      select: "any:",
      detect: [type],
      action: "redact",
    }));
    return { ...given, policy: { ...policy, limits: tight, rules: [...rules, ...long] } };
  });
