// The messages of a gRPC call, each behind a flag and its length ("gRPC over HTTP2", Length-Prefixed-Message).
// Invariants: resumable at any byte; a message waits whole, up to the greater of limits.value and limits.hold, so that
// nothing of it leaves before all of it is known; a compressed message is decoded, and goes on as it is with flag 0; nothing
// stands behind the trailers of gRPC-Web. Where nothing acts in messages, they pass as they came.

import { beginFrame, endFrame, framed } from "../framing/output";
import { beginHeld, endHeld, holdFrom, isBroken, join, joinedAt, joinedLength, leaveOut, letGo } from "../framing/held";
import { GRPC_FRAME, INTERNAL, LIMIT_VALUE } from "../policy/outcomes.gen";
import { decodeMessage, plain } from "./compressed";
import { rewriteMessage } from "./message";
import { edited, out } from "./output";
import { FRAME, ProtoState } from "./state";
import { isRewritten, lines, rewriteTrailers } from "./trailers";

/** Flags: the message is compressed; it is the trailers of gRPC-Web. */
const COMPRESSED: u32 = 1;
const TRAILERS: u32 = 0x80;

/** Decides on the message held up to `p`. Returns an outcome. */
function dispatch(s: ProtoState, p: usize): u32 {
  join(s, p);
  if (s.heldFailed) return INTERNAL;
  // Only the trailers are looked at.
  if (s.root == 0 && !s.isTrailers) {
    letGo(s, 0);
    return 0;
  }
  let at = joinedAt + FRAME;
  let length = joinedLength - FRAME;
  if (s.isCompressed) {
    const fault = decodeMessage(s, at, length);
    if (fault) return fault;
    at = plain.at;
    length = plain.length;
  }
  const outcome = s.isTrailers ? rewriteTrailers(s, at, at + length) : rewriteMessage(s, at, at + length);
  if (outcome) return outcome;
  const isChanged = s.isTrailers ? isRewritten : edited;
  if (!isChanged && !s.isCompressed) {
    letGo(s, 0);
    return 0;
  }
  leaveOut(s, p);
  const flag: u32 = s.isTrailers ? TRAILERS : 0;
  if (!isChanged) put(flag, at, length);
  else if (s.isTrailers) put(flag, lines.at, lines.length);
  else put(flag, out.at, out.length);
  return 0;
}

/** Puts out a message behind its flag and its length. */
function put(flag: u32, at: usize, length: u32): void {
  framed.byte(flag);
  for (let shift = 24; shift >= 0; shift -= 8) framed.byte((length >> shift) & 0xff);
  framed.append(at, length);
}

/** Reads a byte of the frame header. Returns an outcome. */
function readHeader(s: ProtoState, byte: u32): u32 {
  if (s.seen == 0) {
    const kind = byte & ~COMPRESSED;
    if (s.ended || !(kind == 0 || (kind == TRAILERS && s.isWeb))) return GRPC_FRAME;
    s.isCompressed = (byte & COMPRESSED) != 0;
    s.isTrailers = kind == TRAILERS;
    s.ended = s.isTrailers;
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
