// What a detector is: data. Its pattern finds candidates, its check function throws out the accidental ones, its
// scores say how sure a find is, alone and behind a context word. Examples are part of it, and each is a test.

import type { CheckName } from "./checks.ts";

export interface Detector {
  /** The type of its spans; Presidio's name where Presidio has one. Several detectors may share a type. */
  type: string;
  /**
   * A regular expression of JavaScript (flag `u`): literals, classes, groups, alternatives, repeats. No look-around,
   * no back-references, no anchors. Matches are the longest ones that end at the right boundary.
   */
  pattern: string;
  /** ASCII letters match in either case. Default true. */
  ignoreCase?: boolean;
  /** ASCII characters, as the inside of a class, that must not stand before or behind a match. Default `\w`. */
  left?: string;
  right?: string;
  /**
   * For a pattern that starts with a run of ordinary characters, such as the local part of an e-mail address: the run,
   * its greatest length, and the character behind it, at which the scanner turns back to look for the start.
   */
  lead?: { run: string; max: number; pivot: string };
  /**
   * The inside of a class: the span is only the last run of these characters in a match, and the check sees only it.
   * For values that a key in front gives away.
   */
  value?: string;
  /** The span, and what the check sees, starts behind the first `:`, `=` or `>` of a match, the rest of the sign, blanks and a quote. */
  assigned?: boolean;
  /** Not before a dot and a digit: what goes on as a decimal number, or as a longer dotted one, is none. */
  notDecimal?: boolean;
  /** Needed when the pattern has no greatest length by itself: the greatest in bytes. */
  max?: number;
  /** Least length of a match in bytes, where the pattern lets shorter ones through that no check would pass. */
  min?: number;
  check?: CheckName;
  /** 0 to 1: how sure a find is by itself, its check having passed. */
  score: number;
  /** 0 to 1: how sure it is behind one of the words of `context`. */
  contextScore?: number;
  /**
   * Words that, in the window before a match, raise its score. Case does not matter; a space stands for a space, `_`,
   * `-` or nothing. Words of four letters and more match as beginnings of words too.
   */
  context?: readonly string[];
  examples: {
    /** Texts whose only span of this type is marked by `[[` and `]]`. */
    finds: readonly string[];
    /** Texts without a span of this type at the default threshold. */
    ignores: readonly string[];
  };
}

/** Where one matters and the other is of the same kind: the default boundary, and letters and digits of any word. */
export const WORD = String.raw`\w`;
