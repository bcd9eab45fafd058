// One exchange through the release filter, as `replay` runs it, and what can be done to its result.

import type { Chunking } from "../../../scripts/host/index.ts";
import type { CompiledPolicy } from "../../../scripts/policy/index.ts";
import { equip } from "../../../scripts/replay/equip.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import type { Finding } from "../../../scripts/replay/result.ts";
import {
  type Engine,
  nodeEngine,
  type Result,
  type Run,
  run,
  type Settings,
  startPlugin,
} from "../../../scripts/replay/run.ts";
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
  readonly #started: Promise<[Engine, Settings]>;

  constructor(policy: object) {
    this.compiled = compileTest(policy);
    this.#prover = new Prover(this.compiled);
    this.#started = this.start();
  }

  private async start(): Promise<[Engine, Settings]> {
    const session = await equip(this.compiled);
    const settings = { isActive: true, session };
    return [nodeEngine(this.compiled, startPlugin(this.compiled, session.environment), settings), settings];
  }

  async run(recording: Recording, chunk?: Chunking): Promise<Run> {
    const [engine, settings] = await this.#started;
    return run(engine, this.compiled, recording, settings, chunk);
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
