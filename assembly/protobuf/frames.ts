// The messages of a gRPC call, each behind a flag and its length ("gRPC over HTTP2", Length-Prefixed-Message).
// Invariants: resumable at any byte; a message waits whole, up to the greater of limits.value and limits.hold, so that
// nothing of it leaves before all of it is known; a compressed message is decoded, and goes on as it is with flag 0.

import { beginFrame, endFrame, framed } from "../framing/output";
import { beginHeld, endHeld, holdFrom, isBroken, join, joinedAt, joinedLength, leaveOut, letGo } from "../framing/held";
import { GRPC_FRAME, INTERNAL, LIMIT_VALUE } from "../policy/outcomes.gen";
import { decodeMessage, plain } from "./compressed";
import { rewriteMessage } from "./message";
import { edited, out } from "./output";
import { FRAME, ProtoState } from "./state";

/** Decides on the message held up to `p`. Returns an outcome. */
function dispatch(s: ProtoState, p: usize): u32 {
  join(s, p);
  if (s.heldFailed) return INTERNAL;
  let at = joinedAt + FRAME;
  let length = joinedLength - FRAME;
  if (s.isCompressed) {
    const fault = decodeMessage(s, at, length);
    if (fault) return fault;
    at = plain.at;
    length = plain.length;
  }
  const outcome = rewriteMessage(s, at, at + length);
  if (outcome) return outcome;
  if (!edited && !s.isCompressed) {
    letGo(s, 0);
    return 0;
  }
  leaveOut(s, p);
  if (edited) put(out.at, out.length);
  else put(at, length);
  return 0;
}

/** Puts out a message behind its flag and its length. */
function put(at: usize, length: u32): void {
  framed.byte(0);
  for (let shift = 24; shift >= 0; shift -= 8) framed.byte((length >> shift) & 0xff);
  framed.append(at, length);
}

/** Reads a byte of the frame header. Returns an outcome. */
function readHeader(s: ProtoState, byte: u32): u32 {
  if (s.seen == 0) {
    if (byte > 1) return GRPC_FRAME;
    s.isCompressed = byte == 1;
    s.size = 0;
  } else {
    s.size = (s.size << 8) | byte;
  }
  s.seen++;
  if (s.seen < FRAME) return 0;
  s.left = s.size;
  return s.size > s.messageLimit ? LIMIT_VALUE : 0;
}

/** Rewrites the next chunk; an outcome. */
export function rewriteFrames(s: ProtoState, at: usize, length: u32, last: bool): u32 {
  const end = at + length;
  let p = at;
  beginFrame(at);
  beginHeld(s, at);
  while (p < end) {
    if (s.seen < FRAME) {
      const fault = readHeader(s, <u32>load<u8>(p++));
      if (fault) return fault;
      if (s.seen < FRAME) continue;
    }
    const step = min<u32>(<u32>(end - p), s.left);
    p += step;
    s.left -= step;
    if (s.left) break;
    const outcome = dispatch(s, p);
    if (outcome) return outcome;
    s.seen = 0;
    holdFrom(s, p);
  }
  if (last) {
    if (s.seen) return GRPC_FRAME;
    s.holding = false;
  }
  endHeld(s, end);
  endFrame(end);
  return isBroken(s) ? INTERNAL : 0;
}
