// Calls of the Connect protocol that stand elsewhere than in a body of protobuf, or come by a path that only some receivers take
// for one of a method.
// Invariant: a path is read as the laxest of receivers does, so that no spelling of it hides a call.

import { Buffer, newBuffer } from "../bytes/buffer";
import { spells } from "../bytes/text";
import { decodePercent, decodePercentOnly } from "../fields/percent";
import { methodOf } from "./tables";

const plain: Buffer = newBuffer();
const name: Buffer = newBuffer();
const value: Buffer = newBuffer();

const SLASH: u32 = 0x2f;

/** The end of the path in front of its query, or of a fragment, which has no place here. */
function pathEnd(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != 0x3f && load<u8>(at) != 0x23) at++;
  return at;
}

/** Takes the last segment off, and the slash in front of it. */
function dropSegment(): void {
  while (plain.length > 0 && load<u8>(plain.at + --plain.length) != SLASH) {}
}

/** Memory ran out: nobody knows what a receiver finds. */
export const UNTOLD: usize = usize.MAX_VALUE;

/**
 * The record of the method that a receiver may find behind the path, 0, or UNTOLD: escapes decoded, segments without their parameters,
 * slashes that are doubled or last taken out, dots followed, and whatever a router may take off in front.
 */
export function methodBehind(policy: usize, path: usize, length: u32): usize {
  const end = pathEnd(path, path + length);
  plain.clear();
  for (let p = path; p < end; ) {
    if (load<u8>(p) == SLASH) {
      p++;
      continue;
    }
    let stop = p;
    while (stop < end && load<u8>(stop) != SLASH) stop++;
    let last = p;
    while (last < stop && load<u8>(last) != 0x3b) last++;
    const from = plain.length;
    plain.byte(SLASH);
    decodePercentOnly(p, <u32>(last - p), plain);
    const size = plain.length - from - 1;
    const segment = plain.at + from + 1;
    if (spells(segment, size, "..")) {
      dropSegment();
      dropSegment();
    } else if (size == 0 || spells(segment, size, ".")) {
      dropSegment();
    }
    p = stop;
  }
  if (plain.failed) return UNTOLD;
  // The service and the method are the last two segments.
  let slashes = 0;
  let start = plain.length;
  while (start > 0 && slashes < 2) {
    if (load<u8>(plain.at + --start) == SLASH) slashes++;
  }
  return methodOf(policy, plain.at + start, plain.length - start);
}

/**
 * Whether the query of the target has a message in another form than JSON as it stands (Connect protocol,
 * "Unary-Get-Request"), in which no rule would find anything.
 */
export function hidesMessage(target: usize, length: u32): bool {
  const end = target + length;
  let p = pathEnd(target, end);
  let isCall = false;
  let isHidden = false;
  while (p < end) {
    const from = ++p;
    while (p < end && load<u8>(p) != 0x26 && load<u8>(p) != 0x3b) p++;
    let equals = from;
    while (equals < p && load<u8>(equals) != 0x3d) equals++;
    name.clear();
    value.clear();
    decodePercent(from, <u32>(equals - from), name);
    if (equals < p) decodePercent(equals + 1, <u32>(p - equals - 1), value);
    if (name.failed || value.failed) return true;
    if (spells(name.at, name.length, "encoding")) {
      isCall = true;
      if (!spells(value.at, value.length, "json")) isHidden = true;
    } else if (spells(name.at, name.length, "base64") || spells(name.at, name.length, "compression")) {
      isHidden = true;
    }
  }
  return isCall && isHidden;
}
