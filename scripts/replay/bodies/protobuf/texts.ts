/**
 * The texts in a protobuf message, a line each: what a search for values reads. Numbers stand in decimal, as a value may have
 * left in a field of another type; tags and lengths are no text.
 */
import { decode } from "../reading.ts";
import type { MessageRules } from "./rules.ts";
import { type Field, type FieldType, fieldsOf, type MessageType, numbersIn } from "./types.ts";

export function textsIn(rules: MessageRules, type: MessageType, bytes: Uint8Array): string[] {
  const fields = fieldsOf(bytes);
  if (fields === undefined) return [decode(bytes)];
  const content = rules.contentOf(type, fields);
  return fields.flatMap((field) => textsOf(rules, type.fields.get(field.number), content, field));
}

/** `content` is the type of what an Any around the field holds. */
export function textsOf(
  rules: MessageRules,
  type: FieldType | undefined,
  content: MessageType | undefined,
  field: Field,
): string[] {
  const inner = content !== undefined && field.number === 2 ? content : type?.message?.();
  if (inner) return textsIn(rules, inner, field.value);
  if (type === undefined || type.kind === "text" || type.kind === "bytes") return [decode(field.value)];
  return numbersIn(field, type.scalar!) ?? [decode(field.value)];
}
