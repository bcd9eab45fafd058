/**
 * A policy made to show where it acts: all of its rules redact, it is always active, and what no rule can read goes
 * through, so that a value that left as it was is one that no rule decided about.
 *
 * Invariants: selectors, directions, detectors and the order of rules are the policy's own; no key is needed.
 */

import { leavesNothingOf } from "../policy/acting.ts";
import { writeBinary } from "../policy/binary.ts";
import { documentsOf, groupsOf } from "../policy/documents.ts";
import type { CompiledPolicy, ResolvedRule } from "../policy/index.ts";
import { compileProtobuf } from "../policy/protobuf/index.ts";
import { buildAutomaton } from "../policy/subset.ts";

/**
 * `found`: rules that detect act on what they find, as ever. `asked`: on the whole of what they name, since whoever names a
 * field has decided about it; not `any:` and `text:`, which name nothing.
 */
export type Detecting = "found" | "asked";

export function probeOf(compiled: CompiledPolicy, detecting: Detecting): CompiledPolicy {
  const { role } = compiled;
  const rules = compiled.rules.flatMap((rule): ResolvedRule[] => {
    const redacting: ResolvedRule = { ...rule, action: { kind: "redact" } };
    const { detect, ...whole } = redacting;
    if (detect === undefined || detecting === "found") return [redacting];
    const selectors = rule.selectors.filter(({ location }) => location !== "any" && location !== "text");
    return selectors.length > 0 ? [{ ...whole, selectors }] : [redacting];
  });
  const unmatched = compiled.unmatched === "block" ? "redact" : compiled.unmatched;
  const policy: CompiledPolicy["policy"] = {
    ...compiled.policy,
    activation: {
      header: undefined,
      verify: undefined,
      session: undefined,
      keepHeader: true,
      clusters: [],
      always: true,
    },
    unmatched,
    unsupported: { request: "pass", response: "pass" },
    compressed: "decode",
  };
  // A policy without rules that detect carries no detectors.
  const program = rules.some(({ detect }) => detect !== undefined) ? compiled.program : undefined;
  const documents = documentsOf(rules);
  const protobuf = compileProtobuf(compiled.source, {
    protobuf: policy.protobuf,
    isNamed: policy.protobuf !== undefined,
    rules,
    unmatched,
    role,
    soft: documents.soft,
    pairs: documents.pairs,
  });
  const automaton = buildAutomaton(groupsOf(documents, protobuf.groups), leavesNothingOf(rules));
  const binary = writeBinary({ policy, role, rules, documents, automaton, protobuf, program });
  return { ...compiled, policy, rules, unmatched, automaton, protobuf, binary, program };
}
