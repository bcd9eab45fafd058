// Messages that tell a name as a text: KeyValue{key: "cvv", value: "737"}, metadata, labels, attributes of telemetry. The words
// are those of objects in JSON, and so is what has a name: nothing in an entry of a map or in a well-known type has one, but that
// the members of a google.protobuf.Struct are named by their keys, which the filter reads.
// Invariant: what a field is in a pair is what the member is that it becomes in the JSON form, by either of its names.

import { PAIR } from "../constants.ts";
import { pairKind } from "../pairs.ts";
import { isWellKnown, type ProtoField, type ProtoMessage, STRUCT } from "./descriptors.ts";

/** A text that may be absent, and is a text in the JSON form. */
const STRING_VALUE = "google.protobuf.StringValue";

/** The members of a document: which of them tell a name their keys say. */
const MEMBERS = `${STRUCT}.FieldsEntry`;

const isKind = ({ names }: ProtoField, kind: number): boolean => names.some((name) => pairKind(name) === kind);

/** Whether the text in the field names what stands beside it. */
export const isNaming = (field: ProtoField): boolean =>
  field.message === MEMBERS ||
  (!field.isRepeated && (field.kind === "string" || field.message === STRING_VALUE) && isKind(field, PAIR.NAME));

/** Whether the field holds what such a text names. */
export const isHolding = (field: ProtoField): boolean => isKind(field, PAIR.VALUE);

/** Whether messages of the type may be such pairs. */
export const isPair = ({ name, isEntry, fields }: ProtoMessage): boolean =>
  name === STRUCT || (!isEntry && !isWellKnown(name) && fields.some(isNaming) && fields.some(isHolding));

/** Whether the field is not the same in a pair by each of its names: in JSON one of them may stand, or the other. */
export const isHalfNamed = ({ names }: ProtoField): boolean => new Set(names.map(pairKind)).size > 1;
