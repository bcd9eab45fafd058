/**
 * What must leave of a protobuf message, field by field: those that stay, and those that rules make something of.
 */
import type { Secret } from "../../needles.ts";
import type { RuleView } from "../../oracle.ts";
import { hidesValues } from "../../replacement.ts";
import type { MessageRules, Place } from "./rules.ts";
import { textsOf } from "./texts.ts";
import { type Field, type FieldType, fieldsOf, type MessageType, numbersIn } from "./types.ts";

export type Piece =
  | { readonly is: "kept"; readonly field: Field; readonly texts: readonly string[] }
  | { readonly is: "emptied"; readonly field: Field; readonly rule: RuleView; readonly location: string }
  | { readonly is: "message"; readonly field: Field; readonly pieces: readonly Piece[]; readonly location: string }
  | {
      readonly is: "changed";
      readonly field: Field;
      readonly type: FieldType;
      readonly rule: RuleView;
      readonly location: string;
    };

/** What acts inside a message: the number of the covering rule, and whether a pass exempts from `unmatched`. */
interface Cover {
  readonly rule: number | undefined;
  readonly exempt: boolean;
}

const none: Cover = { rule: undefined, exempt: false };
const whole = new Set(["strip", "redact", "block"]);

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

  private message(type: MessageType, places: readonly Place[], bytes: Uint8Array, path: string, cover: Cover): Piece[] {
    const fields = cut(bytes);
    const content = this.rules.contentOf(type, fields);
    const isTyped = fields.some(
      ({ number, value }) => number === 1 && textOf(value) === `type.googleapis.com/${content?.name}`,
    );
    return fields.flatMap((field): Piece[] => {
      const known = type.fields.get(field.number);
      if (known === undefined) return this.unknown(field, cover);
      const location = path === "" ? known.name : `${path}.${known.name}`;
      const next = this.rules.step(places, known);
      if (this.rules.isAny(type) && field.number === 2)
        return this.content(known, content, next, places, field, location, cover);
      const isName = field.number === 1 && (type.isEntry || isTyped);
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
    if (own !== undefined && (cover.rule === undefined || own < cover.rule))
      return this.field(known, next, field, location, cover);
    if (content === undefined) return this.unknown(field, cover);
    const inside = this.rules.unpack(places, content);
    const asMessage: FieldType = { name: known.name, kind: "message", scalar: undefined, message: () => content };
    return this.holder(asMessage, content, inside, undefined, field, location, cover);
  }

  private field(type: FieldType, next: readonly Place[], field: Field, location: string, cover: Cover): Piece[] {
    const own = this.rules.own(next);
    const inner = type.message?.();
    if (inner) return this.holder(type, inner, this.rules.enter(next, inner), own, field, location, cover);
    const view = this.acting(own, cover);
    if (view === undefined || view.action.kind === "pass")
      return [{ is: "kept", field, texts: textsOf(this.rules, type, undefined, field) }];
    this.scalar(view, type, field, location);
    return view.action.kind === "strip" ? [] : [{ is: "changed", field, type, rule: view, location }];
  }

  /** A field that holds a message. */
  private holder(
    type: FieldType,
    inner: MessageType,
    places: readonly Place[],
    own: number | undefined,
    field: Field,
    location: string,
    cover: Cover,
  ): Piece[] {
    const number = own !== undefined && (cover.rule === undefined || own < cover.rule) ? own : cover.rule;
    const view = this.acting(own, cover);
    const kind = view?.action.kind ?? "pass";
    if (view && whole.has(kind) && (number !== undefined || !this.rules.isLive(inner, places))) {
      this.collect(view, inner, field.value, location);
      if (kind === "strip" || (kind === "redact" && type.kind === "map")) return [];
      return [{ is: "emptied", field, rule: view, location }];
    }
    const below =
      number === undefined ? cover : kind === "pass" ? { rule: undefined, exempt: true } : { ...cover, rule: number };
    return [{ is: "message", field, pieces: this.message(inner, places, field.value, location, below), location }];
  }

  /** The rule that acts; undefined for none. */
  private acting(own: number | undefined, { rule, exempt }: Cover): RuleView | undefined {
    if (own !== undefined && (rule === undefined || own < rule)) return this.rules.view(own);
    if (rule !== undefined) return this.rules.view(rule);
    return exempt ? undefined : this.rules.unmatched;
  }

  private scalar(rule: RuleView, type: FieldType, field: Field, location: string): void {
    if (!hidesValues(rule)) return;
    const values =
      type.kind === "text" || type.kind === "bytes" ? [textOf(field.value)] : (numbersIn(field, type.scalar!) ?? []);
    for (const value of values) if (value !== "") this.secrets.push({ rule, location, value });
  }

  /** All values in a message that goes as a whole. */
  private collect(rule: RuleView, type: MessageType, bytes: Uint8Array, path: string): void {
    for (const field of fieldsOf(bytes) ?? []) {
      const known = type.fields.get(field.number);
      const location = `${path}.${known?.name ?? field.number}`;
      const inner = known?.message?.();
      if (inner) this.collect(rule, inner, field.value, location);
      else if (known) this.scalar(rule, known, field, location);
    }
  }
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");

function cut(bytes: Uint8Array): Field[] {
  const fields = fieldsOf(bytes);
  if (fields === undefined) throw new NoMessage();
  return fields;
}
