/**
 * A whole replay: every exchange through the filter, its proof, its expectations; what came of it as one report.
 */
import type { Chunking } from "../host/index.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import { type ChunkPlan, cutsOf, differenceOf } from "./chunks.ts";
import { failures } from "./expect.ts";
import { Prover } from "./proof.ts";
import type { Recording } from "./recording.ts";
import type { ExchangeReport, Finding } from "./result.ts";
import { type Engine, type Result, type Run, run, type Settings } from "./run.ts";

export interface Replayed {
  readonly report: ExchangeReport;
  readonly result: Result;
  /** What is worth knowing and no fault. */
  readonly notes: readonly string[];
}

export class Session {
  private readonly engine: Engine;
  private readonly compiled: CompiledPolicy;
  private readonly settings: Settings;
  private readonly plan: ChunkPlan;
  private readonly prover: Prover;

  constructor(engine: Engine, compiled: CompiledPolicy, settings: Settings, plan: ChunkPlan) {
    this.engine = engine;
    this.compiled = compiled;
    this.settings = settings;
    this.plan = plan;
    this.prover = new Prover(compiled);
  }

  async replay(recording: Recording, file: string): Promise<Replayed> {
    const first = await this.run(recording, this.plan.chunking);
    const { result } = first;
    const proof = this.prover.prove(first);
    const split = this.plan.isEach ? await this.split(recording, first) : { findings: [], notes: [] };
    return {
      result,
      notes: [...proof.notes, ...split.notes].map((note) => `${recording.id}: ${note}`),
      report: {
        id: recording.id,
        file,
        outcome: result.outcome,
        ...(result.reason === undefined ? {} : { reason: result.reason }),
        isCut: result.isCut,
        rules: result.rules,
        findings: [...proof.findings, ...split.findings],
        failures: [
          // Whatever was expected, nobody wants an exchange that never ends.
          ...(result.reason === "hung" ? ["the exchange hung"] : []),
          ...(recording.expect === undefined ? [] : failures(recording.expect, result)),
        ],
        searched: proof.values,
      },
    };
  }

  private run(recording: Recording, chunking: Chunking | undefined): Promise<Run> {
    return run(this.engine, this.compiled, recording, this.settings, chunking);
  }

  /** The same exchange in other pieces: the first difference is enough. */
  private async split(recording: Recording, first: Run): Promise<{ findings: Finding[]; notes: string[] }> {
    const length = Math.max(recording.request.body?.length ?? 0, recording.response?.body?.length ?? 0);
    const { cuts, isSample } = cutsOf(length);
    const notes = isSample ? [`${cuts.length - 1} of ${length - 1} places to cut were tried`] : [];
    if (length === 0) return { findings: [], notes };
    for (const cut of cuts) {
      const other = await this.run(recording, cut);
      const difference = differenceOf(first.result, other.result, this.compiled.limits.hold);
      const place = Array.isArray(cut) ? `cut at byte ${cut[0]}` : "in pieces of one byte";
      if (difference !== undefined) {
        return {
          notes,
          findings: [{ kind: "split", direction: "request", location: "$", detail: `${difference}, ${place}` }],
        };
      }
      const leaks = this.prover.prove(other).findings.filter((finding) => finding.kind === "leak");
      if (leaks.length > 0) return { findings: leaks, notes };
    }
    return { findings: [], notes };
  }
}
