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
    for (const { type, start, end } of scanner.scan(text)) {
      if (common.has(type)) continue;
      const isWhole = end - start >= length || (found.get(type)?.isWhole ?? false);
      found.set(type, { type, isWhole });
    }
    const all = [...found.values()];
    if (text.length <= short && known.size < remembered) known.set(text, all);
    return all;
  };
}
