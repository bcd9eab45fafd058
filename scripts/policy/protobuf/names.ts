// Where selectors by name alone come: behind fields, whose names the descriptor set tells, and behind the keys of maps, which
// are known no earlier than they come. So an entry has a group of queries in the selector automaton: by its key the filter
// finds the rules on what it holds, and the state of that message where a path of names leads on.
// Invariants: behind a key stands whatever stands behind any other one, and more; what ends at a key is none of the rules of
// the field `value`, since it acts on the entry; names that the same steps take are one class, so that work is done by class.

import { Endings, NameList } from "../endings.ts";
import type { ResolvedRule } from "../resolve.ts";
import type { RuleQuery } from "../subset.ts";
import { type NamesStep, namesAhead, type Place } from "./places.ts";

/** How the entries of a message state are looked up by their keys. */
export interface Keys {
  /** The rules by a name wherever it stands: one list for all states. */
  readonly anywhere: readonly RuleQuery[];
  /** Those by a name right below what is behind. */
  readonly here: readonly RuleQuery[];
  /** The states of messages that are held by these names, where that is none of the field. */
  readonly messages: ReadonlyMap<number, readonly string[]>;
  /** The same of texts: groups of queries into what they spell. */
  readonly texts: ReadonlyMap<number, readonly string[]>;
}

/** Names that the same steps take, of those behind which there is more. */
interface NameClass {
  readonly names: string[];
  readonly steps: ReadonlySet<NamesStep>;
  /** What is behind one of the names wherever it stands. */
  readonly behind: readonly Place[];
}

export class Names {
  /** The rules by a name wherever it stands. */
  readonly anywhere: readonly RuleQuery[];
  readonly #rules: readonly ResolvedRule[];
  /** Of selectors that begin before any member: what is behind each name, any name, any element. */
  readonly #behindName = new Map<string, Place[]>();
  readonly #behindAny: readonly Place[];
  readonly #behindElement: readonly Place[];
  readonly #endings: Endings;
  readonly #taking = new Map<NamesStep, NameList>();
  readonly #classes: readonly NameClass[];

  constructor(rules: readonly ResolvedRule[], starts: readonly Place[]) {
    this.#rules = rules;
    this.anywhere = this.endingsOf(starts);
    this.#behindAny = behind(starts, ({ isAny }) => isAny);
    this.#behindElement = behind(starts, ({ isElement }) => isElement);
    for (const place of starts) {
      for (const name of namesAhead(place)!.names) {
        const list = this.#behindName.get(name);
        if (list) list.push(place.ahead!.next);
        else this.#behindName.set(name, [place.ahead!.next]);
      }
    }
    this.#endings = new Endings(this.#behindName.keys());
    this.#classes = classesOf(starts, (name) => this.#behind(name));
  }

  /** Whether a message whose members have these names has one that the step takes. */
  takes(step: NamesStep, names: readonly string[]): boolean {
    const taken = this.#taking.get(step) ?? new NameList(step.names);
    this.#taking.set(step, taken);
    return step.isAny || names.some((name) => taken.takes(name));
  }

  #behind(name: string): Place[] {
    return [name, ...this.#endings.of(name)].flatMap((one) => this.#behindName.get(one) ?? []);
  }

  /** Behind a field of these names; `isList`: and behind each of its elements, for which no step is needed. */
  behindField(waiting: readonly Place[], names: readonly string[], isList: boolean): Place[] {
    const found = [
      ...behind(waiting, (step) => this.takes(step, names)),
      ...names.flatMap((name) => this.#behind(name)),
      ...this.#behindAny,
    ];
    return isList ? [...found, ...this.behindElement(found)] : found;
  }

  /** Behind an element of a list. */
  behindElement(waiting: readonly Place[]): Place[] {
    return [...behind(waiting, ({ isElement }) => isElement), ...this.#behindElement];
  }

  /** Behind a key, whatever it is. */
  behindKey(waiting: readonly Place[]): Place[] {
    return [...behind(waiting, ({ isAny }) => isAny), ...this.#behindAny];
  }

  /** By the names of keys what is behind those that leads on. */
  *behindNames(waiting: readonly Place[]): Generator<{ names: readonly string[]; more: Place[] }> {
    for (const { names, steps, behind: anywhere } of this.#classes) {
      const more = [...behind(waiting, (step) => steps.has(step)).filter(({ ahead }) => ahead), ...anywhere];
      if (more.length > 0) yield { names, more };
    }
  }

  /** The rules that end behind the next name. */
  endingsOf(waiting: readonly Place[]): RuleQuery[] {
    return waiting.flatMap(({ ahead }): RuleQuery[] => {
      if (ahead?.step.kind !== "names" || ahead.next.ahead !== undefined) return [];
      const { rule } = ahead.next.end;
      const { names, isAny } = ahead.step;
      return [{ ...named(names, isAny), rule, detects: this.#rules[rule]!.detect !== undefined }];
    });
  }
}

const behind = (waiting: readonly Place[], takes: (step: NamesStep) => boolean): Place[] =>
  waiting.flatMap((place) => {
    const step = namesAhead(place);
    return step && takes(step) ? [place.ahead!.next] : [];
  });

const named = (names: readonly string[], isAny: boolean): Pick<RuleQuery, "query"> => {
  const selectors = names.map((name) => ({ kind: "name" as const, at: 0, name }));
  const all = isAny ? [...selectors, { kind: "wildcard" as const, at: 0 }] : selectors;
  return { query: { segments: [{ descendant: false, selectors: all }] } };
};

function classesOf(starts: readonly Place[], anywhere: (name: string) => readonly Place[]): NameClass[] {
  const leading = new Set<NamesStep>();
  const places = new Set(starts);
  // A set grows while it is walked, and the walk goes on over what is new.
  for (const place of places) {
    const step = namesAhead(place);
    const next = place.ahead?.next;
    if (step === undefined || next?.ahead === undefined) continue;
    leading.add(step);
    places.add(next);
  }
  const taking = new Map<string, NamesStep[]>();
  for (const step of leading) {
    for (const name of step.names) taking.set(name, [...(taking.get(name) ?? []), step]);
  }
  const numbers = new Map([...leading].map((step, number) => [step, number]));
  const classes = new Map<string, NameClass>();
  for (const [name, steps] of taking) {
    const key = steps.map((step) => numbers.get(step)).join();
    const known = classes.get(key);
    if (known) known.names.push(name);
    else
      classes.set(key, { names: [name], steps: new Set(steps), behind: anywhere(name).filter(({ ahead }) => ahead) });
  }
  return [...classes.values()];
}

/** The queries by which an entry is looked up; none where no rule is by its key. */
function queriesOf({ anywhere, here, messages, texts }: Keys): RuleQuery[] {
  const all: RuleQuery[] = anywhere.length > 0 ? [{ query: { segments: [] }, rule: 0, into: anywhere }] : [];
  all.push(...here);
  for (const [message, names] of messages) all.push({ ...named(names, false), rule: 0, held: { message } });
  for (const [text, names] of texts) all.push({ ...named(names, false), rule: 0, held: { text } });
  return all;
}

/** The groups of queries of all states, equal ones once, and the number of the group of each state that has one. */
export function keyGroups(states: readonly { keys: Keys | undefined; pairs: readonly RuleQuery[] | undefined }[]): {
  groups: RuleQuery[][];
  numbers: (number | undefined)[];
} {
  const groups: RuleQuery[][] = [];
  const known = new Map<string, number>();
  const lists: (readonly RuleQuery[])[] = [];
  const told = new Map<readonly RuleQuery[], number>();
  const numbers = states.map(({ keys, pairs }) => {
    if (pairs !== undefined) {
      const number = told.get(pairs) ?? groups.push([{ query: { segments: [] }, rule: 0, into: pairs }]) - 1;
      told.set(pairs, number);
      return number;
    }
    const queries = keys ? queriesOf(keys) : [];
    if (keys === undefined || queries.length === 0) return undefined;
    if (!lists.includes(keys.anywhere)) lists.push(keys.anywhere);
    const key = `${lists.indexOf(keys.anywhere)} ${JSON.stringify([keys.here, [...keys.messages], [...keys.texts]])}`;
    const number = known.get(key) ?? groups.push(queries) - 1;
    known.set(key, number);
    return number;
  });
  return { groups, numbers };
}
