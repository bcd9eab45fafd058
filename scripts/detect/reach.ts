// How long a match can be that a state of the automaton still leads to. Detectors in one automaton keep each other's walks
// alive: without this bound, a row of digits and dots would be read from each of them up to the longest match of all.

import type { Automaton } from "./automaton.ts";

/** For each state the greatest of `longest` (a length for each detector) among the detectors that are accepted from there on. */
export function reachOf({ transitions, classCount, accepts }: Automaton, longest: readonly number[]): Uint16Array {
  const reach = Uint16Array.from(accepts, (list) => Math.max(0, ...list.map((detector) => longest[detector]!)));
  const targets = accepts.map((_, state) => [
    ...new Set(transitions.subarray(state * classCount, (state + 1) * classCount)),
  ]);
  // States lead to later ones more often than not, so that few rounds are enough.
  for (let isSettled = false; !isSettled; ) {
    isSettled = true;
    for (let state = accepts.length - 1; state > 0; state--) {
      let most = reach[state]!;
      for (const target of targets[state]!) most = Math.max(most, reach[target]!);
      if (most === reach[state]) continue;
      reach[state] = most;
      isSettled = false;
    }
  }
  return reach;
}
