/**
 * What must leave of a protobuf message, field by field: those that stay, and those that rules make something of.
 */

import { isUtf8 } from "node:buffer";
import { ScalarType } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { found, unseen } from "../../detection.ts";
import type { Secret } from "../../needles.ts";
import { judgeText, readingView, undecided } from "../../nested.ts";
import type { RuleView } from "../../oracle.ts";
import { hidesValues, type Scalar, takesWhole } from "../../replacement.ts";
import { isReading } from "../../verdict.ts";
import type { MessageRules, Place } from "./rules.ts";
import { textsOf } from "./texts.ts";
import { isHolding, isNamedBeside } from "./told.ts";
import { type Field, type FieldType, fieldsOf, type MessageType, numbersIn } from "./types.ts";

export type Piece =
  | { readonly is: "kept"; readonly field: Field; readonly texts: readonly string[] }
  | { readonly is: "emptied"; readonly field: Field; readonly rule: RuleView; readonly location: string }
  | { readonly is: "message"; readonly field: Field; readonly pieces: readonly Piece[]; readonly location: string }
  | {
      readonly is: "changed";
      readonly field: Field;
      readonly type: FieldType;
      /** Its values, and what acts on each of those that stay. */
      readonly values: readonly Judged[];
      readonly location: string;
    };

export interface Judged {
  readonly rule: RuleView | undefined;
  readonly value: Scalar;
}

/** What acts inside a message: the number of the covering rule, and whether a pass exempts from `unmatched`. */
interface Cover {
  readonly rule: number | undefined;
  readonly exempt: boolean;
}

const none: Cover = { rule: undefined, exempt: false };

/** Not a message of its type. */
export class NoMessage extends Error {}

export class Walk {
  readonly secrets: Secret[] = [];
  private readonly rules: MessageRules;

  constructor(rules: MessageRules) {
    this.rules = rules;
  }

  /** The pieces of a body. */
  root(type: MessageType, places: readonly Place[], bytes: Uint8Array): Piece[] {
    const { unmatched } = this.rules;
    if (unmatched === undefined || this.rules.isLive(type, places)) return this.message(type, places, bytes, "", none);
    this.collect(unmatched, type, bytes, "");
    return [];
  }

  /**
   * `around`: where selectors end that select the message, when it is a Value, which is what it holds; `beside`: what members
   * of a document tell of an entry, if that is one that they name.
   */
  private message(
    type: MessageType,
    places: readonly Place[],
    bytes: Uint8Array,
    path: string,
    cover: Cover,
    around: readonly Place[] = [],
    beside: readonly Place[] = [],
  ): Piece[] {
    const fields = cut(bytes);
    const content = this.rules.contentOf(type, fields);
    const entry = [...this.rules.entry(type, fields, places), ...(isNamedBeside(fields) ? beside : [])];
    const told = this.rules.told(type, fields);
    const isTyped = fields.some(
      ({ number, value }) => number === 1 && textOf(value) === `type.googleapis.com/${content?.name}`,
    );
    return fields.flatMap((field): Piece[] => {
      const known = type.fields.get(field.number);
      if (known === undefined)
        return type.isSet && this.rules.isLive(type, places) ? [] : this.unknown(field, this.below(around, cover));
      const location = path === "" ? known.name : `${path}.${known.name}`;
      const byName = [...(field.number === 2 ? entry : []), ...(isHolding(known) ? told : [])];
      const next = [...this.rules.step(places, known, type), ...byName, ...around];
      if (this.rules.isAny(type) && field.number === 2)
        return this.content(known, content, next, places, field, location, cover);
      if (known.kind === "map" && this.rules.isDocument(type)) {
        const inner = known.message!();
        return this.holder(known, inner, this.rules.enter(next, inner), next, field, location, cover, told);
      }
      const isName = field.number === 1 && (type.isEntry || isTyped);
      if (this.rules.holdsText(known, type)) {
        const around = isName ? { rule: undefined, exempt: true } : cover;
        const opened = this.opened(known, type, next, field, location, around);
        if (opened !== undefined) return opened;
      }
      return this.field(known, next, field, location, isName ? { rule: undefined, exempt: true } : cover);
    });
  }

  private unknown(field: Field, cover: Cover): Piece[] {
    const view = this.acting(undefined, cover);
    const hides = view !== undefined && view.action.kind !== "reveal" && view.action.kind !== "pass";
    return !hides && this.rules.unknown === "pass" ? [{ is: "kept", field, texts: [textOf(field.value)] }] : [];
  }

  private content(
    known: FieldType,
    content: MessageType | undefined,
    next: readonly Place[],
    places: readonly Place[],
    field: Field,
    location: string,
    cover: Cover,
  ): Piece[] {
    const own = this.rules.own(next);
    if (own !== undefined && (cover.rule === undefined || own < cover.rule)) {
      const { kind } = this.rules.view(own).action;
      // Bytes of a message that do not stay go as a whole, whatever would be found in them.
      const looks = kind === "pass" || kind === "reveal";
      return this.field(known, next, field, location, cover, looks);
    }
    if (content === undefined) return this.unknown(field, cover);
    const inside = this.rules.unpack(places, content);
    const asMessage: FieldType = { ...known, kind: "message", scalar: undefined, message: () => content };
    return this.holder(asMessage, content, inside, [], field, location, cover);
  }

  private field(
    type: FieldType,
    next: readonly Place[],
    field: Field,
    location: string,
    cover: Cover,
    looks = canFind(type),
  ): Piece[] {
    const own = this.rules.own(next);
    const inner = type.message?.();
    if (inner) return this.holder(type, inner, this.rules.enter(next, inner), next, field, location, cover);
    const number = own !== undefined && (cover.rule === undefined || own < cover.rule) ? own : cover.rule;
    const detecting = looks ? this.rules.detecting(next, number) : [];
    const plain = this.acting(own, cover);
    // What acts on all values alike takes the whole field.
    if (detecting.length === 0 && (plain === undefined || plain.action.kind === "pass")) return this.kept(type, field);
    // Receivers make different texts of a string that is no UTF-8.
    const isUnseen = detecting.length > 0 && type.kind === "text" && !isUtf8(field.value);
    const finder = ({ kind, value }: Scalar) =>
      isUnseen ? unseen(detecting[0]!) : found(detecting, value, kind === "number");
    const values = scalarsOf(field, type)?.map((value) => ({
      rule: (isSearched(type, value) ? finder(value) : undefined) ?? plain,
      value,
    }));
    if (values === undefined) throw new NoMessage();
    if (type.kind !== "boolean") for (const { rule, value } of values) this.secret(rule, value.value, location);
    if (detecting.length === 0 && plain?.action.kind === "strip") return [];
    const left = values.filter(({ rule }) => rule?.finds !== undefined || rule?.action.kind !== "strip");
    if (left.length === 0 && values.length > 0 && !isPacked(field, type)) return [];
    return [{ is: "changed", field, type, values: left, location }];
  }

  /** A text that is decoded; undefined where the rules on the whole of it decide. */
  private opened(
    type: FieldType,
    message: MessageType,
    next: readonly Place[],
    field: Field,
    location: string,
    cover: Cover,
  ): Piece[] | undefined {
    const own = this.rules.own(next);
    const number = own !== undefined && (cover.rule === undefined || own < cover.rule) ? own : cover.rule;
    const looking = field.value.length > 0 ? this.rules.lookingInto(type, message, next, number) : undefined;
    const plain = this.acting(own, cover);
    if (looking === undefined) {
      const text = Buffer.from(field.value);
      const detecting = this.rules.detecting(next, number);
      const view =
        plain === undefined ? this.rules.judgeSoftly(type, message, next, text, detecting, cover.exempt) : undefined;
      return view && this.read(type, field, location, view);
    }
    const isExempt = cover.exempt || plain?.action.kind === "pass";
    const verdict = judgeText(Buffer.from(field.value), looking, this.rules.setting, isExempt);
    const isDecided = plain !== undefined || this.rules.detecting(next, number).length > 0;
    if (!isReading(verdict) && isDecided) return undefined;
    const rule = isReading(verdict) ? readingView(looking[0]!.view, verdict) : undecided(this.rules.setting);
    return rule === undefined ? this.kept(type, field) : this.read(type, field, location, rule);
  }

  /** A text that is read, or cannot be. */
  private read(type: FieldType, field: Field, location: string, rule: RuleView): Piece[] {
    const value: Scalar = { kind: "text", value: textOf(field.value) };
    const secrets = rule.reading?.secrets ?? [];
    this.secrets.push(...secrets.map((secret) => ({ ...secret, location: location + secret.location })));
    this.secret(rule, value.value, location);
    return [{ is: "changed", field, type, values: [{ rule, value }], location }];
  }

  private kept(type: FieldType, field: Field): Piece[] {
    return [{ is: "kept", field, texts: textsOf(this.rules, type, undefined, field) }];
  }

  /** A field that holds a message; `next` is where selectors are behind the field. */
  private holder(
    type: FieldType,
    inner: MessageType,
    places: readonly Place[],
    next: readonly Place[],
    field: Field,
    location: string,
    cover: Cover,
    beside: readonly Place[] = [],
  ): Piece[] {
    const own = this.rules.own(next);
    const number = own !== undefined && (cover.rule === undefined || own < cover.rule) ? own : cover.rule;
    const view = this.acting(own, cover);
    const kind = view?.action.kind ?? "pass";
    // A Value is what it holds.
    const isHeld = inner.name === "google.protobuf.Value" && field.value.length > 0;
    const isWhole = view && takesWhole(view) && (number !== undefined || !this.rules.isLive(inner, places));
    if (isWhole && !isHeld) {
      this.collect(view, inner, field.value, location);
      if (kind === "strip" || (kind === "redact" && type.kind === "map")) return [];
      return [{ is: "emptied", field, rule: view, location }];
    }
    const below = this.below(next, cover);
    const pieces = isHeld
      ? this.message(inner, places, field.value, location, cover, this.rules.ended(next))
      : this.message(inner, places, field.value, location, below, [], beside);
    if (isHeld && pieces.length === 0) return [];
    if (!inner.isEntry || pieces.some(({ field: { number } }) => number === 2))
      return [{ is: "message", field, pieces, location }];
    return this.entry(inner, [...places, ...beside], below, { is: "message", field, pieces, location });
  }

  /** An entry of which no value is left, or that has come without one. */
  private entry(type: MessageType, places: readonly Place[], cover: Cover, piece: Piece & { is: "message" }): Piece[] {
    const { field, location } = piece;
    const fields = fieldsOf(field.value) ?? [];
    const value = type.fields.get(2)!;
    const ofField = this.rules.own(this.rules.step(places, value, type));
    const told = isNamedBeside(fields) ? this.rules.ended(places) : [];
    const byKey = this.rules.own([...this.rules.entry(type, fields, places), ...told]);
    const own = Math.min(ofField ?? Number.POSITIVE_INFINITY, byKey ?? Number.POSITIVE_INFINITY);
    const rule = this.acting(Number.isFinite(own) ? own : undefined, cover);
    // A selector of `value` leaves the key.
    const isOfField = ofField !== undefined && ofField !== byKey && rule === this.rules.view(ofField);
    const hasValue = fields.some(({ number }) => number === 2);
    if (hasValue) return isOfField && rule?.action.kind === "strip" ? [piece] : [];
    if (isOfField || (rule === this.rules.unmatched && value.message)) return [piece];
    if (rule?.action.kind === "block") return [{ is: "emptied", field, rule, location }];
    return rule?.action.kind === "strip" ? [] : [piece];
  }

  /** What acts inside what stands at these places. */
  private below(places: readonly Place[], cover: Cover): Cover {
    const own = this.rules.own(places);
    const number = own !== undefined && (cover.rule === undefined || own < cover.rule) ? own : cover.rule;
    if (number === undefined) return cover;
    return this.rules.view(number).action.kind === "pass"
      ? { rule: undefined, exempt: true }
      : { ...cover, rule: number };
  }

  /** The rule that acts; undefined for none. */
  private acting(own: number | undefined, { rule, exempt }: Cover): RuleView | undefined {
    if (own !== undefined && (rule === undefined || own < rule)) return this.rules.view(own);
    if (rule !== undefined) return this.rules.view(rule);
    return exempt ? undefined : this.rules.unmatched;
  }

  private secret(rule: RuleView | undefined, value: string, location: string): void {
    if (rule !== undefined && hidesValues(rule) && value !== "") this.secrets.push({ rule, location, value });
  }

  /** All values in a message that goes as a whole; of a Struct no names, as of an object in JSON. */
  private collect(rule: RuleView, type: MessageType, bytes: Uint8Array, path: string): void {
    for (const field of fieldsOf(bytes) ?? []) {
      const known = type.fields.get(field.number);
      const location = `${path}.${known?.name ?? field.number}`;
      const inner = known?.message?.();
      const isName = type.name === "google.protobuf.Struct fields" && known?.name === "key";
      if (inner) this.collect(rule, inner, field.value, location);
      else if (known && known.kind !== "boolean" && !isName)
        for (const { value } of scalarsOf(field, known) ?? []) this.secret(rule, value, location);
    }
  }
}

const canFind = ({ kind, scalar }: FieldType) =>
  kind === "text" || kind === "bytes" || kind === "number" || scalar === ScalarType.DOUBLE;

/** Of doubles those that are integers, and no greater than the last one that is exact. */
const isSearched = ({ scalar }: FieldType, { value }: Scalar) =>
  scalar !== ScalarType.DOUBLE || (Number.isInteger(Number(value)) && Math.abs(Number(value)) <= 2 ** 53);

const isPacked = ({ wire }: Field, { kind }: FieldType) =>
  wire === WireType.LengthDelimited && kind !== "text" && kind !== "bytes";

/** The values of a field: one, or those that are packed. */
export function scalarsOf(field: Field, { kind, scalar }: FieldType): Scalar[] | undefined {
  if (kind === "text" || kind === "bytes") return [{ kind: "text", value: textOf(field.value) }];
  const as = kind === "boolean" ? "boolean" : "number";
  return numbersIn(field, scalar!)?.map((value) => ({ kind: as, value }));
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

function cut(bytes: Uint8Array): Field[] {
  const fields = fieldsOf(bytes);
  if (fields === undefined) throw new NoMessage();
  return fields;
}
