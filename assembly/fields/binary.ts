// Binary headers of gRPC, whose names end in -bin: base64 of bytes, most often of a protobuf message. The details of a status
// (grpc-status-details-bin) say all that grpc-message says, and more.
// Invariants: what they spell is looked into as it stands, and in each field on its own, since a length in front of a text may
// look like a part of it; a header in which a rule finds something goes as a whole, since nobody knows its type.

import { firstOf } from "../action/detect";
import { decodeBase64, sextet } from "../bytes/encoding";
import { Buffer, newBuffer } from "../bytes/buffer";
import { spells } from "../bytes/text";
import { ACTION_REVEAL, NO_RULE, SIZE_RULE } from "../policy/format.gen";
import { WIRE_LENGTH, fieldWire, readField, valueAt, valueEnd } from "../protobuf/wire";
import { FieldScope } from "./scope";
import { BROKEN, DROP, KEEP, REPLACE } from "./value";

/** Messages in messages that are looked into. */
const DEPTH: u32 = 8;

const digits: Buffer = newBuffer();
const bytes: Buffer = newBuffer();
const text: Buffer = newBuffer();

export function isBinary(name: usize, length: u32): bool {
  return length > 4 && spells(name + length - 4, 4, "-bin");
}

/** The rules of the set that hide what they find: a token in there stays one. */
function hiding(scope: FieldScope, detects: u64): u64 {
  let found: u64 = 0;
  for (let rest = detects; rest != 0; rest &= rest - 1) {
    const rule = firstOf(scope.policy, rest);
    if (<u32>load<u8>(scope.rules + rule * SIZE_RULE) != ACTION_REVEAL) found |= rest & (0 - rest);
  }
  return found;
}

/** What the rules find in [at, end), and in the fields of the message that it may be. */
function search(scope: FieldScope, detects: u64, at: usize, end: usize, depth: u32): u32 {
  if (at == end) return KEEP;
  const fate = scope.judge(NO_RULE, detects, at, <u32>(end - at), text);
  if (fate != KEEP) return fate == REPLACE ? DROP : fate;
  if (depth == 0) return KEEP;
  for (let p = at; p < end && readField(p, end); ) {
    p = valueEnd;
    const inner = fieldWire == WIRE_LENGTH ? search(scope, detects, valueAt, p, depth - 1) : KEEP;
    if (inner != KEEP) return inner;
  }
  return KEEP;
}

/** What rules that detect make of the value: KEEP where they find nothing, else DROP, REFUSE or BROKEN. */
export function binaryOf(scope: FieldScope, detects: u64, at: usize, length: u32): u32 {
  const set = hiding(scope, detects);
  const end = at + length;
  while (set != 0 && at < end) {
    let stop = at;
    while (stop < end && load<u8>(stop) != 0x2c) stop++;
    while (at < stop && load<u8>(at) == 0x20) at++;
    let last = stop;
    while (last > at && load<u8>(last - 1) == 0x20) last--;
    // Whatever can be read of it counts, as for receivers that are not strict: some leave out what is no digit.
    digits.clear();
    for (; at < last; at++) {
      const byte = <u32>load<u8>(at);
      if (sextet(byte) >= 0) digits.byte(byte);
    }
    decodeBase64(digits.at, digits.length, bytes);
    if (digits.failed || bytes.failed) return BROKEN;
    const fate = search(scope, set, bytes.at, bytes.at + bytes.length, DEPTH);
    if (fate != KEEP) return fate;
    at = stop + 1;
  }
  return KEEP;
}
