/**
 * What the built-in detectors find in the values of a field, as evidence for it.
 *
 * Invariant: names of detectors come out, each once a value; nothing of the value does.
 */
import { builtInProgram } from "../detect/built-in.ts";
import { Scanner } from "../detect/scanner.ts";
import type { Detect } from "./evidence.ts";

/** Found in all traffic and no evidence by themselves: whether they are a person's, the name of the field says. */
const common: ReadonlySet<string> = new Set(["DATE_TIME", "URL", "UUID"]);

/** All built-in detectors at their default threshold; loads their program, so once a run. */
export function builtInEvidence(): Detect {
  const scanner = new Scanner(builtInProgram());
  return (value) => {
    const types = new Set(scanner.scan(value).map(({ type }) => type));
    return [...types].filter((type) => !common.has(type));
  };
}
