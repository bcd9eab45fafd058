// google.protobuf.Struct, Value and ListValue hold documents of names of their own, into which paths of fields do not lead:
// where no rule is by name, what such a field holds passes unless something takes it whole.

import { NO_MESSAGE } from "../constants.ts";
import { followBodies } from "../protobuf/index.ts";
import { markLive } from "../protobuf/marks.ts";
import type { Check } from "./index.ts";

const documents: ReadonlySet<string> = new Set(
  ["Struct", "Value", "ListValue"].map((name) => `google.protobuf.${name}`),
);

/** What is named of a policy with many of them. */
const shown = 3;

export const structUnseen: Check = (compiled) => {
  const { protobuf } = compiled.policy;
  if (protobuf === undefined || compiled.policy.unmatched !== "pass") return [];
  const { rules, role } = compiled;
  const { bodies, states } = followBodies({ protobuf, rules, unmatched: "pass", role });
  markLive(states);
  const direction = role === "edge" ? "request" : "response";
  const walked = new Set(bodies.map(({ states: roots }) => roots[direction]).filter((at) => at !== NO_MESSAGE));
  const names = new Set<string>();
  // A set grows while it is walked, and the walk goes on over what is new.
  for (const at of walked) {
    for (const { field, rule, target } of states[at]!.members) {
      if (field.message === undefined || (rule !== undefined && rules[rule]!.action.kind !== "reveal")) continue;
      if (!documents.has(field.message)) walked.add(target);
      else if (!states[target]!.live) names.add(field.name);
    }
    for (const target of states[at]!.types.values()) walked.add(target);
  }
  if (names.size === 0) return [];
  const some = [...names].slice(0, shown).join(", ") + (names.size > shown ? ", ..." : "");
  return [
    {
      code: "struct-unseen",
      place: { path: ["protobuf", "descriptors"] },
      message: `fields of type google.protobuf.Struct or Value hold members that no selector finds: ${some}`,
      remedy:
        'name their members ("named:email"), redact or mask such fields whole, look into them with "detect", or pass them',
    },
  ];
};
