// One exchange through the release filter, as `replay` runs it, and what can be done to its result.

import type { CompiledPolicy } from "../../../scripts/policy/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import type { Finding } from "../../../scripts/replay/result.ts";
import { filterEnvironment, nodeEngine, type Result, type Run, run, startPlugin } from "../../../scripts/replay/run.ts";
import { compileTest } from "../../support/engine-policy.ts";

export const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
export const textOf = (body: Uint8Array | undefined): string => Buffer.from(body ?? []).toString();

export const json: [string, string] = ["content-type", "application/json"];

export function request(body: string | undefined, parts: Partial<Recording["request"]> = {}): Recording {
  const given = body === undefined ? {} : { body: bytes(body) };
  return { id: "one", request: { method: "POST", path: "/", headers: [json], ...given, ...parts } };
}

/** A policy with its engine and its prover. */
export class Bench {
  readonly compiled: CompiledPolicy;
  readonly #prover: Prover;
  readonly #engine: ReturnType<typeof nodeEngine>;

  constructor(policy: object) {
    this.compiled = compileTest(policy);
    this.#prover = new Prover(this.compiled);
    const plugin = startPlugin(this.compiled, filterEnvironment(this.compiled).environment);
    this.#engine = nodeEngine(this.compiled, plugin, { isActive: true });
  }

  run(recording: Recording): Promise<Run> {
    return run(this.#engine, this.compiled, recording, { isActive: true }, undefined);
  }

  /** What the proof finds when the filter's result is replaced by another one. */
  findings(original: Run, change: (result: Result) => Partial<Result> = () => ({})): readonly Finding[] {
    return this.#prover.prove({ ...original, result: { ...original.result, ...change(original.result) } }).findings;
  }

  notes(original: Run): readonly string[] {
    return this.#prover.prove(original).notes;
  }
}

/** The request that left, with another body. */
export const withBody =
  (change: (body: string) => string) =>
  ({ request }: Result): Partial<Result> => ({
    request: { headers: request!.headers, body: bytes(change(textOf(request!.body))) },
  });

/** The request that left, with other headers. */
export const withHeaders =
  (change: (headers: [string, string][]) => [string, string][]) =>
  ({ request }: Result): Partial<Result> => ({
    request: { headers: change([...request!.headers]), body: request!.body },
  });
