// Names of fields that are paths, as frameworks nest them: card[number], items[0][note], user.email, tags[], card['number']
// (Spring), form-0-email (Django), user[born(1i)] (Rails), pay:card (JSF), ctl00$card (ASP.NET), /card/number (JSON Pointer). They
// are looked up step by step in an automaton, as the members of a document would be.
// Invariants: a step is what stands between signs that part, or is an index between hyphens; empty ones are none. A rule on a
// step acts on all fields below it, as it would on an object; `pass` exempts the field of its own name alone.

import { memberState, stateAt } from "../policy/cursor";
import { ACTION_PASS, HEADER_RULES, NO_RULE, SIZE_RULE, STATE_DETECTS } from "../policy/format.gen";
import { beforePosition } from "./readings";

/** Of the name that `followPath` was asked for: the first rule on one of its steps, and the rules that detect in it. */
export let pathRule: u32 = 0;
export let pathDetects: u64 = 0;

const HYPHEN: u8 = 0x2d;

@inline
function parts(byte: u32): bool {
  return byte == 0x5b || byte == 0x5d || byte == 0x2e || byte == 0x3a || byte == 0x24 || byte == 0x2f;
}

/** Where the index between two hyphens ends, the first of which stands at `at`; 0 where none does. */
function indexEnd(at: usize, end: usize): usize {
  if (load<u8>(at) != HYPHEN) return 0;
  let p = at + 1;
  while (p < end && <u32>load<u8>(p) - 0x30 < 10) p++;
  return p > at + 1 && p < end && load<u8>(p) == HYPHEN ? p : 0;
}

/** Where the step at `at` ends. */
function stepEnd(at: usize, end: usize, isIndex: bool): usize {
  if (isIndex) return indexEnd(at - 1, end);
  while (at < end && !parts(<u32>load<u8>(at)) && indexEnd(at, end) == 0) at++;
  return at;
}

/** Whether the name is a path; one that nothing parts is a plain name. */
export function isPath(at: usize, length: u32): bool {
  return stepEnd(at, at + length, false) != at + length;
}

@inline
function isQuote(byte: u32): bool {
  return byte == 0x22 || byte == 0x27;
}

/** The same for a name of letters, digits and underscores, which is one step. */
export function followName(policy: usize, root: u32, at: usize, length: u32): void {
  const record = stateAt(policy, memberState(policy, stateAt(policy, root), at, length));
  pathRule = <u32>load<u16>(record);
  pathDetects = load<u64>(record, STATE_DETECTS);
}

/** Looks a path up from a state of the automaton on. */
export function followPath(policy: usize, root: u32, at: usize, length: u32): void {
  const rules = policy + load<u32>(policy, HEADER_RULES);
  const end = at + length;
  let state = root;
  pathRule = NO_RULE;
  pathDetects = 0;
  let passing: u32 = NO_RULE;
  let isIndex = false;
  while (at < end) {
    const stop = stepEnd(at, end, isIndex);
    if (stop != at) {
      const isQuoted = stop - at > 2 && isQuote(<u32>load<u8>(at)) && load<u8>(at) == load<u8>(stop - 1);
      const from = isQuoted ? at + 1 : at;
      const to = isQuoted ? stop - 1 : beforePosition(at, stop);
      state = memberState(policy, stateAt(policy, state), from, <u32>(to - from));
      const record = stateAt(policy, state);
      const own = <u32>load<u16>(record);
      const isPass = own != NO_RULE && <u32>load<u8>(rules + own * SIZE_RULE) == ACTION_PASS;
      passing = isPass ? own : NO_RULE;
      if (!isPass) pathRule = min<u32>(pathRule, own);
      pathDetects |= load<u64>(record, STATE_DETECTS);
    }
    isIndex = stop < end && indexEnd(stop, end) != 0;
    at = stop + 1;
  }
  pathRule = min<u32>(pathRule, passing);
}
