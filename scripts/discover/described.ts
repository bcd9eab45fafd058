/**
 * Whether a policy selects a field of a protobuf message that a descriptor set tells and no traffic has, asked of the reader
 * that the leak proof has.
 *
 * Invariant: what a rule that detects selects is all that it looks into; `any:` names no field.
 */
import type { CompiledPolicy } from "../policy/index.ts";
import { MessageRules } from "../replay/bodies/protobuf/rules.ts";
import type { Field } from "./field.ts";

/** Whether a rule selects the field of a message, or what holds it, wherever it is asked about. */
export function isSelectedInMessage(compiled: CompiledPolicy, { direction, expression, samples }: Field): boolean {
  const { rules, policy, unmatched } = compiled;
  if (direction === "request" && unmatched !== "pass") return true;
  const views = rules.map(({ name, action, directions, selectors }) => ({
    name,
    action,
    directions,
    selectors: selectors.filter(({ location }) => location !== "any"),
  }));
  const setting = { unmatched: "pass" as const, direction, unsupported: policy.unsupported[direction] };
  const messages = new MessageRules(views, setting, policy.protobuf);
  return (samples ?? [expression]).every((sample) => isSelectedAt(messages, sample));
}

function isSelectedAt(messages: MessageRules, expression: string): boolean {
  const [method = "", path = ""] = expression.split(":");
  let here = messages.begin(`/${method}`);
  for (const step of path.match(/\[[^\]]*\]|[^.]+/g) ?? []) {
    if (here === undefined) return false;
    const type = step.startsWith("[") ? messages.typeNamed(step.slice(1, -1)) : undefined;
    if (type) {
      here = { type, places: messages.unpack(here.places, type) };
      continue;
    }
    const field = [...here.type.fields.values()].find(({ name }) => name === step);
    if (field === undefined) return false;
    const byKey = step === "value" ? messages.entry(here.type, [], here.places) : [];
    const next = [...messages.step(here.places, field, here.type), ...byKey];
    if (messages.own(next) !== undefined) return true;
    const inner = field.message?.();
    here = inner && { type: inner, places: messages.enter(next, inner) };
  }
  return false;
}
