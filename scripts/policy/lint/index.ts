// Lint: each check is a function from a compiled policy to findings, gathered by a plain list.
// Invariant: a finding is a warning with a place; a valid policy never gets an error here.

import { type Diagnostic, sortDiagnostics } from "../diagnostics.ts";
import type { CompiledPolicy, ResolvedRule } from "../index.ts";
import type { Place } from "../source.ts";
import { jsonUnseen } from "./bodies.ts";
import { implicitKey, revealByPresence, sharedKey, undetectedToken } from "./keys.ts";
import { neverFound, targetsOfResponses } from "./never.ts";
import { hashAndTruncate, sensitiveAuthenticationData, truncationLimits } from "./pci.ts";
import { unreachable } from "./reach.ts";
import { unrouted } from "./route.ts";
import {
  equalNames,
  findsBeforeNames,
  presenceIsNoProof,
  shortHash,
  unknownPasses,
  unmatchedPasses,
  unsupportedPasses,
} from "./safety.ts";
import { structUnseen } from "./struct.ts";

export interface Finding {
  code: string;
  /** The rule that the place belongs to; without one, the place is in the policy's own file. */
  rule?: ResolvedRule;
  place: Place;
  message: string;
  remedy: string;
}

export type Check = (compiled: CompiledPolicy) => Finding[];

const checks: readonly Check[] = [
  unreachable,
  targetsOfResponses,
  neverFound,
  unrouted,
  unsupportedPasses,
  unknownPasses,
  equalNames,
  structUnseen,
  jsonUnseen,
  hashAndTruncate,
  truncationLimits,
  sensitiveAuthenticationData,
  revealByPresence,
  sharedKey,
  undetectedToken,
];
/** Legitimate choices that a review should see. */
const strictChecks: readonly Check[] = [presenceIsNoProof, implicitKey, shortHash, unmatchedPasses, findsBeforeNames];

export function lintPolicy(compiled: CompiledPolicy, options: { strict: boolean }): Diagnostic[] {
  return run(compiled, options.strict ? [...checks, ...strictChecks] : checks);
}

/** What must be said of a policy at the moment that it is attached to a gateway. */
export const lintForProduction = (compiled: CompiledPolicy): Diagnostic[] =>
  run(compiled, [presenceIsNoProof, unrouted]);

function run(compiled: CompiledPolicy, active: readonly Check[]): Diagnostic[] {
  const findings = active.flatMap((check) => check(compiled));
  return sortDiagnostics(
    findings.map(({ code, rule, place, message, remedy }) => {
      const source = rule?.source ?? compiled.source;
      return { severity: "warning", code, file: source.path, ...source.position(place), message, remedy };
    }),
  );
}
