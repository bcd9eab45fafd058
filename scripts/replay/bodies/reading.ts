/**
 * A body, read without the filter's help: what of it must not leave, and how what left compares with it.
 */
import type { Comparison, Difference } from "../compare.ts";
import type { Secret } from "../needles.ts";

export interface BodyReading {
  readonly secrets: readonly Secret[];
  /** The text of all that no rule touches. */
  readonly passing: string;
  compare(after: Uint8Array): Comparison;
  /** What a search for values reads of what left, where its bytes say more than its texts. */
  textIn?(after: Uint8Array): string;
}

/** What is read as some pieces, each compared on its own. */
export function merge(parts: readonly Comparison[]): Comparison {
  return {
    differences: parts.flatMap(({ differences }) => differences),
    allowed: parts.flatMap(({ allowed }) => allowed),
    hashed: parts.flatMap(({ hashed }) => hashed),
  };
}

export const allow = (text: string): Comparison => ({ differences: [], allowed: [text], hashed: [] });

export const differ = (location: string, detail: string, more: Partial<Difference> = {}): Comparison => ({
  differences: [{ kind: "changed", location, detail, ...more }],
  allowed: [],
  hashed: [],
});

/** The same places, one level further in. */
export const within = (location: string, comparison: Comparison): Comparison => ({
  ...comparison,
  differences: comparison.differences.map((difference) => ({
    ...difference,
    location: `${location}|json:${difference.location}`,
  })),
});

export const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
