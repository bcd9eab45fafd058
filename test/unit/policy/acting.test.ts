// Rules that find nothing beside an earlier one are left out of the states: every find goes to the same rule as if they were
// in, in every state that a document can lead to, and many rules that detect below names of their own fit one policy.

import { create, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema, file_google_protobuf_struct } from "@bufbuild/protobuf/wkt";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Automaton, type State, step } from "../../../scripts/policy/automaton.ts";
import { documentsOf, groupsOf } from "../../../scripts/policy/documents.ts";
import type { ResolvedRule } from "../../../scripts/policy/index.ts";
import { buildAutomaton } from "../../../scripts/policy/subset.ts";
import { writeSet } from "../../support/protobuf.ts";
import { compileSound, compileText } from "./support.ts";

const TYPES = ["CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE"];
const CONTEXTS = [undefined, ["card"], ["card", "pay"]];
const EXCEPTS = [undefined, ["4111*"], ["4111*", "a*"]];
const SELECTORS = [
  "any:",
  "json:$..*",
  "json:$..a",
  "json:$.b",
  "json:$..a.b",
  "json:$..a[1:]",
  "json:$..[*][1:]",
  "json:$..[1:]",
  "json:$..c|json:$.d",
  "json-key:$..*",
  "json-key:$.a",
  "named:a",
  "named:b",
  "named:['a']['b']",
  "xml://a",
  "xml://a/@b",
  "form:a|json:$..b",
];

interface Find {
  type: string;
  /** In hundredths. */
  score: number;
  words: string[];
  excepts: string[];
}

const FINDS: Find[] = TYPES.flatMap((type) =>
  [50, 95].flatMap((score) =>
    [[], ["card"], ["pay"]].flatMap((words) =>
      [[], ["4111*"], ["a*"]].map((excepts) => ({ type, score, words, excepts })),
    ),
  ),
);

const wants = ({ detect }: ResolvedRule, { type, score, words, excepts }: Find): boolean =>
  detect?.types.includes(type) === true &&
  score >= detect.threshold &&
  (detect.context.length === 0 || detect.context.some((word) => words.includes(word))) &&
  !detect.except.some((pattern) => excepts.includes(pattern));

/** What a state does: its own rules, and the rule of each find. */
function verdicts(rules: readonly ResolvedRule[], { rule, nameRule, detects, nameDetects, decoder, isSoft }: State) {
  const takers = (acting: readonly number[]) =>
    FINDS.map((find) => acting.find((number) => wants(rules[number]!, find)) ?? -1).join();
  return { rule, nameRule, inValue: takers(detects), inName: takers(nameDetects), decoder, isSoft };
}

/** The first pair of states that the same steps lead to and that differ in a verdict, with those steps; undefined if none do. */
function difference(rules: readonly ResolvedRule[], one: Automaton, other: Automaton): object | undefined {
  const seen = new Set<string>();
  const open = one.roots.map((root, group) => ({ at: root, beside: other.roots[group]!, path: [`root ${group}`] }));
  const keys = [...new Set([...one.classes.keys(), ...other.classes.keys()]), "of nobody", 0, 1, 2];
  for (const { at, beside, path } of open) {
    if (seen.has(`${at} ${beside}`)) continue;
    seen.add(`${at} ${beside}`);
    const [state, like] = [one.states[at]!, other.states[beside]!];
    const [verdict, wanted] = [verdicts(rules, state), verdicts(rules, like)];
    if (JSON.stringify(verdict) !== JSON.stringify(wanted)) return { path, verdict, wanted };
    for (const key of keys) {
      open.push({ at: step(one, state, key), beside: step(other, like, key), path: [...path, String(key)] });
    }
    open.push({ at: state.decoded, beside: like.decoded, path: [...path, "|"] });
    open.push({ at: state.pairs, beside: like.pairs, path: [...path, "told"] });
  }
  return undefined;
}

const detecting = fc.record({
  select: fc.uniqueArray(fc.constantFrom(...SELECTORS), { minLength: 1, maxLength: 2 }),
  detect: fc.subarray(TYPES, { minLength: 1 }),
  threshold: fc.constantFrom(0.5, 0.9),
  context: fc.constantFrom(...CONTEXTS),
  except: fc.constantFrom(...EXCEPTS),
  action: fc.constantFrom("redact", "strip"),
});
const deciding = fc.record({
  select: fc.constantFrom(...SELECTORS.filter((selector) => selector !== "any:")),
  action: fc.constantFrom("redact", "pass"),
});

/** What is wrong with the states of a policy, if anything is; null where the policy does not compile. */
function wrong(rules: readonly object[]): object | undefined | null {
  const named = rules.map((rule, index) => ({ name: `r${index}`, ...rule }));
  const { compiled } = compileText(JSON.stringify({ name: "p", activation: { always: true }, rules: named }));
  if (compiled === undefined) return null;
  const all = buildAutomaton(groupsOf(documentsOf(compiled.rules), []));
  return difference(compiled.rules, compiled.automaton, all);
}

test("every find goes to the same rule as with all rules in every state", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 3, arbitrary: detecting }, deciding), { maxLength: 5 }), (rules) => {
      const fault = wrong(rules);
      fc.pre(fault !== null);
      expect(fault).toBeUndefined();
    }),
    { numRuns: 120 },
  );
});

/** Names of their own, and beside the same detectors: the later ones are left nothing where two of them look. */
const forty = (select: string) =>
  Array.from({ length: 40 }, (_, index) => ({
    name: `r${index}`,
    select: `${select}${index}`,
    detect: index % 2 === 0 ? ["CREDIT_CARD", "EMAIL_ADDRESS"] : ["CREDIT_CARD"],
    action: index % 3 === 0 ? "redact" : { mask: { keepLast: 4 } },
  }));

test.each(["json:$..name", "named:name", "xml://name", "form:a|json:$..name"])(
  "forty rules that detect the same below names: %s",
  (select) => {
    expect(compileSound({ rules: forty(select) }).automaton.states.length).toBeLessThan(20_000);
  },
);

test("forty of them beside a descriptor set", () => {
  const set = create(FileDescriptorSetSchema, { file: [file_google_protobuf_struct.proto] });
  const descriptors = writeSet("struct", toBinary(FileDescriptorSetSchema, set));
  const protobuf = { descriptors, bodies: [{ path: "/document", request: "google.protobuf.Struct" }] };
  const { states } = compileSound({ protobuf, rules: forty("named:name") }).protobuf;
  expect(states.length).toBeLessThan(20_000);
});
