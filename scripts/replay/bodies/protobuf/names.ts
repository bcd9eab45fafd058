/**
 * Selectors by name alone in protobuf messages, as the JSONPath says that they are short for: how far each has come behind the
 * name of a field, the key of an entry, an element of a list.
 */
import { jsonpath } from "json-p3";
import { Endings, NameList } from "../../../policy/endings.ts";
import type { Place, Step } from "./rules.ts";

/** One of some names, or any, or an element of a list. */
export interface ByName {
  readonly list: NameList;
  readonly isAny: boolean;
  readonly isElement: boolean;
}

export const isByName = (step: Step | undefined): step is ByName => typeof step === "object";

const { NameSelector, WildcardSelector } = jsonpath.selectors;
const environment = new jsonpath.JSONPathEnvironment();

/** The steps of `$..['card',*][:]['number']`. */
export const stepsOf = (expression: string): ByName[] =>
  environment.compile(expression).segments.map(({ selectors }) => ({
    list: new NameList(selectors.flatMap((one) => (one instanceof NameSelector ? [one.name] : []))),
    isAny: selectors.some((one) => one instanceof WildcardSelector),
    isElement: selectors.some((one) => !(one instanceof NameSelector)),
  }));

/** Where such selectors are that wait for their next step, and those that begin wherever one may be. */
export class Named {
  private readonly starts: readonly Place[];
  private readonly byFirst = new Map<string, Place[]>();
  private readonly endings: Endings;

  constructor(starts: readonly Place[]) {
    this.starts = starts.filter(({ steps }) => (steps[0] as ByName).isElement);
    for (const start of starts) {
      for (const name of (start.steps[0] as ByName).list.names) {
        const list = this.byFirst.get(name);
        if (list) list.push(start);
        else this.byFirst.set(name, [start]);
      }
    }
    this.endings = new Endings(this.byFirst.keys());
  }

  /** Behind a member that has all of these names. */
  member(places: readonly Place[], names: readonly string[]): Place[] {
    const all = names.flatMap((name) => [name, ...this.endings.of(name)]);
    const begun = [...new Set(all.flatMap((name) => this.byFirst.get(name) ?? []))];
    const isOne = ({ isAny, list }: ByName) => isAny || names.some((name) => list.takes(name));
    return behind([...places, ...new Set([...begun, ...this.starts])], isOne);
  }

  /** Behind an element of a list. */
  element(places: readonly Place[]): Place[] {
    return behind([...places, ...this.starts], ({ isElement }) => isElement);
  }

  /** Behind each member that there may be. */
  any(places: readonly Place[]): Place[] {
    const starts = new Set([...this.starts, ...[...this.byFirst.values()].flat()]);
    return behind([...places, ...starts], ({ isAny, list }) => isAny || list.names.size > 0);
  }
}

const behind = (places: readonly Place[], isOne: (step: ByName) => boolean): Place[] =>
  places.flatMap((place) => {
    const step = place.steps[place.step];
    return isByName(step) && isOne(step) ? [{ ...place, step: place.step + 1 }] : [];
  });
