// Rules that detect: `detect` and what belongs to it -> types, threshold, words, exceptions; the policy's own detectors;
// and the one program of all detectors that a policy uses.
// Invariants: a name that nothing detects is an error; an own detector has passed its examples; equal policies have equal
// programs.

import { builtInProgram } from "../detect/built-in.ts";
import { CHECKS, type CheckName } from "../detect/checks.ts";
import type { Detector } from "../detect/detector.ts";
import { DETECTOR_TYPES, DETECTORS } from "../detect/detectors/index.ts";
import { foldText } from "../detect/fold.ts";
import { compileProgram, DetectorError, type Program } from "../detect/program.ts";
import { Scanner } from "../detect/scanner.ts";
import { nearest } from "./diagnostics.ts";
import { matchesPattern } from "./fields.ts";
import type { OwnDetector, Rule } from "./policy.gen.ts";
import type { Path, Source } from "./source.ts";

export interface ResolvedDetect {
  /** Detectors by type, in alphabetical order. */
  types: string[];
  /** Least score, in hundredths. */
  threshold: number;
  /** Words, folded and in small letters, one of which must stand before a find; empty for none needed. */
  context: string[];
  /** Patterns of finds that are none, folded. */
  except: string[];
  /** The action is on the whole value. */
  whole: boolean;
}

const DEFAULT_THRESHOLD = 0.5;

/** Most detectors that the remedy for a word in their names lists. */
const MEANT = 3;

/** What to say of a name that no type of `all` has: the type nearest to it, or those of which it is a word ("card", "ssn"). */
export function unknownDetector(name: string, all: readonly string[]): { message: string; remedy: string } {
  const words = name.toUpperCase().split(/\W+|_/).filter(Boolean);
  const sharing = all.filter((type) => words.length > 0 && words.every((word) => type.split("_").includes(word)));
  const near = nearest(name, all);
  const meant = near === undefined ? sharing.slice(0, MEANT) : [near];
  const remedy =
    meant.length > 0 ? `did you mean ${meant.join(" or ")}?` : "see them with `npx frostglass detect --list`";
  return { message: `there is no detector ${name}`, remedy };
}

/** The program that a policy carries, and the names of its types. */
export type DetectorProgram = Pick<Program, "binary" | "types">;

/** The policy's own detectors, those that are sound. */
export function resolveDetectors(lists: readonly { source: Source; detectors: readonly OwnDetector[] }[]): Detector[] {
  const own: Detector[] = [];
  for (const { source, detectors } of lists) {
    detectors.forEach((detector, index) => {
      const resolved = resolveDetector(source, ["detectors", index], detector, own);
      if (resolved) own.push(resolved);
    });
  }
  return own;
}

function resolveDetector(
  source: Source,
  path: Path,
  { name, check, examples, ...rest }: OwnDetector,
  earlier: readonly Detector[],
): Detector | undefined {
  if (DETECTOR_TYPES.includes(name) || earlier.some(({ type }) => type === name)) {
    const message = `the name ${name} is taken by ${DETECTOR_TYPES.includes(name) ? "a built-in" : "another"} detector`;
    source.error("duplicate-detector", { path: [...path, "name"] }, message, "choose another name");
    return undefined;
  }
  if (check !== undefined && !CHECKS.includes(check as CheckName)) {
    const near = nearest(check, CHECKS);
    const remedy = near ? `did you mean ${near}?` : "see them with `npx frostglass detect --list`";
    source.error("unknown-check", { path: [...path, "check"] }, `there is no check function ${check}`, remedy);
    return undefined;
  }
  const { finds = [], ignores = [] } = examples ?? {};
  const detector: Detector = {
    ...rest,
    type: name,
    ...(check !== undefined && { check: check as CheckName }),
    examples: { finds, ignores },
  };
  try {
    const scanner = new Scanner(compileProgram([detector]));
    const faults = [
      ...finds.map((text, index) => ({ step: ["finds", index], fault: misses(scanner, text) })),
      ...ignores.map((text, index) => ({ step: ["ignores", index], fault: scanner.scan(text).length > 0 })),
    ];
    for (const { step, fault } of faults) {
      if (!fault) continue;
      const message = `${name} does not do what this example says`;
      const remedy = "mend the pattern, the score or the example; a find counts from a score of 0.5 on";
      source.error("failed-example", { path: [...path, "examples", ...step] }, message, remedy);
    }
  } catch (error) {
    if (!(error instanceof DetectorError)) throw error;
    source.error(error.code, { path: [...path, "pattern"] }, error.message, error.remedy);
    return undefined;
  }
  return detector;
}

/** Whether the scanner finds anything but the marked span. */
function misses(scanner: Scanner, example: string): boolean {
  const [before = "", found, after] = example.split(/\[\[|\]\]/);
  if (found === undefined || after === undefined) return true;
  const start = [...before].length;
  const spans = scanner.scan(before + found + after);
  return spans.length !== 1 || spans[0]!.start !== start || spans[0]!.end !== start + [...found].length;
}

/** What a rule says of detectors; undefined for a rule that does not detect. */
export function resolveDetect(
  source: Source,
  path: Path,
  rule: Rule,
  ownNames: readonly string[],
): ResolvedDetect | undefined {
  if (!Array.isArray(rule.detect)) {
    for (const key of ["whole", "threshold", "context", "except"] as const) {
      if (rule[key] === undefined) continue;
      const message = `\`${key}\` is not used, since the rule does not detect`;
      source.error("unused-setting", { path, key }, message, 'add "detect": ["CREDIT_CARD"], or leave it out');
    }
    return undefined;
  }
  const all = [...DETECTOR_TYPES, ...ownNames];
  const types = new Set<string>();
  rule.detect.forEach((name, index) => {
    const found = all.filter((type) => matchesPattern(String(name), type));
    for (const type of found) types.add(type);
    if (found.length > 0) return;
    const { message, remedy } = unknownDetector(String(name), all);
    source.error("unknown-detector", { path: [...path, "detect", index] }, message, remedy);
  });
  return {
    types: [...types].sort(),
    threshold: Math.round((rule.threshold ?? DEFAULT_THRESHOLD) * 100),
    context: (rule.context ?? []).map((word) => foldText(word).toLowerCase()),
    except: (rule.except ?? []).map(foldText),
    whole: rule.whole ?? false,
  };
}

/** One program of all detectors that the rules name; undefined where none does. */
export function programOf(
  source: Source,
  rules: readonly { detect?: ResolvedDetect | undefined }[],
  own: readonly Detector[],
): DetectorProgram | undefined {
  const used = new Set(rules.flatMap(({ detect }) => detect?.types ?? []));
  if (used.size === 0) return undefined;
  const detectors = [...DETECTORS, ...own].filter(({ type }) => used.has(type));
  const key = JSON.stringify(detectors);
  const known = programs.get(key);
  if (known) return known;
  try {
    const isBuiltIn = own.length === 0 && detectors.length === DETECTORS.length;
    const program = isBuiltIn ? builtInProgram() : compileProgram(detectors);
    programs.set(key, program);
    return program;
  } catch (error) {
    if (!(error instanceof DetectorError)) throw error;
    source.error(error.code, { path: ["detectors"] }, error.message, error.remedy);
    return undefined;
  }
}

/** Programs by their detectors: many of them take seconds, and the tools compile one policy often. */
const programs = new Map<string, DetectorProgram>();
