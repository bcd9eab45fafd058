/**
 * Policies that mix all locations, formats and actions, and messages under them: the properties of `check.ts` at length.
 */
import fc from "fast-check";
import { Prover } from "../../../scripts/replay/proof.ts";
import type { Tally } from "../tokens.ts";
import { accepted, checkMessage, Target } from "./check.ts";
import { tightPolicies } from "./limits.ts";
import { messages } from "./messages.ts";
import { presetMessages, presetPolicies } from "./on-presets.ts";
import { holdsPoisoned } from "./poisoned.ts";
import { type MixedPolicy, policies } from "./policies.ts";

/** Messages a policy. */
const MESSAGES = 3;
/** Policies on presets, which take seconds to compile, and messages for each. */
const ON_PRESETS = 4;
const MESSAGES_ON_PRESETS = 100;
const BATCH = 50;

const casesOf = (given: fc.Arbitrary<MixedPolicy>) =>
  fc.record({
    given,
    sent: fc.array(messages, { minLength: MESSAGES, maxLength: MESSAGES }),
    cut: fc.nat(),
  });

const target = new Target();

/** A policy and messages; of one for the egress it is tried that the filter accepts it. */
const holdsOf = (given: fc.Arbitrary<MixedPolicy>) =>
  fc.asyncProperty(casesOf(given), async ({ given, sent, cut }) => {
    const found = accepted(target, given);
    if (found === undefined || given.role === "egress") return;
    const prover = new Prover(found.compiled);
    for (const message of sent) {
      const cuts = ["each" as const, { random: cut }, 7, [1 + (cut % 60)], [1 + (cut % 500)]];
      await checkMessage(found.compiled, found.plugin, message, prover, cuts);
    }
  });

export const holds = holdsOf(policies);
/** The same of policies with small limits. */
export const holdsTightly = holdsOf(tightPolicies);

/** The same of one policy on presets, which has all the messages; undefined where there can be none. */
export function holdsOnPresets(given: MixedPolicy): fc.IAsyncProperty<unknown> | undefined {
  const found = accepted(target, given);
  if (found === undefined || given.role === "egress") return undefined;
  const prover = new Prover(found.compiled);
  return fc.asyncProperty(presetMessages, fc.nat(), async (message, cut) => {
    await checkMessage(found.compiled, found.plugin, message, prover, ["each", { random: cut }, 7]);
  });
}

/** What went wrong, after shrinking, and how to see it again; undefined when nothing did. */
export function failureOf<T>(details: fc.RunDetails<T>): string | undefined {
  return details.failed ? (fc.defaultReportMessage(details) ?? "a property failed") : undefined;
}

export async function fuzzMixed(count: number, seed: number): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, failures: [] };
  const add = <T>(details: fc.RunDetails<T>): void => {
    const failure = failureOf(details);
    tally.passed += details.numRuns - (failure === undefined ? 0 : 1);
    if (failure === undefined) return;
    tally.failed++;
    tally.failures.push(failure);
  };
  for (let done = 0; done < count; done += BATCH) {
    const numRuns = Math.min(BATCH, count - done);
    add(await fc.check(holds, { seed: seed + done, numRuns }));
    add(await fc.check(holdsTightly, { seed: seed + done, numRuns }));
    add(await fc.check(holdsPoisoned, { seed: seed + done, numRuns }));
  }
  for (const given of fc.sample(presetPolicies, { seed, numRuns: count > 0 ? ON_PRESETS : 0 })) {
    const property = holdsOnPresets(given);
    if (property === undefined) continue;
    const details = await fc.check(property, { seed, numRuns: MESSAGES_ON_PRESETS });
    if (details.failed) tally.failures.push(`on presets: ${JSON.stringify(given.policy)}`);
    add(details);
  }
  return tally;
}
