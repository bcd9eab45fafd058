/**
 * What became of the cases of one vector file.
 *
 * Invariant: a case is counted exactly once. One that is refused on purpose, or that its authors leave open, passes when it
 * is refused (or handled as allowed), and is listed besides with its reason.
 */

/** The file itself cannot be run: unknown algorithm, group, flag, or a damaged file. */
export class VectorError extends Error {}

/** What an implementation did with a case: `wrong` says how an accepted one differs from the expected result. */
export type Outcome = { kind: "accepted" } | { kind: "rejected"; why: string } | { kind: "wrong"; why: string };

export const accepted: Outcome = { kind: "accepted" };

export class Tally {
  passed = 0;
  readonly failures: string[] = [];
  /** Reason -> cases. */
  readonly listed = new Map<string, string[]>();

  get failed(): number {
    return this.failures.length;
  }

  private list(reason: string, name: string): void {
    const cases = this.listed.get(reason) ?? [];
    cases.push(name);
    this.listed.set(reason, cases);
  }

  check(name: string, isRight: boolean, why: string): void {
    if (isRight) this.passed++;
    else this.failures.push(`${name}: ${why}`);
  }

  /** Judges a case by what its authors expect, and by `purpose`: why it is refused here whatever they expect. */
  judge(name: string, expected: string, outcome: Outcome, purpose: string | undefined): void {
    if (outcome.kind === "wrong") {
      this.failures.push(`${name}: ${outcome.why}`);
    } else if (purpose !== undefined) {
      this.check(name, outcome.kind === "rejected", `accepted, although ${purpose}`);
      if (expected !== "invalid") this.list(`refused on purpose: ${purpose}`, name);
    } else if (expected === "acceptable") {
      this.passed++;
      this.list(`acceptable, ${outcome.kind === "rejected" ? `rejected: ${outcome.why}` : "accepted"}`, name);
    } else if (expected === "valid") {
      this.check(name, outcome.kind === "accepted", `rejected: ${outcome.kind === "rejected" ? outcome.why : ""}`);
    } else if (expected === "invalid") {
      this.check(name, outcome.kind === "rejected", "accepted, although invalid");
    } else {
      throw new VectorError(`${name}: unknown result ${JSON.stringify(expected)}`);
    }
  }
}
