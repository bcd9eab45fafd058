// Query parameters of a request target (WHATWG URL, application/x-www-form-urlencoded).
// Invariants: names and values are judged decoded, as receivers read them, each value by the name that it came with;
// whatever stays is copied as it is, also around a find; a stripped parameter goes with its separator, the last one with
// the question mark; a semicolon, which some receivers take for a separator, never hides a parameter from its rule.

import { Buffer, newBuffer } from "../bytes/buffer";
import { LOCATION_QUERY, LOCATION_QUERY_TEXT, NO_RULE } from "../policy/format.gen";
import { isPlain } from "../nested/open";
import { fieldDetects, fieldRule, fieldState, textState } from "./match";
import { decodePercent } from "./percent";
import { FieldScope } from "./scope";
import { BROKEN, DROP, KEEP, REFUSE, REPLACE, SPLIT } from "./value";

const name: Buffer = newBuffer();
const renamed: Buffer = newBuffer();
const hidden: Buffer = newBuffer();
const value: Buffer = newBuffer();
const text: Buffer = newBuffer();

/**
 * Whether a raw semicolon in [at, end) begins, for some receivers, a parameter with a value that a rule acts on, and into
 * which not all the rules look that it names, or a name in which one of them finds something; `searching` are those that
 * look into all of it.
 */
function hidesParameter(scope: FieldScope, at: usize, end: usize, searching: u64): bool {
  // Netty leaves out an equals sign in front of a name.
  let isFirst = true;
  for (; at < end; at++, isFirst = false) {
    if (load<u8>(at) != 0x3b && !(isFirst && load<u8>(at) == 0x3d)) continue;
    let stop = at + 1;
    while (stop < end && load<u8>(stop) != 0x3b && load<u8>(stop) != 0x3d) stop++;
    hidden.clear();
    decodePercent(at + 1, <u32>(stop - at - 1), hidden);
    if ((scope.any & ~searching) != 0 && scope.judgeName(hidden.at, hidden.length, renamed) != KEEP) return true;
    if (stop == end || load<u8>(stop) == 0x3b) continue;
    const rule = fieldRule(scope.policy, scope.table, LOCATION_QUERY, hidden.at, hidden.length);
    if (scope.acts(rule) || (fieldDetects & ~searching) != 0) return true;
    const state = fieldState(scope.policy, scope.table, LOCATION_QUERY_TEXT, hidden.at, hidden.length);
    if (state == 0) continue;
    let last = stop + 1;
    while (last < end && load<u8>(last) != 0x3b) last++;
    hidden.clear();
    decodePercent(stop + 1, <u32>(last - stop - 1), hidden);
    if (hidden.failed || !isPlain(scope.policy, state, rule, hidden.at, hidden.length)) return true;
  }
  return false;
}

function judge(scope: FieldScope, at: usize, end: usize, out: Buffer): u32 {
  let equals = at;
  while (equals < end && load<u8>(equals) != 0x3d) equals++;
  name.clear();
  decodePercent(at, <u32>(equals - at), name);
  const from = equals < end ? equals + 1 : end;
  value.clear();
  decodePercent(from, <u32>(end - from), value);
  if (name.failed || value.failed) return BROKEN;
  const named = fieldRule(scope.policy, scope.table, LOCATION_QUERY, name.at, name.length);
  const rule = named == NO_RULE ? scope.unmatched : named;
  const detects = fieldDetects;
  const state = textState(scope.policy, scope.table, LOCATION_QUERY_TEXT, rule, name.at, name.length);
  const isWhole = scope.acts(rule) && detects == 0 && state == 0;
  if (!isWhole && hidesParameter(scope, at, end, detects)) return SPLIT;
  const fate = scope.judgeIn(state, rule, detects, value.at, value.length, text, from, end);
  if (fate != KEEP && fate != REPLACE) return fate;
  const isSpelled = scope.isSpelled;
  const nameFate = scope.judgeName(name.at, name.length, renamed, false, at, equals);
  if (nameFate != KEEP && nameFate != REPLACE) return nameFate;
  if (nameFate == KEEP) out.append(at, <u32>(equals - at));
  else scope.putEncoded(renamed, out);
  out.append(equals, <u32>(from - equals));
  scope.isSpelled = isSpelled;
  if (fate == KEEP) out.append(from, <u32>(end - from));
  else scope.putEncoded(text, out);
  return fate == KEEP ? nameFate : REPLACE;
}

/** The value of :path. REPLACE leaves the new one in `out`; SPLIT says that the request must not go on. */
export function queryOf(scope: FieldScope, at: usize, length: u32, out: Buffer): u32 {
  const end = at + length;
  let mark = at;
  while (mark < end && load<u8>(mark) != 0x3f) mark++;
  if (mark == end) return KEEP;
  out.append(at, <u32>(mark - at));
  let from = mark + 1;
  let changed = false;
  let kept = false;
  while (from <= end) {
    let stop = from;
    while (stop < end && load<u8>(stop) != 0x26) stop++;
    if (stop == from) {
      // An empty parameter is no value: it stays, as part of the separators.
      if (stop < end || kept) {
        out.byte(kept ? 0x26 : 0x3f);
        kept = true;
      }
      from = stop + 1;
      continue;
    }
    const before = out.length;
    out.byte(kept ? 0x26 : 0x3f);
    const fate = judge(scope, from, stop, out);
    if (fate == REFUSE || fate == BROKEN || fate == SPLIT) return fate;
    if (fate == DROP) out.length = before;
    else kept = true;
    if (fate != KEEP) changed = true;
    from = stop + 1;
  }
  if (out.failed) return BROKEN;
  return changed ? REPLACE : KEEP;
}
