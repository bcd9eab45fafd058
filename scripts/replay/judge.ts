/**
 * One recording through an engine, in every chunking asked for, and the judgement on what left.
 *
 * Invariant: every chunking must give the same result to the last byte.
 */
import type { Chunking, Exchange } from "../host/index.ts";
import type { Runner } from "./command.ts";
import { failures } from "./expect.ts";
import type { Prover } from "./proof.ts";
import type { Recording } from "./recording.ts";
import type { ExchangeReport, Finding } from "./result.ts";
import type { Result } from "./run.ts";

/** Bodies up to this size are split at every place; longer ones at evenly spread places. */
const everySplit = 4096;
const spreadSplits = 512;

export interface Judged {
  readonly report: ExchangeReport;
  readonly result: Result;
}

export async function judge(
  runner: Runner,
  prover: Prover,
  recording: Recording,
  file: string,
  chunk: Chunking | "each" | undefined,
): Promise<Judged> {
  const run = await runner.exchangeThrough(recording, chunk === "each" ? undefined : chunk);
  const { result } = run;
  const proof = prover.prove(run);
  const findings: Finding[] = [...proof.findings];
  if (chunk === "each") {
    const difference = await firstSplit(runner, recording, run.exchange, result);
    if (difference) findings.push(difference);
  }
  const isCut = result.outcome === "blocked" && !result.requestComplete && (result.request?.body.length ?? 0) > 0;
  const report: ExchangeReport = {
    id: recording.id,
    file,
    outcome: result.outcome,
    ...(result.reason !== undefined && { reason: result.reason }),
    isCut: isCut || (result.outcome === "blocked" && !result.isReply),
    rules: result.rules,
    findings,
    failures: recording.expect ? failures(recording.expect, result) : [],
    searched: proof.values,
  };
  return { report, result };
}

/** The first chunking whose result is another, as a finding. */
async function firstSplit(
  runner: Runner,
  recording: Recording,
  exchange: Exchange,
  whole: Result,
): Promise<Finding | undefined> {
  for (const chunk of chunkings(exchange)) {
    const { result } = await runner.exchangeThrough(recording, chunk);
    const difference = firstDifference(whole, result);
    if (difference === undefined) continue;
    const cut = Array.isArray(chunk) ? `at byte ${chunk[0]}` : "into single bytes";
    return { kind: "split", direction: "request", location: "$", detail: `cut ${cut}, ${difference} differs` };
  }
  return undefined;
}

/** Single bytes, then each way to cut the longer body in two. */
function* chunkings(exchange: Exchange): Generator<Chunking> {
  const length = Math.max(exchange.request.body?.length ?? 0, exchange.response?.body?.length ?? 0);
  if (length < 2) return;
  yield "each";
  const step = length <= everySplit ? 1 : length / spreadSplits;
  for (let at = 1; at < length; at += step) yield [Math.floor(at)];
}

function firstDifference(a: Result, b: Result): string | undefined {
  const parts: [string, (result: Result) => unknown][] = [
    ["the outcome", (result) => [result.outcome, result.reason ?? ""]],
    ["the request", (result) => [result.request?.headers ?? [], hex(result.request?.body)]],
    ["the response", (result) => [result.response?.headers ?? [], hex(result.response?.body)]],
    ["a rule count", (result) => Object.entries(result.rules).sort()],
  ];
  return parts.find(([, pick]) => JSON.stringify(pick(a)) !== JSON.stringify(pick(b)))?.[0];
}

const hex = (body: Uint8Array | undefined): string => Buffer.from(body ?? []).toString("hex");
