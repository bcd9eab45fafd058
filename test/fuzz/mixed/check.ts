/**
 * The properties of a mixed policy and the messages under it.
 *
 * 1. What compiles is accepted by the filter, and compiles to the same bytes again; what does not has a diagnostic with a
 *    remedy. 2. Outcome and bytes are the same however bodies are cut. 3. and 4. The proof of `replay` finds nothing: no
 *    selected value left, in any code, and all else is as it was.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Chunking, Plugin } from "../../../scripts/host/index.ts";
import { type CompiledPolicy, compilePolicy, formatDiagnostic } from "../../../scripts/policy/index.ts";
import { differenceOf } from "../../../scripts/replay/chunks.ts";
import type { Prover } from "../../../scripts/replay/proof.ts";
import { nodeEngine, type Run, run } from "../../../scripts/replay/run.ts";
import { machine } from "../../unit/filter/support.ts";
import type { Sent } from "./messages.ts";
import type { MixedPolicy } from "./policies.ts";
import { recordingOf } from "./recordings.ts";

const presets = join(import.meta.dirname, "../../../policies/presets");

/** The policy compiled with what it extends: presets, and `./base.json`. */
export function compile({ policy, base, role }: MixedPolicy): ReturnType<typeof compilePolicy> {
  const resolve = (reference: string) => {
    if (reference === "./base.json") return { path: "base.json", text: JSON.stringify(base) };
    const path = join(presets, `${reference}.json`);
    return existsSync(path) ? { path, text: readFileSync(path, "utf8") } : undefined;
  };
  return compilePolicy({ path: "policy.json", text: JSON.stringify(policy) }, resolve, role);
}

/** The filter, for one policy after another: the release build, unless another one is given. One that has trapped begins anew. */
export class Target {
  readonly #start: typeof machine;
  #vm: ReturnType<typeof machine>;
  #plugin: Plugin | undefined;
  constructor(start = machine) {
    this.#start = start;
    this.#vm = start();
  }

  use(binary: Uint8Array): Plugin {
    if (this.#vm.log.some((line) => line.includes("the module trapped"))) {
      this.#vm = this.#start();
      this.#plugin = undefined;
    }
    const { vm, log } = this.#vm;
    log.length = 0;
    try {
      if (this.#plugin === undefined) this.#plugin = vm.plugin("mixed", binary);
      else if (!this.#plugin.configure(binary)) throw new Error("configure");
    } catch (error) {
      throw new Error(`the filter refuses the policy: ${error}; ${log.join("; ")}`);
    }
    return this.#plugin;
  }
}

/** The compiled policy, which the filter has accepted; undefined where it has diagnostics, as it should. */
export function accepted(target: Target, given: MixedPolicy): { compiled: CompiledPolicy; plugin: Plugin } | undefined {
  const { compiled, diagnostics } = compile(given);
  if (!compiled) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (errors.length === 0) throw new Error("the policy does not compile, and nothing says why");
    const silent = errors.find((one) => !one.remedy || formatDiagnostic(one) === "");
    if (silent) throw new Error(`${silent.code} has no remedy`);
    return undefined;
  }
  const again = compile(given).compiled!;
  if (Buffer.compare(again.binary, compiled.binary) !== 0) throw new Error("the policy compiles to other bytes");
  return { compiled, plugin: target.use(compiled.binary) };
}

/** What the host says of a message whose filter is no more: it goes nowhere, and must not count as refused. */
export function assertAlive(reason: string | undefined): void {
  if (reason === "wasm_fail_stream") throw new Error("the filter trapped");
}

const settings = { isActive: true, session: { emergency: "mixed", claims: undefined } };

/** The properties of one message under an accepted policy. */
export async function checkMessage(
  compiled: CompiledPolicy,
  plugin: Plugin,
  sent: Sent,
  prover: Prover,
  cuts: Chunking[],
): Promise<Run> {
  const recording = recordingOf(sent);
  const engine = nodeEngine(compiled, plugin, settings);
  const whole = await run(engine, compiled, recording, settings, undefined);
  if (whole.result.reason === "hung") throw new Error("the exchange hung");
  assertAlive(whole.result.reason);
  const findings = prover.prove(whole).findings;
  if (findings.length > 0) throw new Error(`the proof finds ${JSON.stringify(findings)}`);
  for (const cut of cuts) {
    const other = await run(engine, compiled, recording, settings, cut);
    assertAlive(other.result.reason);
    const difference = differenceOf(whole.result, other.result, compiled.limits.hold);
    if (difference !== undefined) throw new Error(`${difference}, in pieces of ${JSON.stringify(cut)}`);
    if (other.result.outcome !== "blocked") continue;
    const leaks = prover.prove(other).findings.filter(({ kind }) => kind === "leak");
    if (leaks.length > 0)
      throw new Error(`the proof finds ${JSON.stringify(leaks)}, in pieces of ${JSON.stringify(cut)}`);
  }
  return whole;
}
