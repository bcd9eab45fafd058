// The message states of a policy: one for each message type and each set of selectors that can still match in it. The
// filter walks them by field number, as it walks the selector automaton by names.
// Invariants: state 0 is dead: nothing acts in it, whatever it holds passes; a state that is not dead lists every field of
// its type, so that what it does not list is unknown; `rule` is the first rule that selects the field and
// does not detect.

import { type ResolvedAction, takesWhole } from "../action.ts";
import { MAX } from "../constants.ts";
import { matchesPattern } from "../fields.ts";
import type { Query } from "../jsonpath/ast.ts";
import type { ResolvedSelector } from "../location.ts";
import type { Direction, ResolvedRule } from "../resolve.ts";
import type { RuleQuery } from "../subset.ts";
import {
  ANY,
  type Descriptors,
  isNamed,
  isWellKnown,
  type ProtoField,
  type ProtoMessage,
  VALUE,
} from "./descriptors.ts";
import type { ProtoPath, Step } from "./path.ts";
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
  /** A selector of protobuf alone selects it: others find the same in JSON. */
  isTyped: boolean;
  /** It may come only once in a message: see `markOnce`. */
  once: boolean;
}

export interface MessageState {
  isAny: boolean;
  isEntry: boolean;
  /** An entry whose key is a name to rules by name. */
  isNamed: boolean;
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

/** A selector, by its number, of which so many steps are behind. */
interface Position {
  selector: number;
  step: number;
}

/** Locations that nothing but protobuf has. */
const typed: ReadonlySet<string> = new Set(["grpc", "proto"]);

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
}

interface Open {
  state: MessageState;
  message: ProtoMessage;
  here: readonly Position[];
  isCovered: boolean;
}

interface Selector {
  rule: number;
  location: string;
  path: ProtoPath;
  /** What it selects in the texts there, instead of them. */
  query: Query | undefined;
}

const below: Step[] = [
  { kind: "deep", at: 0 },
  { kind: "any", at: 0 },
];

/** A rule that detects looks into every scalar in what it selects, so that nothing has to be remembered on the way down. */
function pathsOf({ location, path, query }: ResolvedSelector, detects: boolean): Omit<Selector, "rule">[] {
  if (location === "any") return [{ location, path: { scope: "*", steps: below }, query: undefined }];
  if (path === undefined) return [];
  if (query !== undefined) return [{ location, path, query }];
  const inside = { ...path, steps: [...path.steps, ...below] };
  return (detects ? [path, inside] : [path]).map((each) => ({ location, path: each, query }));
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
  readonly #selectors: Selector[];
  /** Whether a rule selects what maps hold by the keys. */
  readonly #hasEntries: boolean;
  /** Where selectors by name alone are behind a field of that name. */
  readonly #named = new Map<string, Position[]>();

  /** `states` and `texts` are shared by the graphs of both directions; the first state is the dead one. */
  constructor(states: MessageState[], texts: Texts, input: GraphInput) {
    this.#states = states;
    this.#texts = texts;
    this.#input = input;
    this.#selectors = input.rules.flatMap(({ directions, selectors, detect }, rule) =>
      directions.includes(input.direction)
        ? selectors.flatMap((selector) => pathsOf(selector, detect !== undefined).map((path) => ({ ...path, rule })))
        : [],
    );
    this.#hasEntries = input.rules.some(
      ({ directions, selectors }) =>
        directions.includes(input.direction) && selectors.some(({ location }) => location === "entry"),
    );
    this.#selectors.forEach(({ location, path }, selector) => {
      const [first] = path.steps;
      if (location !== "proto-name" || first?.kind !== "names") return;
      for (const name of first.names) {
        const found = this.#named.get(name);
        if (found) found.push({ selector, step: 1 });
        else this.#named.set(name, [{ selector, step: 1 }]);
      }
    });
  }

  /** The state of a body of this type; `method` is that of the gRPC call, if it is one. */
  root(type: string, method: string | undefined): number {
    const fits = (path: ProtoPath) => method !== undefined && matchesPattern(path.scope, method);
    const starts = this.#starts(({ location, path }) => location === "any" || (location === "grpc" && fits(path)));
    const number = this.#enter(type, starts, false);
    for (let next = this.#open.pop(); next; next = this.#open.pop()) this.#fill(next);
    return number;
  }

  #fill({ state, message, here, isCovered }: Open): void {
    for (const field of message.fields) state.members.push(this.#member(field, message, here, isCovered));
    for (const inner of state.isAny ? this.#input.descriptors.messages.values() : []) {
      if (inner.isEntry) continue;
      state.types.set(inner.name, this.#enter(inner.name, this.#inside(here, inner.name), isCovered));
    }
  }

  #isNamedEntry({ isEntry, fields }: ProtoMessage): boolean {
    return this.#hasEntries && isEntry && fields.some(({ number, kind }) => number === 1 && kind === "string");
  }

  #starts(isOne: (selector: Selector) => boolean): Position[] {
    return this.#selectors.flatMap((found, selector) => (isOne(found) ? [{ selector, step: 0 }] : []));
  }

  #enter(type: string, positions: readonly Position[], isCovered: boolean): number {
    const { descriptors, isStrict, unknown: setting } = this.#input;
    const message = descriptors.messages.get(type)!;
    // What stands in such a group is known, and may be selected.
    const unknown = message.isSet && setting === "pass" ? "block" : setting;
    const starts = this.#starts(({ location, path }) => location === "proto" && path.scope === type);
    const here = this.#closed([...positions, ...starts]);
    const key = `${type} ${isCovered} ${here.map(({ selector, step }) => `${selector}:${step}`).join(" ")}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#states.length === MAX.MESSAGES) throw new GraphLimit();
    const isAny = type === ANY;
    const { isEntry } = message;
    const isNamed = this.#isNamedEntry(message);
    const keeps = isStrict || isCovered;
    const isValue = type === VALUE;
    const state: MessageState = {
      isAny,
      isEntry,
      isNamed,
      isValue,
      live: false,
      keeps,
      unknown,
      members: [],
      types: new Map(),
    };
    const number = this.#states.push(state) - 1;
    this.#numbers.set(key, number);
    this.#open.push({ state, message, here, isCovered });
    return number;
  }

  #member(field: ProtoField, message: ProtoMessage, here: readonly Position[], isCovered: boolean): Member {
    // `key` and `value` of an entry, and fields of the well-known types, are names of the wire and not of what they hold.
    const names = message.isEntry || isWellKnown(message.name) ? [] : field.names;
    const next = [
      ...here.flatMap((position) => this.#advance(position, field, names)),
      ...names.flatMap((name) => this.#named.get(name) ?? []),
    ];
    const behind = next.filter((position) => !this.#stepAt(position)).map(({ selector }) => this.#selectors[selector]!);
    const inside = holdsText(field, message) ? behind.filter(({ query }) => query !== undefined) : [];
    const ends = behind.filter(({ query }) => query === undefined);
    const all = [...new Set(ends.map(({ rule }) => rule))].sort((a, b) => a - b);
    const isTyped = [...ends, ...inside].some(({ location }) => typed.has(location));
    const isDetecting = (number: number) => this.#input.rules[number]!.detect !== undefined;
    const rule = all.find((number) => !isDetecting(number));
    if (field.message === undefined) {
      const detects = all.filter((number) => isDetecting(number) && (rule === undefined || number < rule));
      const soft = isSoftText(field, message) ? this.#input.soft : undefined;
      const finding = inside.length > 0 || soft ? all.filter(isDetecting) : [];
      const text = this.#texts.groupOf(this.#input.rules, inside, finding, soft);
      const isSoft = soft !== undefined && inside.length === 0;
      return { field, rule, detects, target: 0, text, isSoft, isTyped, once: false };
    }
    // The name of an entry is known no earlier than it comes, and what acts by it acts in all of the value.
    const covers =
      this.#isNamedEntry(message) || (rule !== undefined && isCovering(this.#input.rules[rule]!.action, field.message));
    const rest = next.filter((position) => this.#stepAt(position));
    const target = this.#enter(field.message, rest, isCovered || covers);
    return { field, rule, detects: [], target, text: undefined, isSoft: false, isTyped, once: false };
  }

  /** The step that is ahead; undefined behind the last one. */
  #stepAt({ selector, step }: Position): Step | undefined {
    return this.#selectors[selector]!.path.steps[step];
  }

  #lengthOf({ selector }: Position): number {
    return this.#selectors[selector]!.path.steps.length;
  }

  /** Where a selector is behind the field. */
  #advance(position: Position, field: ProtoField, names: readonly string[]): Position[] {
    const step = this.#stepAt(position)!;
    if (step.kind === "deep") return [position];
    const isOne = step.kind === "names" && names.some((name) => step.names.includes(name));
    const isExtension = step.kind === "type" && field.name === `[${step.name}]`;
    const isField = step.kind === "field" && isNamed(field, step.name);
    const fits = isOne || isExtension || isField || step.kind === "any";
    return fits ? [{ ...position, step: position.step + 1 }] : [];
  }

  /** Where the selectors are in the message that an Any holds. */
  #inside(here: readonly Position[], type: string): Position[] {
    return here.flatMap((position) => {
      const step = this.#stepAt(position)!;
      if (step.kind === "deep") return [position];
      const isBehind = step.kind === "type" && step.name === type && position.step + 1 < this.#lengthOf(position);
      return isBehind ? [{ ...position, step: position.step + 1 }] : [];
    });
  }

  /** With what stands behind a `**`, which may stand for no field at all; sorted, each once. */
  #closed(positions: readonly Position[]): Position[] {
    const all = new Map<string, Position>();
    for (const start of positions) {
      for (let at = start; ; at = { ...at, step: at.step + 1 }) {
        all.set(`${at.selector}:${at.step}`, at);
        if (this.#stepAt(at)?.kind !== "deep") break;
      }
    }
    return [...all.values()].sort((a, b) => a.selector - b.selector || a.step - b.step);
  }
}

/** Tells for each state whether a rule can select something in it. What a text that begins as JSON spells is not in it. */
export function markLive(states: readonly MessageState[]): void {
  const acts = ({ rule, detects, text, isSoft }: Member) =>
    rule !== undefined || detects.length > 0 || (text !== undefined && !isSoft);
  for (const at of reaching(states, ({ isNamed, members }) => isNamed || members.some(acts))) states[at]!.live = true;
  for (const at of reaching(states, ({ members }) => members.some(({ isSoft }) => isSoft))) states[at]!.keeps = true;
}

const singular = ({ members }: MessageState) =>
  members.filter(({ field }) => !field.isRepeated).map(({ target }) => target);

/** Tells for each field whether two in one message, which receivers merge, could mix the type of an Any with another value. */
export function markOnce(states: readonly MessageState[]): void {
  const merged = reaching(states, ({ isAny }) => isAny, singular);
  for (const { members } of states) {
    for (const member of members) member.once = !member.field.isRepeated && merged.has(member.target);
  }
}

const all = ({ members, types }: MessageState) => [...members.map(({ target }) => target), ...types.values()];

/** The states that are such, or hold one at any depth: up from those that are, by what they hold. */
export function reaching(
  states: readonly MessageState[],
  isOne: (state: MessageState) => boolean,
  held: (state: MessageState) => readonly number[] = all,
): Set<number> {
  const holders: number[][] = states.map(() => []);
  states.forEach((state, at) => {
    for (const target of held(state)) holders[target]!.push(at);
  });
  const found = new Set([...states.keys()].filter((at) => isOne(states[at]!)));
  // A set grows while it is walked, and the walk goes on over what is new.
  for (const at of found) for (const holder of holders[at]!) found.add(holder);
  return found;
}
