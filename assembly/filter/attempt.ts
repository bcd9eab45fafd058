// What one attempt of a request leaves for the next. Envoy's router may try a request again, and the filter in the
// cluster's chain then runs anew: on the body as it came, but on the headers as the last attempt left them, without the
// proof of the session and with tokens in place of originals.
// It stands in the filter state of the request, which lives in the gateway and which no client can write: the CRC of the
// policy, how the body is coded, and what proved the session.
// Invariants: an attempt is never inactive after one that was active; the proof is judged again, clock included; what an
// attempt of another policy has left refuses the request, since nobody knows what its headers went through.

import * as host from "../abi/host";
import { returnedAt, returnedLength } from "../abi/memory";
import { ascii } from "../abi/text";
import { Buffer, newBuffer } from "../bytes/buffer";
import { HEADER_CRC } from "../policy/format.gen";
import { INTERNAL, SESSION_MISSING } from "../policy/outcomes.gen";
import { Session, proofOf } from "../session/cache";
import { Stream } from "./stream";

const ATTEMPT = "frostglass_attempt";
const TRAILERS = "frostglass_trailers";
const PROOF: u32 = 5;
/** In place of a coding: the body was emptied, and its content-length, which is 0 now, says nothing of it. */
export const EMPTIED: u32 = 0xff;

const path: Buffer = newBuffer();
const mark: Buffer = newBuffer();

/** Reads what an earlier attempt has left, if there was one. 0, or an outcome. */
export function recallAttempt(stream: Stream): u32 {
  stream.isRetry = false;
  const found = host.property(ATTEMPT);
  if (found == host.ABSENT) return 0;
  if (found == host.BROKEN) return INTERNAL;
  mark.clear();
  mark.append(returnedAt(), returnedLength());
  if (mark.failed) return INTERNAL;
  if (mark.length < PROOF || load<u32>(mark.at) != load<u32>(stream.policy.blob, HEADER_CRC)) return SESSION_MISSING;
  stream.isRetry = true;
  return 0;
}

/** Of the attempt that was recalled: the coding of the body, or EMPTIED. */
export function earlierCoding(): u32 {
  return load<u8>(mark.at, 4);
}

/** Of the attempt that was recalled: the proof of its session, which may be empty. */
export function earlierProof(): usize {
  return mark.at + PROOF;
}

export function earlierProofLength(): u32 {
  return mark.length - PROOF;
}

/** Leaves what the next attempt needs. In a listener's chain there is none. False when the host does not keep it. */
export function rememberAttempt(stream: Stream, coding: u32): bool {
  if (stream.isRetry || host.property("upstream.address") != host.FOUND) return true;
  const session = changetype<Session>(stream.session);
  mark.clear();
  if (!mark.reserve(4)) return false;
  store<u32>(mark.at, load<u32>(stream.policy.blob, HEADER_CRC));
  mark.length = 4;
  mark.byte(coding);
  mark.append(proofOf(session), session.proofLength);
  return keep(ATTEMPT);
}

/** Whether an earlier attempt came as far as the trailers. */
export function hasRewrittenTrailers(stream: Stream): bool {
  return stream.isRetry && host.property(TRAILERS) == host.FOUND;
}

/** Tells the next attempt that it finds the trailers rewritten. */
export function rememberTrailers(): bool {
  if (host.property("upstream.address") != host.FOUND) return true;
  mark.clear();
  mark.byte(1);
  return keep(TRAILERS);
}

function keep(name: string): bool {
  path.clear();
  ascii(path, name);
  return !path.failed && !mark.failed && host.setProperty(path, mark.at, mark.length);
}
