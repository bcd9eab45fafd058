// How far the selectors of a policy have come in a message: places before a step, or behind the last one.
// Invariant: places of which all that is ahead is alike are one, so that a policy with a thousand names has few of them, and
// message states do not multiply by the selectors that say the same.

import { finding, type LeavesNothing } from "../acting.ts";
import type { Query } from "../jsonpath/ast.ts";
import type { ResolvedSelector } from "../location.ts";
import type { Direction, ResolvedRule } from "../resolve.ts";
import type { ProtoPath, Step } from "./path.ts";

export interface Place {
  /** Of another place another one. */
  readonly id: number;
  /** The step that is ahead, and the place behind it; undefined behind the last step. */
  readonly ahead: { readonly step: Step; readonly next: Place } | undefined;
  readonly end: End;
}

export interface End {
  readonly rule: number;
  /** A selector of protobuf alone: others find the same in JSON. */
  readonly isTyped: boolean;
  /** What it selects in the texts there, instead of them. */
  readonly query: Query | undefined;
}

/** Where a selector begins. */
export interface Start {
  readonly location: string;
  readonly scope: string;
  readonly place: Place;
}

export type NamesStep = Step & { kind: "names" };

/** The step that is ahead, where it takes members by their names alone. */
export const namesAhead = ({ ahead }: Place): NamesStep | undefined =>
  ahead?.step.kind === "names" ? ahead.step : undefined;

/** Locations that nothing but protobuf has. */
const typed: ReadonlySet<string> = new Set(["grpc", "proto"]);

const below: Step[] = [
  { kind: "deep", at: 0 },
  { kind: "any", at: 0 },
];
const belowNamed: Step[] = [
  { kind: "deep", at: 0 },
  { kind: "any", isHeld: true, at: 0 },
];

/** A rule that detects looks into every scalar in what it selects, so that nothing has to be remembered on the way down. */
function pathsOf({ location, path, query }: ResolvedSelector, detects: boolean): ProtoPath[] {
  if (location === "any") return [{ scope: "*", steps: below }];
  if (path === undefined) return [];
  const inside = location === "proto-name" ? belowNamed : below;
  return detects && query === undefined ? [path, { ...path, steps: [...path.steps, ...inside] }] : [path];
}

/** Where the selectors of a direction begin, each place once. */
export function startsOf(rules: readonly ResolvedRule[], direction: Direction): Start[] {
  const places = new Map<string, Place>();
  const placeOf = (key: string, ahead: Place["ahead"], end: End): Place => {
    const known = places.get(key) ?? { id: places.size, ahead, end };
    places.set(key, known);
    return known;
  };
  const starts = new Map<string, Start>();
  rules.forEach(({ directions, selectors, detect }, rule) => {
    if (!directions.includes(direction)) return;
    for (const selector of selectors) {
      const { location } = selector;
      for (const { scope, steps } of pathsOf(selector, detect !== undefined)) {
        const query = location === "any" ? undefined : selector.query;
        const end = { rule, isTyped: typed.has(location), query };
        const last = placeOf(`${rule} ${end.isTyped} ${JSON.stringify(query)}`, undefined, end);
        const place = steps.reduceRight(
          (next, step) => placeOf(`${keyOf(step)} ${next.id}`, { step, next }, end),
          last,
        );
        starts.set(`${location} ${scope} ${place.id}`, { location, scope, place });
      }
    }
  });
  return [...starts.values()];
}

/** Without the places from which a rule looks at the same as an earlier one that leaves it nothing: each would double the states. */
export const withoutIdle = (places: readonly Place[], leavesNothing: LeavesNothing): Place[] =>
  finding(places, (first, later) => leavesNothing(first.end.rule, later.end.rule) && wayOf(first) === wayOf(later));

/** All that is ahead, and what it is that the selector selects there. */
function wayOf({ ahead, end }: Place): string {
  if (ahead === undefined) return `${end.isTyped} ${JSON.stringify(end.query)}`;
  return `${keyOf(ahead.step)} ${wayOf(ahead.next)}`;
}

/** What a step takes, wherever it stands in its selector. */
const keyOf = ({ at: _, ...step }: Step): string => JSON.stringify(step);
