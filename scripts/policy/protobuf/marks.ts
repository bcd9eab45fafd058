// What is known of message states when all of them are there: in which a rule can select something, which must be there all the
// same, and which fields may come only once.

import type { Member, MessageState } from "./graph.ts";
import type { Keys } from "./names.ts";

/** Tells for each state whether a rule can select something in it. What a text that begins as JSON spells is not in it. */
export function markLive(states: readonly MessageState[]): void {
  const acts = ({ rule, detects, text, isSoft }: Member) =>
    rule !== undefined || detects.length > 0 || (text !== undefined && !isSoft);
  const isKeyed = (keys: Keys | undefined) => keys !== undefined && keys.anywhere.length + keys.here.length > 0;
  const selects = ({ keys, pairs, members }: MessageState) =>
    isKeyed(keys) || pairs !== undefined || members.some(acts);
  for (const at of reaching(states, selects)) {
    states[at]!.live = true;
  }
  for (const at of reaching(states, ({ members }) => members.some(({ isSoft }) => isSoft))) states[at]!.keeps = true;
}

/**
 * Keeps all that stands in the messages of these states, if something acts in those: a receiver that reads on behind the end of a
 * message in which nothing acts would find other fields in what follows.
 */
export function keepBelow(states: readonly MessageState[], roots: readonly number[]): void {
  const reached = new Set(roots.filter((root) => states[root]?.live || states[root]?.keeps));
  // A set grows while it is walked, and the walk goes on over what is new.
  for (const at of reached) {
    if (at !== 0) states[at]!.keeps = true;
    for (const target of all(states[at]!)) reached.add(target);
  }
}

const heldByKeys = ({ keys }: MessageState) => (keys ? [...keys.messages.keys()] : []);

const singular = (state: MessageState) => [
  ...state.members.filter(({ field }) => !field.isRepeated).map(({ target }) => target),
  ...heldByKeys(state),
];

/**
 * Tells for each field whether two in one message, which receivers merge, could mix the type of an Any, or the name that a pair
 * tells, with another value.
 */
export function markOnce(states: readonly MessageState[]): void {
  const merged = reaching(states, ({ isAny, pairs }) => isAny || pairs !== undefined, singular);
  for (const { members } of states) {
    for (const member of members) member.once = !member.field.isRepeated && merged.has(member.target);
  }
}

const all = (state: MessageState) => [
  ...state.members.map(({ target }) => target),
  ...state.types.values(),
  ...heldByKeys(state),
];

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
