/**
 * What apply, test and replay have in common: a policy that may run, its engine, the option --chunk.
 *
 * Invariant: a policy with errors never runs; its problems are on stderr and the exit code is 1.
 */
import type { Chunking } from "../host/index.ts";
import { type CompiledPolicy, formatDiagnostic, loadPolicy } from "../policy/index.ts";
import type { Recording } from "./recording.ts";
import {
  type Engine,
  envoyEngine,
  filterEnvironment,
  nodeEngine,
  type Run,
  run,
  startPlugin,
  tunnelCluster,
} from "./run.ts";

/** Loads a policy and prints its diagnostics; undefined, with the exit code set, when it has errors. */
export async function usablePolicy(file: string): Promise<CompiledPolicy | undefined> {
  const { diagnostics, compiled } = await loadPolicy(file);
  for (const diagnostic of diagnostics) process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  if (compiled === undefined) process.exitCode = 1;
  return compiled;
}

export interface Runner {
  exchangeThrough(recording: Recording, chunk: Chunking | undefined): Promise<Run>;
  stop(): Promise<void>;
}

/** A policy at work; says on stderr when it had to make up a key. */
export async function runner(
  compiled: CompiledPolicy,
  options: { isActive: boolean; engine?: "node" | "envoy" },
): Promise<Runner> {
  const { environment, note } = filterEnvironment(compiled);
  if (note !== undefined) process.stderr.write(`frostglass: ${note}\n`);
  let engine: Engine;
  let stop = async (): Promise<void> => {};
  if (options.engine === "envoy") {
    // Only here, so that the embedded engine needs nothing that starts processes.
    const { EnvoyEngine } = await import("../envoy/engine.ts");
    // Envoy hands its own environment to the filter.
    Object.assign(process.env, environment);
    const cluster = options.isActive ? tunnelCluster(compiled) : undefined;
    const envoy = await EnvoyEngine.start(compiled, cluster === undefined ? {} : { cluster });
    engine = envoyEngine(envoy);
    stop = () => envoy.stop();
  } else {
    engine = nodeEngine(compiled, startPlugin(compiled, environment), options);
  }
  return { exchangeThrough: (recording, chunk) => run(engine, compiled, recording, options, chunk), stop };
}

/** `--chunk`: a size, `random:SEED`, or (replay) `each`. Undefined when it is none of these. */
export function parseChunk(text: string): number | { random: number } | "each" | undefined {
  if (text === "each") return "each";
  const random = /^random:(\d{1,9})$/.exec(text);
  if (random) return { random: Number(random[1]) };
  const size = Number(text);
  return /^\d{1,9}$/.test(text) && size > 0 ? size : undefined;
}
