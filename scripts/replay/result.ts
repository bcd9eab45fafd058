/**
 * What a replay found, as every report shows it. Invariant: ids, names, places, codes and counts; never a value.
 */
import type { Encoding } from "./needles.ts";
import type { Direction } from "./oracle.ts";

export interface Finding {
  /**
   * leak: a selected value left. unredacted: it stands where it stood. changed: something no rule names is not as it was.
   * split: another chunking gave another result.
   */
  readonly kind: "leak" | "unredacted" | "changed" | "split";
  readonly direction: Direction;
  readonly rule?: string;
  /** A normalized JSONPath, or header:NAME, cookie:NAME, query:NAME. */
  readonly location: string;
  readonly encoding?: Encoding;
  readonly detail: string;
}

export type Outcome = "forwarded" | "blocked" | "bypassed";

export interface ExchangeReport {
  readonly id: string;
  readonly file: string;
  readonly outcome: Outcome;
  /** The code of the refusal. */
  readonly reason?: string;
  /** Bytes had left before the refusal. */
  readonly isCut: boolean;
  readonly rules: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  /** Expectations of the recording that did not hold. */
  readonly failures: readonly string[];
  /** Values whose absence was proven by search. */
  readonly searched: number;
}

export interface ReplayReport {
  readonly policy: { readonly name: string; readonly file: string; readonly digest: string };
  readonly engine: "node" | "envoy";
  readonly chunk: string;
  readonly exchanges: readonly ExchangeReport[];
}

export const isClean = (exchange: ExchangeReport): boolean =>
  exchange.findings.length === 0 && exchange.failures.length === 0;

/** One sentence for a finding. */
export function describe(finding: Finding): string {
  const rule = finding.rule === undefined ? "" : ` (rule ${finding.rule})`;
  const encoding = finding.encoding === undefined ? "" : ` as ${finding.encoding}`;
  return `${finding.kind} in the ${finding.direction} at ${finding.location}${rule}: ${finding.detail}${encoding}`;
}
