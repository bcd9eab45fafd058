// The trailers of a gRPC-Web body: the last frame, with the flag 0x80, whose message is lines of name, colon and value
// (PROTOCOL-WEB of gRPC, "Protocol differences vs gRPC over HTTP2").
// Invariants: each is judged as the header that it is; bytes that a receiver could take for another end of a line are
// refused; a line without an edit keeps its spelling.

import { Buffer, newBuffer } from "../bytes/buffer";
import { lower } from "../bytes/text";
import { headerOf } from "../fields/header";
import { encodeHeader } from "../fields/percent";
import { BROKEN, DROP, KEEP, REFUSE, SPLIT } from "../fields/value";
import { FORM_SEPARATOR, GRPC_FRAME, INTERNAL, RULE_BLOCK, UNMATCHED_BLOCK } from "../policy/outcomes.gen";
import { ProtoState } from "./state";

/** What the trailers have become. */
export const lines: Buffer = newBuffer();
/** They are not as they came. */
export let isRewritten: bool = false;

const name: Buffer = newBuffer();
const value: Buffer = newBuffer();

const CR: u32 = 0x0d;
const LF: u32 = 0x0a;

/** The end of the line that begins at `p`, in front of its CR LF; 0 where it holds what no line may. */
function lineEnd(p: usize, end: usize): usize {
  for (; p < end; p++) {
    const byte = <u32>load<u8>(p);
    if (byte == CR) return p + 1 < end && <u32>load<u8>(p + 1) == LF ? p : 0;
    if ((byte < 0x20 && byte != 0x09) || byte == 0x7f) return 0;
  }
  return end;
}

@inline
function isBlank(at: usize): bool {
  const byte = <u32>load<u8>(at);
  return byte == 0x20 || byte == 0x09;
}

/** Reads a name in front of a colon; the address behind the colon, or 0. */
function readName(p: usize, end: usize): usize {
  name.clear();
  for (; p < end; p++) {
    const byte = <u32>load<u8>(p);
    if (byte == 0x3a) return name.length ? p + 1 : 0;
    if (byte <= 0x20 || byte > 0x7e) return 0;
    name.byte(lower(byte));
  }
  return 0;
}

/** Judges the trailers [at, end): `lines` has them when they were rewritten. Returns an outcome. */
export function rewriteTrailers(s: ProtoState, at: usize, end: usize): u32 {
  lines.clear();
  isRewritten = false;
  let next = at;
  for (let p = at; p < end; p = next) {
    const stop = lineEnd(p, end);
    if (stop == 0) return GRPC_FRAME;
    next = min<usize>(stop + 2, end);
    let from = stop == p ? stop : readName(p, stop);
    if (from == 0) return GRPC_FRAME;
    let to = stop;
    while (from < to && isBlank(from)) from++;
    while (to > from && isBlank(to - 1)) to--;
    const fate = stop == p ? KEEP : headerOf(s, name.at, name.length, from, <u32>(to - from), value);
    if (fate == BROKEN) return INTERNAL;
    if (fate == SPLIT) return FORM_SEPARATOR;
    if (fate == REFUSE) return s.fault ? s.fault : s.rule == s.unmatched ? UNMATCHED_BLOCK : RULE_BLOCK;
    if (fate != KEEP) isRewritten = true;
    if (fate == DROP) continue;
    if (fate == KEEP) {
      lines.append(p, <u32>(next - p));
    } else {
      lines.append(p, <u32>(from - p));
      encodeHeader(value.at, value.length, lines);
      lines.append(to, <u32>(next - to));
    }
  }
  return lines.failed || name.failed || value.failed ? INTERNAL : 0;
}
