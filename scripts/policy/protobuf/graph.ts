// The message states of a policy: one for each message type and each set of selectors that can still match in it. The
// filter walks them by field number, as it walks the selector automaton by names.
// Invariants: state 0 is dead: nothing acts in it, whatever it holds passes; a state that is not dead lists every field of
// its type, so that what it does not list is unknown; `rule` is the first rule that selects the field and
// does not detect.

import { finding, type LeavesNothing, leavesNothingOf } from "../acting.ts";
import { isTaking, type ResolvedAction, takesWhole } from "../action.ts";
import { MAX } from "../constants.ts";
import { matchesPattern } from "../fields.ts";
import type { Direction, ResolvedRule } from "../resolve.ts";
import type { RuleQuery } from "../subset.ts";
import {
  ANY,
  type Descriptors,
  isNamed,
  isWellKnown,
  LIST_VALUE,
  type ProtoField,
  type ProtoMessage,
  STRUCT,
  VALUE,
} from "./descriptors.ts";
import { type Keys, Names } from "./names.ts";
import { isHalfNamed, isHolding, isPair } from "./pairs.ts";
import { type End, namesAhead, type Place, type Start, startsOf, withoutIdle } from "./places.ts";
import { holdsText, isSoftText, type Texts } from "./texts.ts";

export interface Member {
  field: ProtoField;
  rule: number | undefined;
  /** The rules that detect in it before `rule` decides, in order. */
  detects: readonly number[];
  target: number;
  /** The group of queries into what it spells, where it is a text that is decoded. */
  text: number | undefined;
  /** Only where it begins as JSON. */
  isSoft: boolean;
  /** A selector selects it that would not in JSON: one of protobuf alone, or by one of the names alone that it has there. */
  isTyped: boolean;
  /** It may come only once in a message: see marks.ts. */
  once: boolean;
}

export interface MessageState {
  isAny: boolean;
  isEntry: boolean;
  /** How an entry is looked up whose key is a name to rules by name. */
  keys: Keys | undefined;
  /** In what the name is looked up that a message of it tells as a text. */
  pairs: readonly RuleQuery[] | undefined;
  /** `google.protobuf.Value`, which must hold something. */
  isValue: boolean;
  /** A rule can select something in it. */
  live: boolean;
  /** It must be there though nothing selects in it: something else acts. */
  keeps: boolean;
  unknown: "block" | "strip" | "pass";
  members: Member[];
  /** What an Any may hold: full name -> state. */
  types: Map<string, number>;
}

/** Whether an action acts on what is inside a message of the type: a state must be there even where nothing selects. */
const isCovering = (action: ResolvedAction, type: string): boolean =>
  (action.kind !== "pass" && !takesWhole(action)) || (action.kind === "redact" && type === VALUE);

export interface GraphInput {
  rules: readonly ResolvedRule[];
  direction: Direction;
  descriptors: Descriptors;
  /** What is not known or not named does not simply pass: no state may be dead. */
  isStrict: boolean;
  unknown: MessageState["unknown"];
  /** What selects in texts that begin as JSON, if anything does. */
  soft: readonly RuleQuery[] | undefined;
  /** In what names are looked up that stand in values, where rules by name look. */
  pairs: readonly RuleQuery[] | undefined;
}

interface Open {
  state: MessageState;
  message: ProtoMessage;
  here: readonly Place[];
  isCovered: boolean;
}

/** More states than a binary policy holds. */
export class GraphLimit extends Error {}

export class Graph {
  readonly #states: MessageState[];
  readonly #texts: Texts;
  readonly #input: GraphInput;
  readonly #numbers = new Map<string, number>();
  /** States without their members yet: types nest deeper than calls may. */
  readonly #open: Open[] = [];
  readonly #selectors: readonly Start[];
  readonly #names: Names;
  readonly #leavesNothing: LeavesNothing;

  /** `states` and `texts` are shared by the graphs of both directions; the first state is the dead one. */
  constructor(states: MessageState[], texts: Texts, input: GraphInput) {
    this.#states = states;
    this.#texts = texts;
    this.#input = input;
    this.#leavesNothing = leavesNothingOf(input.rules);
    this.#selectors = startsOf(input.rules, input.direction);
    this.#names = new Names(
      input.rules,
      this.#starts(({ location }) => location === "proto-name"),
    );
  }

  /** The state of a body of this type; `method` is that of the gRPC call, if it is one. */
  root(type: string, method: string | undefined): number {
    const fits = (scope: string) => method !== undefined && matchesPattern(scope, method);
    const starts = this.#starts(({ location, scope }) => location === "any" || (location === "grpc" && fits(scope)));
    const number = this.#enter(type, starts, false);
    for (let next = this.#open.pop(); next; next = this.#open.pop()) this.#fill(next);
    return number;
  }

  #fill({ state, message, here, isCovered }: Open): void {
    const isInPair = state.pairs !== undefined;
    for (const field of message.fields) state.members.push(this.#member(field, message, here, isCovered, isInPair));
    if (isNamedEntry(message)) state.keys = this.#keysOf(message, here, state.members);
    for (const inner of state.isAny ? this.#input.descriptors.messages.values() : []) {
      if (inner.isEntry) continue;
      state.types.set(inner.name, this.#enter(inner.name, this.#inside(here, inner.name), isCovered));
    }
  }

  #starts(isOne: (start: Start) => boolean): Place[] {
    return this.#selectors.filter(isOne).map(({ place }) => place);
  }

  #enter(type: string, places: readonly Place[], isCovered: boolean): number {
    const { descriptors, isStrict, unknown: setting, pairs } = this.#input;
    const message = descriptors.messages.get(type)!;
    // What stands in such a group is known, and may be selected.
    const unknown = message.isSet && setting === "pass" ? "block" : setting;
    const starts = this.#starts(({ location, scope }) => location === "proto" && scope === type);
    const here = closed(
      withoutIdle([...places.filter((place) => this.#canLead(place, message)), ...starts], this.#leavesNothing),
    );
    const key = `${type} ${isCovered} ${here.map(({ id }) => id).join(" ")}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#states.length === MAX.MESSAGES) throw new GraphLimit();
    const state: MessageState = {
      isAny: type === ANY,
      isEntry: message.isEntry,
      keys: undefined,
      pairs: pairs && isPair(message) ? pairs : undefined,
      isValue: type === VALUE,
      live: false,
      keeps: isStrict || isCovered,
      unknown,
      members: [],
      types: new Map(),
    };
    const number = this.#states.push(state) - 1;
    this.#numbers.set(key, number);
    this.#open.push({ state, message, here, isCovered });
    return number;
  }

  /** Whether a name can be in the message for which the place waits: else states would multiply for nothing. */
  #canLead(place: Place, message: ProtoMessage): boolean {
    const step = namesAhead(place);
    if (step === undefined || step.isAny || isNamedEntry(message)) return true;
    if (message.name === STRUCT || message.name === VALUE || message.name === ANY) return true;
    if (message.name === LIST_VALUE) return step.isElement;
    return !isWellKnown(message.name) && message.fields.some(({ names }) => this.#names.takes(step, names));
  }

  #member(
    field: ProtoField,
    message: ProtoMessage,
    here: readonly Place[],
    isCovered: boolean,
    isInPair: boolean,
  ): Member {
    const next = this.#behind(field, message, here);
    const behind = next.filter(({ ahead }) => ahead === undefined).map(({ end }) => end);
    const ends = behind.filter(({ query }) => query === undefined);
    const all = [...new Set(ends.map(({ rule }) => rule))].sort((a, b) => a - b);
    const looking = this.#finding(all);
    const isTyped =
      (holdsText(field, message) ? behind : ends).some((end) => end.isTyped) ||
      this.#isMissed(field, message, here) ||
      (isInPair && isHalfNamed(field));
    const rule = all.find((number) => !this.#isDetecting(number));
    if (field.message === undefined) {
      const isBefore = (number: number) => rule === undefined || number < rule;
      const detects = looking.filter(isBefore);
      return { field, rule, detects, target: 0, ...this.#textIn(field, message, behind), isTyped, once: false };
    }
    // Such a name, and that of an entry, is known no earlier than it comes, and what acts by it acts in all of the value.
    const covers =
      this.#hasKeys(message) ||
      (isInPair && isHolding(field)) ||
      (rule !== undefined && isCovering(this.#input.rules[rule]!.action, field.message));
    const target = this.#enter(
      field.message,
      next.filter(({ ahead }) => ahead),
      isCovered || covers,
    );
    return { field, rule, detects: [], target, text: undefined, isSoft: false, isTyped, once: false };
  }

  #isDetecting(number: number): boolean {
    return this.#input.rules[number]!.detect !== undefined;
  }

  /** Of rules that act on one field, those that detect in it and are left something to find. */
  #finding(acting: readonly number[]): number[] {
    return finding(
      acting.filter((rule) => this.#isDetecting(rule)),
      this.#leavesNothing,
    );
  }

  /** The group of queries into what the field spells, which selectors with these ends select. */
  #textIn(field: ProtoField, message: ProtoMessage, ends: readonly End[]): Pick<Member, "text" | "isSoft"> {
    const inside = holdsText(field, message) ? ends.filter(({ query }) => query !== undefined) : [];
    const soft = isSoftText(field, message) ? this.#input.soft : undefined;
    const whole = ends.filter(({ query, rule }) => query === undefined && this.#isDetecting(rule));
    const looking = [...new Set(whole.map(({ rule }) => rule))].sort((a, b) => a - b);
    const finding = inside.length > 0 || soft ? this.#finding(looking) : [];
    const text = this.#texts.groupOf(this.#input.rules, inside, finding, soft);
    return { text, isSoft: soft !== undefined && inside.length === 0 };
  }

  /** Whether rules look up what the message holds by its key. */
  #hasKeys(message: ProtoMessage): boolean {
    return isNamedEntry(message) && this.#selectors.some(({ location }) => location === "proto-name");
  }

  /** The keys of entries, whose fields are `members`. */
  #keysOf(message: ProtoMessage, here: readonly Place[], members: readonly Member[]): Keys {
    const messages = new Map<number, string[]>();
    const texts = new Map<number, string[]>();
    const add = (held: Map<number, string[]>, number: number, names: readonly string[]) =>
      held.set(number, [...(held.get(number) ?? []), ...names]);
    const value = members.find(({ field }) => field.number === ENTRY_VALUE);
    const always = value ? this.#behind(value.field, message, here) : [];
    for (const { names, more } of value ? this.#names.behindNames(here) : []) {
      const { field, target, text } = value!;
      if (field.message === undefined) {
        // What detects in all that is behind the name detects in what a text there spells.
        const finding = more.filter(({ ahead }) => ahead?.step.kind === "deep");
        const ends = [...always.filter(({ ahead }) => ahead === undefined), ...finding].map(({ end }) => end);
        const found = this.#textIn(field, message, ends).text;
        if (found !== undefined && found !== text) add(texts, found, names);
      } else {
        const found = this.#enter(field.message, [...always.filter(({ ahead }) => ahead), ...more], true);
        if (found !== target) add(messages, found, names);
      }
    }
    return { anywhere: this.#names.anywhere, here: this.#names.endingsOf(here), messages, texts };
  }

  /** Where selectors are behind the field. */
  #behind(field: ProtoField, message: ProtoMessage, here: readonly Place[]): Place[] {
    return [...here.flatMap((place) => advanced(place, field, message)), ...this.#behindNamed(field, message, here)];
  }

  /**
   * Whether a rule by name that takes something is behind one of the names of the field and not behind another: JSON has either,
   * and an extension by its full name in brackets.
   */
  #isMissed(field: ProtoField, message: ProtoMessage, here: readonly Place[]): boolean {
    const names = isExtension(field) ? [...field.names, field.name] : field.names;
    const rulesBehind = (name: string) => {
      const behind = this.#behindNamed({ ...field, names: [name] }, message, here).map(({ end }) => end.rule);
      return [...new Set(behind.filter((rule) => isTaking(this.#input.rules[rule]!.action)))]
        .sort((a, b) => a - b)
        .join();
    };
    return names.length > 1 && new Set(names.map(rulesBehind)).size > 1;
  }

  /** The same for those by name alone: fields that the JSON form does not have are no step. */
  #behindNamed(field: ProtoField, message: ProtoMessage, here: readonly Place[]): Place[] {
    const names = this.#names;
    const waiting = here.filter(namesAhead);
    switch (message.name) {
      case STRUCT:
        return waiting;
      case VALUE:
        return field.message === undefined ? [] : waiting;
      case LIST_VALUE:
        return names.behindElement(waiting);
      case ANY:
        return [];
    }
    if (message.isEntry) {
      const behind = field.number === ENTRY_VALUE ? names.behindKey(waiting) : [];
      // A rule that ends at a name acts on the entry, unless it detects.
      const isOfEntry = ({ ahead, end }: Place) => ahead === undefined && !this.#isDetecting(end.rule);
      return isNamedEntry(message) ? behind.filter((place) => !isOfEntry(place)) : behind;
    }
    const isList = field.isRepeated && field.kind !== "map";
    return names.behindField(waiting, isWellKnown(message.name) ? [] : field.names, isList);
  }

  /** Where the selectors are in the message that an Any holds, which is where the Any is to those by name. */
  #inside(here: readonly Place[], type: string): Place[] {
    return here.flatMap((place) => {
      const { step, next } = place.ahead!;
      if (step.kind === "deep" || step.kind === "names") return [place];
      return step.kind === "type" && step.name === type && next.ahead ? [next] : [];
    });
  }
}

const isExtension = ({ name }: ProtoField): boolean => name.startsWith("[");

/** The number of the field in which an entry of a map has what it holds. */
const ENTRY_VALUE = 2;

/** An entry of a map whose key is a text. */
const isNamedEntry = ({ isEntry, fields }: ProtoMessage): boolean =>
  isEntry &&
  fields.some(({ number, kind }) => number === 1 && kind === "string") &&
  fields.some(({ number }) => number === ENTRY_VALUE);

/** Where a selector is behind the field, but for those by name alone. */
function advanced(place: Place, field: ProtoField, { isEntry }: ProtoMessage): Place[] {
  const { step, next } = place.ahead!;
  if (step.kind === "deep") return [place];
  const isExtension = step.kind === "type" && field.name === `[${step.name}]`;
  const isField = step.kind === "field" && isNamed(field, step.name);
  const isAny = step.kind === "any" && !(step.isHeld && isEntry && field.number !== ENTRY_VALUE);
  return isExtension || isField || isAny ? [next] : [];
}

/** With what stands behind a `**`, which may stand for no field at all; sorted, each once. */
function closed(places: readonly Place[]): Place[] {
  const all = new Set(places);
  // A set grows while it is walked, and the walk goes on over what is new.
  for (const { ahead } of all) if (ahead?.step.kind === "deep") all.add(ahead.next);
  return [...all].sort((a, b) => a.id - b.id);
}
