// The text form of gRPC-Web: its frames in base64, in one or several padded runs (PROTOCOL-WEB of gRPC, "Message framing").
// Invariants: resumable at any byte; base64 is strict (RFC 4648, section 4, no bits left over); since frames begin anywhere in
// four digits, what leaves is encoded anew, each frame a run of its own, so that its reader has all of it however the body was cut.

import { Buffer, newBuffer } from "../bytes/buffer";
import { sextet } from "../bytes/encoding";
import { OVERREAD } from "../bytes/scan";
import { changed, framed, putOut } from "../framing/output";
import { encode } from "../nested/base64";
import { GRPC_FRAME, INTERNAL } from "../policy/outcomes.gen";
import { rewriteFrames } from "./frames";
import { FRAME, ProtoState } from "./state";

const binary: Buffer = newBuffer();
const text: Buffer = newBuffer();

/** Appends to `binary` what the digits spell; what is left of four waits in the state. False when it is no base64. */
function decode(s: ProtoState, at: usize, length: u32): bool {
  for (let p = at; p < at + length; p++) {
    const byte = <u32>load<u8>(p);
    const isPadding = byte == 0x3d;
    // The digits of base64url stand for the same.
    const digit = byte == 0x2d || byte == 0x5f ? -1 : isPadding ? 0 : sextet(byte);
    if (digit < 0 || (isPadding && s.digits < 2) || (!isPadding && s.padding != 0)) return false;
    s.bits = (s.bits << 6) | <u32>digit;
    s.digits++;
    if (isPadding) s.padding++;
    if (s.digits < 4) continue;
    if (s.bits & ((1 << (s.padding << 3)) - 1)) return false;
    for (let shift = 16; shift >= <i32>(s.padding << 3); shift -= 8) binary.byte((s.bits >> shift) & 0xff);
    s.bits = 0;
    s.digits = 0;
    s.padding = 0;
  }
  return true;
}

/** Appends to `text` what leaves, which is whole frames. */
function encodeFrames(at: usize, length: u32): void {
  for (let left = length; left >= FRAME; ) {
    const size = min<u32>(left, FRAME + bswap<u32>(load<u32>(at, 1)));
    encode(at, size, false, true, text);
    at += size;
    left -= size;
  }
}

/** Rewrites the next chunk; an outcome. */
export function rewriteTextFrames(s: ProtoState, at: usize, length: u32, last: bool): u32 {
  binary.clear();
  if (!decode(s, at, length) || (last && s.digits != 0)) return GRPC_FRAME;
  if (!binary.reserve(OVERREAD)) return INTERNAL;
  const outcome = rewriteFrames(s, binary.at, binary.length, last);
  if (outcome) return outcome;
  text.clear();
  if (changed) encodeFrames(framed.at, framed.length);
  else encodeFrames(binary.at, binary.length);
  if (text.failed) return INTERNAL;
  putOut(text.at, text.length);
  return framed.failed ? INTERNAL : 0;
}
