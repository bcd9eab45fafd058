/**
 * Names that stand in values of protobuf messages (docs/internals.md, "Names that stand in values"): KeyValue{key: "cvv",
 * value: "737"}, by the words that JSON has them by; in a Struct by those of its keys.
 *
 * Invariant: every name counts that a message tells, wherever it stands, since receivers choose one of them.
 */
import { PAIR } from "../../../policy/constants.ts";
import { pairKind } from "../../../policy/pairs.ts";
import type { RuleView } from "../../oracle.ts";
import { type OnName, onTold } from "../../pairs.ts";
import { type Field, type FieldType, fieldsOf, type MessageType } from "./types.ts";

const document = "google.protobuf.Struct";

/** In JSON a text or null. */
const wrapper = "google.protobuf.StringValue";

const isOf = ({ names }: FieldType, kind: number): boolean => names.some((name) => pairKind(name) === kind);
const isText = ({ kind, isList, message }: FieldType): boolean =>
  !isList && (kind === "text" || message?.().name === wrapper);
const isNaming = (field: FieldType): boolean => isText(field) && isOf(field, PAIR.NAME);

export const isHolding = (field: FieldType): boolean => isOf(field, PAIR.VALUE);

/** Whether messages of the type may tell names, and hold what those name. */
export function isPair({ name, fields }: MessageType): boolean {
  if (name === document) return true;
  const all = [...fields.values()];
  return all.some(isNaming) && all.some(isHolding);
}

const inField = (bytes: Uint8Array, number: number): Uint8Array[] =>
  (fieldsOf(bytes) ?? []).filter((one) => one.number === number).map(({ value }) => value);
const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString()
    .replace(/^\ufeff/, "");

/** Whether an entry of these fields has a key of the kind. */
const hasKey = (fields: readonly Field[], kind: number): boolean =>
  fields.some(({ number, value }) => number === 1 && pairKind(textOf(value)) === kind);

/** Whether what an entry of these fields holds is named by a member beside it. */
export const isNamedBeside = (fields: readonly Field[]): boolean => hasKey(fields, PAIR.VALUE);

/** The texts with which a message of these fields tells names. */
export const textsTold = (type: MessageType, fields: readonly Field[]): string[] =>
  fields.flatMap(({ number, value }) => {
    if (type.name === document) {
      const isTold = number === 1 && hasKey(fieldsOf(value) ?? [], PAIR.NAME);
      return isTold ? inField(value, 2).flatMap((one) => inField(one, 3).map(textOf)) : [];
    }
    const field = type.fields.get(number);
    if (field === undefined || !isNaming(field)) return [];
    return (field.message ? inField(value, 1) : [value]).map(textOf);
  });

/** What the rules say of these names. */
export const toldIn = (rules: readonly RuleView[], type: MessageType, fields: readonly Field[]): OnName =>
  together(
    rules,
    textsTold(type, fields).map((text) => onTold(rules, text, text)),
  );

/** A name that passes says nothing beside another one that rules know. */
function together(rules: readonly RuleView[], said: readonly OnName[]): OnName {
  const passes = ({ own }: OnName) => own !== undefined && rules[own]!.action.kind === "pass";
  const known = said.filter(({ own, detecting }) => own !== undefined || detecting.length > 0);
  const acting = known.filter((one) => !passes(one));
  const owns = (acting.length > 0 ? acting : known).flatMap(({ own }) => own ?? []);
  return {
    own: owns.length > 0 ? Math.min(...owns) : undefined,
    detecting: [...new Set(known.flatMap(({ detecting }) => detecting))],
  };
}
