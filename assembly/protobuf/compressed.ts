// A compressed gRPC message ("gRPC over HTTP2", Compressed-Flag and Message-Encoding), decoded once all of it is there.
// Invariants: what comes out is bounded by the longest message, by what compressed bodies may become and by limits.body,
// each counted over the whole call; the decoder is given back before the message is looked at.

import { Buffer, newBuffer } from "../bytes/buffer";
import { OVERREAD } from "../bytes/scan";
import { Inflater, closeInflater, inflate, mostOut, openInflater } from "../compression/inflate";
import { HEADER_LIMIT_BODY } from "../policy/format.gen";
import { COMPRESSED_RATIO, GRPC_COMPRESSED, INTERNAL, LIMIT_BODY, LIMIT_VALUE } from "../policy/outcomes.gen";
import { ProtoState } from "./state";

/** The message that was decoded last. */
export const plain: Buffer = newBuffer();

/** Decodes the message [at, at + length) into `plain`. Returns an outcome. */
export function decodeMessage(s: ProtoState, at: usize, length: u32): u32 {
  plain.clear();
  if (s.coding == 0) return GRPC_COMPRESSED;
  // Nothing, which some senders flag all the same.
  if (length == 0) return plain.reserve(OVERREAD) ? 0 : INTERNAL;
  const inflater = openInflater(s.coding);
  if (inflater == 0) return INTERNAL;
  s.compressed += length;
  const most = mostOut(s.compressed, s.decoded);
  let outcome = inflate(changetype<Inflater>(inflater), at, length, true, min<u32>(most, s.messageLimit), plain);
  closeInflater(inflater);
  s.decoded += plain.length;
  // What stopped the decoder tells which of the two was the lesser; a last run may have passed it unseen.
  if (plain.length > s.messageLimit) outcome = LIMIT_VALUE;
  else if (outcome == 0 && plain.length > most) outcome = COMPRESSED_RATIO;
  if (outcome) return outcome;
  if (s.decoded > load<u64>(s.policy, HEADER_LIMIT_BODY)) return LIMIT_BODY;
  return plain.reserve(OVERREAD) ? 0 : INTERNAL;
}
