/** gRPC and protobuf bodies: @bufbuild/protobuf cuts them into fields; those that stay are compared byte by byte. */
import { ScalarType } from "@bufbuild/protobuf";
import type { Comparison } from "../../compare.ts";
import type { RuleView } from "../../oracle.ts";
import { isKeyed, isRedacted, replacementFault, type Scalar } from "../../replacement.ts";
import { allow, type BodyReading, differ, merge } from "../reading.ts";
import { type Judged, NoMessage, type Piece, scalarsOf, Walk } from "./expect.ts";
import type { MessageRules } from "./rules.ts";
import { textsIn } from "./texts.ts";
import { type Field, type FieldType, fieldsOf } from "./types.ts";

export { MessageRules } from "./rules.ts";

/** The messages of a gRPC body; undefined when it is none, or one of them is compressed. */
function framesOf(body: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < body.length; ) {
    if (body.length - at < 5 || view.getUint8(at) !== 0) return undefined;
    const end = at + 5 + view.getUint32(at + 1);
    if (end > body.length) return undefined;
    frames.push(body.subarray(at + 5, end));
    at = end;
  }
  return frames;
}

const oneOf = (body: Uint8Array): Uint8Array[] => [body];

export function readProtobuf(
  rules: MessageRules,
  body: Uint8Array,
  path: string,
  isGrpc: boolean,
): BodyReading | undefined {
  const root = rules.begin(path);
  const split = isGrpc ? framesOf : oneOf;
  const messages = split(body);
  if (root === undefined || messages === undefined) return undefined;
  const walk = new Walk(rules);
  try {
    const expected = messages.map((message) => walk.root(root.type, root.places, message));
    return {
      secrets: walk.secrets,
      passing: expected.flatMap((pieces) => pieces.map(passing)).join("\n"),
      textIn: (after) => (split(after) ?? [after]).flatMap((each) => textsIn(rules, root.type, each)).join("\n"),
      compare(after) {
        const left = split(after);
        if (left?.length !== expected.length) return differ("body", "not the same messages any more");
        return merge(expected.map((pieces, at) => compare(pieces, left[at]!)));
      },
    };
  } catch (error) {
    if (error instanceof NoMessage) return undefined;
    throw error;
  }
}

function passing(piece: Piece): string {
  if (piece.is === "kept") return piece.texts.join("\n");
  if (piece.is === "changed") return piece.values.map(passingValue).join("\n");
  return piece.is === "message" ? piece.pieces.map(passing).join("\n") : "";
}

/** What no rule acts on, in which nothing was found, stands in what leaves. */
function passingValue({ rule, value }: Judged): string {
  if (rule?.reading) return rule.reading.passing;
  const isKept = rule === undefined || (rule.action.kind === "pass" && rule.finds === undefined);
  return isKept ? value.value : "";
}

function compare(pieces: readonly Piece[], bytes: Uint8Array): Comparison {
  const left = fieldsOf(bytes);
  if (left?.length !== pieces.length) return differ("body", "not the fields that must be there");
  return merge(pieces.map((piece, at) => compareField(piece, left[at]!)));
}

function compareField(piece: Piece, left: Field): Comparison {
  const { field } = piece;
  if (piece.is === "kept") {
    const isSame = Buffer.compare(field.raw, left.raw) === 0;
    return isSame ? allow(piece.texts.join("\n")) : differ(`field ${field.number}`, "must stay as it is");
  }
  const { location } = piece;
  if (left.number !== field.number || left.wire !== field.wire) return differ(location, "another field");
  if (piece.is === "message") return compare(piece.pieces, left.value);
  if (piece.is === "changed") return compareValues(piece, left);
  if (piece.rule.action.kind === "block") return wentThrough(location, piece.rule);
  return left.value.length === 0 ? allow("") : differ(location, "must be empty", { rule: piece.rule });
}

const wentThrough = (location: string, rule: RuleView): Comparison =>
  differ(location, "a value that must block the message went through", { rule });

function compareValues({ type, values, location }: Piece & { is: "changed" }, left: Field): Comparison {
  const after = scalarsOf(left, type);
  if (after?.length !== values.length) return differ(location, "other values");
  return merge(
    values.map(({ rule, value }, at) => compareValue(type.kind, fitting(rule, type), location, value, after[at]!)),
  );
}

/** What a number has no room for becomes 0. */
function fitting(rule: RuleView | undefined, { kind, scalar }: FieldType): RuleView | undefined {
  const given = rule?.action.kind === "redact" ? rule.action.with : undefined;
  if (given === undefined || kind === "text" || kind === "bytes" || holds(scalar!, given)) return rule;
  return { ...rule!, action: { kind: "redact" } };
}

function holds(scalar: ScalarType, value: unknown): boolean {
  const [, sign, bits] = /^(U|FIXED|S)?\w*?(32|64)$/.exec(ScalarType[scalar]) ?? [];
  if (bits === undefined) return scalar === ScalarType.BOOL && typeof value === "boolean";
  if (!Number.isSafeInteger(value)) return false;
  const isSigned = sign === undefined || sign === "S";
  const most = 2 ** (Number(bits) - (isSigned ? 1 : 0));
  return (value as number) >= (isSigned ? -most : 0) && (value as number) < most;
}

function compareValue(
  kind: string,
  rule: RuleView | undefined,
  location: string,
  original: Scalar,
  output: Scalar,
): Comparison {
  if (rule?.reading) {
    const comparison = rule.reading.compare(output.value);
    const differences = comparison.differences.map((one) => ({ ...one, location: location + one.location }));
    // The same text may stand where it is left out.
    return merge([{ ...comparison, differences }, allow(output.value)]);
  }
  if (rule === undefined || rule.action.kind === "pass" || (original.value === "" && rule.action.kind !== "block")) {
    return output.value === original.value ? allow(output.value) : differ(location, "must stay as it is");
  }
  if (rule.action.kind === "block" && rule.finds === undefined) return wentThrough(location, rule);
  const fault = faultOf(kind, rule, original, output);
  if (fault !== undefined) {
    return differ(location, fault, { rule, kind: output.value === original.value ? "unredacted" : "changed" });
  }
  return isKeyed(rule) ? { differences: [], allowed: [], hashed: [output.value] } : allow(output.value);
}

const countsCharacters = new Set(["mask", "truncate", "generalize"]);

function faultOf(kind: string, rule: RuleView, original: Scalar, output: Scalar): string | undefined {
  // Of these no part can stay.
  const isOpaque = kind === "zero" || (kind === "bytes" && countsCharacters.has(rule.action.kind) && !rule.finds);
  if (!isOpaque) return replacementFault(rule, original, output);
  const stays = rule.action.kind === "reveal" && output.value === original.value;
  return stays || isRedacted(rule, original.kind, output) ? undefined : "must be redacted";
}
