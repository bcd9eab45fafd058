/**
 * Mixed policies in the debug build, in which memory holds bytes of its own wherever nothing may be read (assembly/bytes/pool.ts):
 * what leaves is the same as in the release build, or something was read that nobody wrote, such as bytes of an earlier request.
 */
import { join } from "node:path";
import fc from "fast-check";
import { Random, Vm } from "../../../scripts/host/index.ts";
import { differenceOf } from "../../../scripts/replay/chunks.ts";
import { nodeEngine, run } from "../../../scripts/replay/run.ts";
import { loadWasm, packageRoot } from "../../../scripts/wasm.ts";
import { key } from "../../unit/filter/support.ts";
import { accepted, Target } from "./check.ts";
import { tightPolicies } from "./limits.ts";
import { messages, recordingOf } from "./messages.ts";
import { policies } from "./policies.ts";

/** Messages a policy. */
const MESSAGES = 4;
/** Pairs of places at which its body is cut: once may be in front of a value, and once in it. */
const PAIRS = 10;
const settings = { isActive: true, session: { emergency: "mixed", claims: undefined } };

const target = new Target();
const debug = new WebAssembly.Module(loadWasm(join(packageRoot, "build", "frostglass.debug.wasm")));
const vm = new Vm(debug, { environment: { FROSTGLASS_KEY: key }, log: () => {} });

function pairOf(draw: Random, length: number): [number, number] {
  const first = 1 + draw.below(length - 2);
  return [first, first + 1 + draw.below(length - first - 1)];
}

const cases = fc.record({
  given: fc.oneof(policies, tightPolicies),
  sent: fc.array(messages, { minLength: MESSAGES, maxLength: MESSAGES }),
  cut: fc.nat(),
});

export const holdsPoisoned = fc.asyncProperty(cases, async ({ given, sent, cut }) => {
  const found = accepted(target, given);
  if (found === undefined || given.role === "egress") return;
  const { compiled, plugin } = found;
  const engines = [plugin, vm.plugin("poisoned", compiled.binary)].map((one) => nodeEngine(compiled, one, settings));
  for (const message of sent) {
    const recording = recordingOf(message);
    const length = recording.request.body?.length ?? 0;
    const draw = new Random(cut);
    const places = Array.from({ length: length > 2 ? PAIRS : 0 }, () => pairOf(draw, length));
    for (const chunk of [undefined, { random: cut }, 1 + (cut % 60), ...places]) {
      const [release, poisoned] = await Promise.all(
        engines.map((engine) => run(engine, compiled, recording, settings, chunk)),
      );
      const difference = differenceOf(release!.result, poisoned!.result, compiled.limits.hold);
      if (difference !== undefined) throw new Error(`${difference}, in pieces of ${JSON.stringify(chunk)}`);
    }
  }
});
