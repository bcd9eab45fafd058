/**
 * What the built-in detectors find in a text, as evidence for the field that holds it.
 *
 * Invariant: names of detectors come out, each once a text, and whether a find was all of it; nothing of the text does.
 */
import { builtInProgram } from "../detect/built-in.ts";
import { Scanner } from "../detect/scanner.ts";

export interface Found {
  readonly type: string;
  /** The find is the whole text. */
  readonly isWhole: boolean;
}

/** What is found in a text. */
export type Detect = (text: string) => readonly Found[];

/** Found in all traffic and no evidence by themselves: whether they are a person's, the name of the field says. */
const common: ReadonlySet<string> = new Set(["DATE_TIME", "URL", "UUID"]);

/** Groups of digits of an identifier pass a check now and then. */
const identifiers = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;

/** An amount or a measure: its digits are no number of somebody. */
const decimal = /^-?(?:0|[1-9]\d{0,8})\.\d+$/;

/** Texts met again and again, as states and currencies are, are looked into once. */
const remembered = 50_000;
const short = 200;

/** All built-in detectors at their default threshold; loads their program, so once a run. */
export function builtInEvidence(): Detect {
  const scanner = new Scanner(builtInProgram());
  const known = new Map<string, readonly Found[]>();
  return (text) => {
    const before = known.get(text);
    if (before) return before;
    const { length } = [...text.trim()];
    const found = new Map<string, Found>();
    const read = text.replaceAll(identifiers, (one) => " ".repeat(one.length));
    for (const { type, start, end } of decimal.test(text) ? [] : scanner.scan(read)) {
      if (common.has(type)) continue;
      const isWhole = end - start >= length || (found.get(type)?.isWhole ?? false);
      found.set(type, { type, isWhole });
    }
    const all = [...found.values()];
    if (text.length <= short && known.size < remembered) known.set(text, all);
    return all;
  };
}
