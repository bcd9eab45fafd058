/**
 * Mixed policies in the debug build, in which memory holds bytes of its own wherever nothing may be read (assembly/bytes/pool.ts):
 * what leaves is the same as in the release build, or something was read that nobody wrote, such as bytes of an earlier request.
 */
import { join } from "node:path";
import fc from "fast-check";
import { Vm } from "../../../scripts/host/index.ts";
import { differenceOf } from "../../../scripts/replay/chunks.ts";
import { nodeEngine, type Result, run } from "../../../scripts/replay/run.ts";
import { loadWasm, packageRoot } from "../../../scripts/wasm.ts";
import { key } from "../../unit/filter/support.ts";
import { accepted, assertAlive, Target } from "./check.ts";
import { tightPolicies } from "./limits.ts";
import { messages } from "./messages.ts";
import { pairsOf } from "./pairs.ts";
import { policies } from "./policies.ts";
import { recordingOf } from "./recordings.ts";

/** Messages a policy. */
const MESSAGES = 4;
/** Pairs of places at which its request is cut, and its answer. */
const PAIRS = 8;
const settings = { isActive: true, session: { emergency: "mixed", claims: undefined } };

const debug = new WebAssembly.Module(loadWasm(join(packageRoot, "build", "frostglass.debug.wasm")));

/** A filter of this build. */
export function poisonedTarget(): Target {
  return new Target((environment = { FROSTGLASS_KEY: key }) => {
    const log: string[] = [];
    return { vm: new Vm(debug, { environment, log: (_, line) => log.push(line) }), log };
  });
}

const target = new Target();
const poisoned = poisonedTarget();

const cases = fc.record({
  given: fc.oneof(policies, tightPolicies),
  sent: fc.array(messages, { minLength: MESSAGES, maxLength: MESSAGES }),
  cut: fc.nat(),
});

export const holdsPoisoned = fc.asyncProperty(cases, async ({ given, sent, cut }) => {
  const found = accepted(target, given);
  if (found === undefined || given.role === "egress") return;
  const { compiled, plugin } = found;
  const engines = [plugin, poisoned.use(compiled.binary)].map((one) => nodeEngine(compiled, one, settings));
  for (const message of sent) {
    const recording = recordingOf(message);
    let whole: Result | undefined;
    const lengths = [recording.request.body?.length, recording.response?.body?.length];
    const pairs = lengths.flatMap((length = 0) => pairsOf(cut, length, PAIRS));
    for (const chunk of [undefined, { random: cut }, 1 + (cut % 60), ...pairs]) {
      for (const engine of engines) {
        const { result } = await run(engine, compiled, recording, settings, chunk);
        assertAlive(result.reason);
        whole ??= result;
        const difference = differenceOf(whole, result, compiled.limits.hold);
        if (difference !== undefined) throw new Error(`${difference}, in pieces of ${JSON.stringify(chunk)}`);
      }
    }
  }
});
