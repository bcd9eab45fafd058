// Query parameters of a request target (WHATWG URL, application/x-www-form-urlencoded).
// Invariants: names and values are judged decoded, as receivers read them; whatever stays is copied as it is; a stripped
// parameter goes with its separator, the last one with the question mark.

import { Buffer, newBuffer } from "../bytes/buffer";
import { LOCATION_QUERY, LOCATION_QUERY_TEXT, NO_RULE } from "../policy/format.gen";
import { fieldDetects, fieldRule, fieldState } from "./match";
import { decodePercent, encodePercent } from "./percent";
import { FieldScope } from "./scope";
import { BROKEN, DROP, KEEP, REFUSE, REPLACE } from "./value";

const name: Buffer = newBuffer();
const value: Buffer = newBuffer();
const text: Buffer = newBuffer();

function judge(scope: FieldScope, at: usize, end: usize, out: Buffer): u32 {
  let equals = at;
  while (equals < end && load<u8>(equals) != 0x3d) equals++;
  name.clear();
  decodePercent(at, <u32>(equals - at), name);
  const from = equals < end ? equals + 1 : end;
  value.clear();
  decodePercent(from, <u32>(end - from), value);
  if (name.failed || value.failed) return BROKEN;
  const rule = fieldRule(scope.policy, scope.table, LOCATION_QUERY, name.at, name.length);
  const state = fieldState(scope.policy, scope.table, LOCATION_QUERY_TEXT, name.at, name.length);
  const fate = scope.judgeIn(state, rule == NO_RULE ? scope.unmatched : rule, fieldDetects, value.at, value.length, text);
  if (fate == KEEP) {
    out.append(at, <u32>(end - at));
  } else if (fate == REPLACE) {
    out.append(at, <u32>(from - at));
    encodePercent(text.at, text.length, out);
  }
  return fate;
}

/** The value of :path. REPLACE leaves the new one in `out`. */
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
    if (fate == REFUSE || fate == BROKEN) return fate;
    if (fate == DROP) out.length = before;
    else kept = true;
    if (fate != KEEP) changed = true;
    from = stop + 1;
  }
  if (out.failed) return BROKEN;
  return changed ? REPLACE : KEEP;
}
