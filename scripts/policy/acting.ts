// Which rules act where several select: those that detect, up to the first that does not; and of those that detect, the ones
// that have something left to find.
// Invariant: a rule is left out only where an earlier one wants every find that it wants, so that every find goes to the
// same rule as before. Without that each rule that detects below names of its own would double the states.

import type { ResolvedDetect } from "./detect.ts";

/** Whether the rule `first`, which looks wherever `later` does, wants every find that `later` wants. */
export type LeavesNothing = (first: number, later: number) => boolean;

export const leavesNothingOf =
  (rules: readonly { detect?: ResolvedDetect | undefined }[]): LeavesNothing =>
  (first, later) => {
    const [one, other] = [rules[first]?.detect, rules[later]?.detect];
    return first < later && one !== undefined && other !== undefined && wantsAll(one, other);
  };

function wantsAll(one: ResolvedDetect, other: ResolvedDetect): boolean {
  return (
    one.threshold <= other.threshold &&
    other.types.every((type) => one.types.includes(type)) &&
    one.except.every((pattern) => other.except.includes(pattern)) &&
    (one.context.length === 0 ||
      (other.context.length > 0 && other.context.every((word) => one.context.includes(word))))
  );
}

/** What detects and looks at the same: without those to which an earlier one leaves nothing. */
export function finding<T>(looking: readonly T[], leavesNothing: (first: T, later: T) => boolean): T[] {
  return looking.filter((later) => !looking.some((first) => leavesNothing(first, later)));
}

/** The rules that act on a value or a name. */
export class Acting {
  rule: number | undefined;
  readonly #detects = new Set<number>();

  add({ rule, detects }: { rule: number; detects?: boolean }): void {
    if (detects) this.#detects.add(rule);
    else this.rule = Math.min(this.rule ?? rule, rule);
  }

  get detects(): number[] {
    const { rule } = this;
    return [...this.#detects].filter((number) => rule === undefined || number < rule).sort((a, b) => a - b);
  }
}
