/**
 * What all formats say alike: the verdict on an exchange, its outcome in words, the counts, and text made safe to show.
 *
 * Invariants: ids, names, counts and places, never values; what is leaked is counted as such whether it was found by
 * search or stands where it stood; a report without exchanges is no proof and says so.
 */
import { type ExchangeReport, type Finding, isClean, type ReplayReport } from "../replay/result.ts";

export type Mark = "ok" | "LEAK" | "FAIL";

export interface Totals {
  readonly exchanges: number;
  readonly forwarded: number;
  readonly blocked: number;
  readonly bypassed: number;
  readonly searched: number;
  /** Findings by which a selected value left: leak, unredacted. */
  readonly leaks: number;
  /** All other findings: changed, split. */
  readonly differences: number;
  readonly failures: number;
  /** Exchanges with a finding or a failed expectation. */
  readonly unclean: number;
}

export const isLeak = (finding: Finding): boolean => finding.kind === "leak" || finding.kind === "unredacted";

export const markOf = (exchange: ExchangeReport): Mark =>
  isClean(exchange) ? "ok" : exchange.findings.some(isLeak) ? "LEAK" : "FAIL";

export function totalsOf({ exchanges }: ReplayReport): Totals {
  const sum = (count: (exchange: ExchangeReport) => number) => exchanges.reduce((total, one) => total + count(one), 0);
  const having = (outcome: ExchangeReport["outcome"]) => sum((one) => Number(one.outcome === outcome));
  return {
    exchanges: exchanges.length,
    forwarded: having("forwarded"),
    blocked: having("blocked"),
    bypassed: having("bypassed"),
    searched: sum((one) => one.searched),
    leaks: sum((one) => one.findings.filter(isLeak).length),
    differences: sum((one) => one.findings.filter((finding) => !isLeak(finding)).length),
    failures: sum((one) => one.failures.length),
    unclean: sum((one) => Number(!isClean(one))),
  };
}

/** `12 exchanges: 9 forwarded, ...; 41 values searched for, 0 leaks, ...`; other differences only where there are any. */
export function summaryOf(report: ReplayReport): string {
  const { exchanges, forwarded, blocked, bypassed, searched, leaks, differences, failures } = totalsOf(report);
  const outcomes = `${forwarded} forwarded, ${blocked} blocked, ${bypassed} bypassed`;
  const others = differences === 0 ? "" : `, ${plural(differences, "other difference")}`;
  const proof = `${plural(searched, "value")} searched for, ${plural(leaks, "leak")}${others}`;
  return `${plural(exchanges, "exchange")}: ${outcomes}; ${proof}, ${plural(failures, "failed expectation")}`;
}

/** `forwarded`, `blocked (json_syntax)`, `blocked (json_syntax, cut)`. */
export function outcomeOf({ outcome, reason, isCut }: ExchangeReport): string {
  const why = [...(reason === undefined ? [] : [visible(reason)]), ...(isCut ? ["cut"] : [])];
  return why.length === 0 ? outcome : `${outcome} (${why.join(", ")})`;
}

/** `pan 1, cvv 1`, in the order of the report. */
export const rulesOf = ({ rules }: ExchangeReport): string =>
  Object.entries(rules)
    .map(([name, count]) => `${visible(name)} ${count}`)
    .join(", ");

/** What steers a terminal, reorders a line, is invisible or no character at all, spelled out: `\u{1b}`. */
export const visible = (text: string): string =>
  text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text for an element or a quoted attribute, of HTML and of XML. */
export const escapeMarkup = (text: string): string =>
  visible(text).replace(/[&<>"']/g, (character) => entities[character]!);

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
