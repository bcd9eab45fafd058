// Hopcroft's partition refinement, over a partial automaton: what leads to the dead state splits nothing.
// Invariant: the result accepts the same texts with the same patterns, and no two of its states are equivalent.

import type { Automaton } from "./automaton.ts";

export function minimize(automaton: Automaton): Automaton {
  const { classCount, transitions, accepts } = automaton;
  const states = accepts.length;
  const { block, count } = partition(automaton, states, inverse(transitions, states, classCount));

  // Numbers of the blocks: dead first, accepting ones last, otherwise in the order of their first state.
  const blockAccepts: (readonly number[])[] = new Array(count);
  for (let state = states - 1; state >= 0; state--) blockAccepts[block[state]!] = accepts[state]!;
  const order: number[] = [];
  const noted = new Uint8Array(count);
  for (const accepting of [false, true]) {
    for (let state = 0; state < states; state++) {
      const own = block[state]!;
      if (noted[own] || blockAccepts[own]!.length > 0 !== accepting) continue;
      noted[own] = 1;
      order.push(own);
    }
  }
  const number = new Uint16Array(count);
  order.forEach((own, index) => {
    number[own] = index;
  });
  const merged = new Uint16Array(count * classCount);
  for (let state = 0; state < states; state++) {
    const row = number[block[state]!]! * classCount;
    for (let member = 0; member < classCount; member++) {
      merged[row + member] = number[block[transitions[state * classCount + member]!]!]!;
    }
  }
  return {
    ...automaton,
    transitions: merged,
    entries: automaton.entries.map((state) => number[block[state]!]!),
    accepts: order.map((own) => blockAccepts[own]!),
  };
}

/** For each class and target the states that lead there: `sources[starts[class * states + target] ...]`. */
function inverse(transitions: Uint16Array, states: number, classCount: number) {
  const starts = new Uint32Array(states * classCount + 1);
  const each = (visit: (slot: number, state: number) => void) => {
    for (let state = 1; state < states; state++) {
      for (let member = 0; member < classCount; member++) {
        const target = transitions[state * classCount + member]!;
        if (target !== 0) visit(member * states + target, state);
      }
    }
  };
  each((slot) => {
    starts[slot + 1]!++;
  });
  for (let slot = 0; slot < states * classCount; slot++) starts[slot + 1]! += starts[slot]!;
  const sources = new Uint32Array(starts[states * classCount]!);
  const filled = starts.slice();
  each((slot, state) => {
    sources[filled[slot]!++] = state;
  });
  return { starts, sources };
}

function partition(automaton: Automaton, states: number, { starts, sources }: ReturnType<typeof inverse>) {
  // The states of a block stand side by side in `elements`, from `first` to `end`; the first `marked` of them are hit.
  const elements = new Uint32Array(states);
  const place = new Uint32Array(states);
  const block = new Uint32Array(states);
  const first: number[] = [];
  const end: number[] = [];
  const marked: number[] = [];
  const groups = new Map<string, number[]>();
  automaton.accepts.forEach((patterns, state) => {
    const key = state === 0 ? "dead" : patterns.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [state]);
    else group.push(state);
  });
  const waiting: number[] = [];
  const isWaiting: boolean[] = [];
  let filled = 0;
  for (const [key, group] of groups) {
    const own = first.push(filled) - 1;
    for (const state of group) {
      elements[filled] = state;
      place[state] = filled++;
      block[state] = own;
    }
    end.push(filled);
    marked.push(0);
    isWaiting.push(key !== "dead");
    if (key !== "dead") waiting.push(own);
  }

  const hit: number[] = [];
  const mark = (state: number): void => {
    const own = block[state]!;
    const at = place[state]!;
    const border = first[own]! + marked[own]!;
    if (at < border) return;
    const other = elements[border]!;
    elements[at] = other;
    place[other] = at;
    elements[border] = state;
    place[state] = border;
    if (marked[own]!++ === 0) hit.push(own);
  };
  const split = (own: number): void => {
    const border = first[own]! + marked[own]!;
    marked[own] = 0;
    if (border === end[own]) return;
    // The smaller part becomes the new block.
    const isHead = border - first[own]! <= end[own]! - border;
    const fresh = first.push(isHead ? first[own]! : border) - 1;
    end.push(isHead ? border : end[own]!);
    marked.push(0);
    if (isHead) first[own] = border;
    else end[own] = border;
    for (let at = first[fresh]!; at < end[fresh]!; at++) block[elements[at]!] = fresh;
    isWaiting.push(true);
    waiting.push(fresh);
  };

  while (waiting.length > 0) {
    const splitter = waiting.pop()!;
    isWaiting[splitter] = false;
    const members = elements.slice(first[splitter], end[splitter]);
    for (let member = 0; member < automaton.classCount; member++) {
      for (const state of members) {
        const slot = member * states + state;
        for (let at = starts[slot]!; at < starts[slot + 1]!; at++) mark(sources[at]!);
      }
      for (const own of hit) split(own);
      hit.length = 0;
    }
  }
  return { block, count: first.length };
}
