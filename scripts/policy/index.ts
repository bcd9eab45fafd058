// Policy JSON -> schema check -> settings and rules -> automaton -> binary policy: one phase a file of this folder.
// Invariants: all problems of all files come back at once; `compiled` is there exactly when no error was found.

import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { leavesNothingOf } from "./acting.ts";
import { type Automaton, AutomatonLimit } from "./automaton.ts";
import { writeBinary } from "./binary.ts";
import { MAX } from "./constants.ts";
import { type DetectorProgram, programOf } from "./detect.ts";
import { type Diagnostic, hasErrors, sortDiagnostics } from "./diagnostics.ts";
import { documentsOf, groupsOf } from "./documents.ts";
import type { Policy } from "./policy.gen.ts";
import { type CompiledProtobuf, compileProtobuf } from "./protobuf/index.ts";
import {
  detectorsOf,
  type Part,
  type ResolvedLimits,
  type ResolvedPolicy,
  type ResolvedRule,
  type Role,
  resolvePolicy,
  resolveRules,
} from "./resolve.ts";
import { rulesForRole } from "./roles.ts";
import { Source } from "./source.ts";
import { buildAutomaton, type RuleQuery } from "./subset.ts";
import { validate } from "./validate.ts";

export type { ResolvedAction } from "./action.ts";
export { type Diagnostic, formatDiagnostic } from "./diagnostics.ts";
export type { ResolvedSelector } from "./location.ts";
export type { Direction, ResolvedLimits, ResolvedPolicy, ResolvedRule, Role } from "./resolve.ts";

export interface PolicyText {
  path: string;
  text: string;
}

/** Finds what `extends` names: a preset or a file relative to `from`; undefined when there is none. */
export type Resolve = (reference: string, from: string) => PolicyText | undefined;

export interface CompiledPolicy {
  name: string;
  role: Role;
  /** The settings with all defaults. */
  policy: ResolvedPolicy;
  /** In final order: the first that selects a value decides. */
  rules: ResolvedRule[];
  unmatched: ResolvedPolicy["unmatched"];
  limits: ResolvedLimits;
  automaton: Automaton;
  /** Paths of protobuf bodies, and the states of their messages. */
  protobuf: CompiledProtobuf;
  /** The own file, for places in it. */
  source: Source;
  binary: Uint8Array;
  /** "sha256:" and the hex digest of the binary. */
  digest: string;
  /** The detectors that the rules name. */
  program: DetectorProgram | undefined;
}

export interface LoadResult {
  diagnostics: Diagnostic[];
  compiled?: CompiledPolicy;
}

/** Reads and compiles a policy file for a place in the gateway. */
export async function loadPolicy(path: string, role: Role = "edge"): Promise<LoadResult> {
  try {
    return compilePolicy({ path, text: readFileSync(path, "utf8") }, resolveFile, role);
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code) throw error;
    const message = `the file cannot be read: ${(error as Error).message}`;
    const remedy = "check the path";
    return {
      diagnostics: [{ severity: "error", code: "no-file", file: path, line: 1, column: 1, message, remedy }],
    };
  }
}

export function compilePolicy(text: PolicyText, resolve: Resolve = resolveFile, role: Role = "edge"): LoadResult {
  const sources: Source[] = [];
  const parts: Part[] = [];
  collect(text, { resolve, trail: [], isPreset: false }, sources, parts);
  const [own] = sources;
  let compiled: CompiledPolicy | undefined;
  if (own && parts[0]?.source === own) {
    const policy = resolvePolicy(parts);
    const detectors = detectorsOf(parts);
    const rules = rulesForRole(resolveRules(parts), role);
    const program = programOf(own, rules, detectors);
    const documents = documentsOf(rules);
    const isNamed = parts.some((part) => part.policy.protobuf !== undefined);
    const { unmatched: others, protobuf: types } = policy;
    const protobuf = compileProtobuf(own, {
      protobuf: types,
      isNamed,
      rules,
      unmatched: others,
      role,
      soft: documents.soft,
      pairs: documents.pairs,
    });
    const automaton = build(own, groupsOf(documents, protobuf.groups), rules);
    if (automaton && !sources.some((source) => hasErrors(source.diagnostics))) {
      const binary = writeBinary({ policy, role, rules, documents, automaton, protobuf, program });
      const digest = `sha256:${createHash("sha256").update(binary).digest("hex")}`;
      const { name, unmatched, limits } = policy;
      const settings = { name, role, policy, rules, unmatched, limits };
      if (fits(own, binary)) {
        compiled = { ...settings, automaton, protobuf, source: own, binary, digest, program };
      }
    }
  }
  const diagnostics = sortDiagnostics(sources.flatMap((source) => source.diagnostics));
  return compiled ? { diagnostics, compiled } : { diagnostics };
}

/** The filter takes no more memory than this for a configuration. */
function fits(own: Source, { length }: Uint8Array): boolean {
  if (length <= MAX.POLICY) return true;
  const message = `the compiled policy has ${length} bytes, and the filter loads at most ${MAX.POLICY}`;
  own.error("too-large", { path: ["rules"] }, message, "use fewer or shorter rules, and fewer detectors");
  return false;
}

/** The file, then the files it extends, depth first. A file reached twice counts where it is reached first. */
function collect(
  text: PolicyText,
  { resolve, trail, isPreset }: { resolve: Resolve; trail: string[]; isPreset: boolean },
  sources: Source[],
  parts: Part[],
): void {
  const source = new Source(text.path, text.text);
  sources.push(source);
  if (source.value === undefined) return;
  const broken = validate(source);
  if (broken.some((path) => path.length === 0)) return;
  const policy = source.value as Policy;
  parts.push({ source, isPreset, policy, broken });
  const here = [...trail, text.path];
  if (!Array.isArray(policy.extends)) return;
  policy.extends.forEach((reference, index) => {
    if (typeof reference !== "string" || reference === "") return;
    const place = { path: ["extends", index] };
    const found = resolve(reference, text.path);
    if (!found) {
      const message = `there is no policy ${JSON.stringify(reference)}`;
      source.error("unknown-policy", place, message, "name a preset of policies/presets, or a file as ./NAME.json");
    } else if (here.includes(found.path)) {
      const message = `the policy extends itself: ${[...here, found.path].join(" -> ")}`;
      source.error("extends-cycle", place, message, "remove one of these extends");
    } else if (!sources.some((known) => known.path === found.path)) {
      collect(found, { resolve, trail: here, isPreset: isPresetName(reference) }, sources, parts);
    }
  });
}

function build(
  own: Source,
  groups: readonly (readonly RuleQuery[])[],
  rules: readonly ResolvedRule[],
): Automaton | undefined {
  try {
    const automaton = buildAutomaton(groups, leavesNothingOf(rules));
    const { size } = automaton.classes;
    if (size <= MAX.SYMBOLS) return automaton;
    own.error("too-many-names", { path: ["rules"] }, `${size} member names`, `use at most ${MAX.SYMBOLS}`);
  } catch (error) {
    if (!(error instanceof AutomatonLimit)) throw error;
    own.error(error.code, { path: ["rules"] }, error.message, error.remedy);
  }
  return undefined;
}

const isPresetName = (reference: string): boolean => /^[a-z0-9-]+$/.test(reference);

const resolveFile: Resolve = (reference, from) => {
  const isPreset = isPresetName(reference);
  const path = isPreset ? join(presetFolder(), `${reference}.json`) : join(dirname(from), reference);
  if (!existsSync(path)) return undefined;
  return { path: isPreset ? relative(process.cwd(), path) : path, text: readFileSync(path, "utf8") };
};

/** policies/presets beside the nearest package.json, whether this runs from the sources or bundled. */
function presetFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return join(folder, "policies/presets");
}
