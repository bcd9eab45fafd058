// The reader of protobuf bodies: opened, fed, closed; and a body that is one message (application/x-protobuf).
// Invariant: a message waits whole, up to the greater of limits.value and limits.hold.

import { allocate, release } from "../bytes/pool";
import { FieldScope } from "../fields/scope";
import { beginHeld, endHeld, freeHeld, heldTo, isBroken, join, joinedAt, joinedLength, leaveOut, letGo } from "../framing/held";
import { beginFrame, endFrame, framed } from "../framing/output";
import { HEADER_LIMIT_DEPTH, HEADER_LIMIT_HOLD, NO_RULE } from "../policy/format.gen";
import { INTERNAL, LIMIT_VALUE } from "../policy/outcomes.gen";
import { rewriteMessage } from "./message";
import { edited, out } from "./output";
import { ProtoState } from "./state";

/** `isWeb`: the messages are those of gRPC-Web, which end in trailers. */
export function openProtobuf(scope: FieldScope, root: u32, isWeb: bool): usize {
  const at = allocate(offsetof<ProtoState>());
  if (at == 0) return 0;
  memory.fill(at, 0, offsetof<ProtoState>());
  memory.copy(at, changetype<usize>(scope), offsetof<FieldScope>());
  const s = changetype<ProtoState>(at);
  s.root = root;
  s.isWeb = isWeb;
  s.messageLimit = max<u32>(s.limit, load<u32>(s.policy, HEADER_LIMIT_HOLD));
  s.depthLimit = load<u32>(s.policy, HEADER_LIMIT_DEPTH);
  s.rule = NO_RULE;
  s.holding = true;
  return at;
}

export function closeProtobuf(s: ProtoState): void {
  freeHeld(s);
  release(changetype<usize>(s), offsetof<ProtoState>());
}

/** Rewrites the next chunk of a body that is one message; an outcome. */
export function rewriteWhole(s: ProtoState, at: usize, length: u32, last: bool): u32 {
  const end = at + length;
  beginFrame(at);
  beginHeld(s, at);
  if (heldTo(s, end) > <u64>s.messageLimit) return LIMIT_VALUE;
  if (last) {
    join(s, end);
    if (s.heldFailed) return INTERNAL;
    const outcome = rewriteMessage(s, joinedAt, joinedAt + joinedLength);
    if (outcome) return outcome;
    if (edited) {
      leaveOut(s, end);
      framed.append(out.at, out.length);
    } else {
      letGo(s, 0);
    }
  }
  endHeld(s, end);
  endFrame(end);
  return isBroken(s) ? INTERNAL : 0;
}
