/**
 * Policies that mix all locations, formats and actions, and messages under them: the properties of `check.ts` at length.
 */
import fc from "fast-check";
import { Prover } from "../../../scripts/replay/proof.ts";
import type { Tally } from "../tokens.ts";
import { accepted, checkMessage, Target } from "./check.ts";
import { messages } from "./messages.ts";
import { onPresets, policies } from "./policies.ts";

/** Messages a policy. */
const MESSAGES = 3;
/** Policies on presets, of which it is tried that the filter accepts them. */
const ON_PRESETS = 3;
const BATCH = 50;

const cases = fc.record({
  given: policies,
  sent: fc.array(messages, { minLength: MESSAGES, maxLength: MESSAGES }),
  cut: fc.nat(),
});

const target = new Target();

/** A policy and messages; of one for the egress it is tried that the filter accepts it. */
export const holds = fc.asyncProperty(cases, async ({ given, sent, cut }) => {
  const found = accepted(target, given);
  if (found === undefined || given.role === "egress") return;
  const prover = new Prover(found.compiled);
  for (const message of sent) {
    await checkMessage(found.compiled, found.plugin, message, prover, ["each", { random: cut }, 7]);
  }
});

const holdsOnPresets = fc.property(onPresets, (given) => {
  accepted(target, given);
});

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
    add(await fc.check(holds, { seed: seed + done, numRuns: Math.min(BATCH, count - done) }));
  }
  if (count > 0) add(fc.check(holdsOnPresets, { seed, numRuns: ON_PRESETS }));
  return tally;
}
