// Whether emergency tunnel mode is active for a request: by its header, by destination cluster, or always; and the session
// that it then belongs to, by the header's value or by a token that proves it (admission.ts).
// Invariants: an inactive request costs one look-up per configured way, one for an earlier attempt, and nothing else; an
// active one has a session; the emergency header goes no further than it must; nothing of a token that proves nothing, nor
// a session header of the client's own, goes on.

import * as host from "../abi/host";
import { returnedAt, returnedLength } from "../abi/memory";
import { REQUEST_HEADERS } from "../abi/types";
import { anyMatches } from "../fields/match";
import {
  FLAG_ALWAYS,
  FLAG_HEADER,
  FLAG_KEEP_HEADER,
  HEADER_ACTIVATION_HEADER,
  HEADER_CLUSTERS,
  HEADER_FLAGS,
  HEADER_SESSION,
  INVALID_IGNORE,
  SESSION_HEADER,
  SESSION_INVALID as WHEN_INVALID,
} from "../policy/format.gen";
import { INTERNAL, SESSION_MISSING } from "../policy/outcomes.gen";
import { Session, idOf } from "../session/cache";
import { admit, admitByValue } from "./admission";
import { earlierProof, earlierProofLength } from "./attempt";
import { isRepeated } from "./headers";
import { Stream } from "./stream";

export const ACTIVE: u32 = 0;
export const INACTIVE: u32 = u32.MAX_VALUE;

/** ACTIVE, INACTIVE, or the outcome that refuses the request. */
export function activation(stream: Stream): u32 {
  const blob = stream.policy.blob;
  return load<u32>(blob, HEADER_SESSION + 4) == 0 ? byPresence(stream, blob) : byProof(stream, blob);
}

function byPresence(stream: Stream, blob: usize): u32 {
  if (<u32>load<u16>(blob, HEADER_FLAGS) & FLAG_HEADER) {
    const found = readProof(stream);
    if (found == host.BROKEN) return INTERNAL;
    if (found == host.FOUND) return admitByValue(stream, proofAt, proofLength);
  }
  const demanded = isDemanded(blob);
  return demanded == ACTIVE ? admitByValue(stream, 0, 0) : demanded;
}

function byProof(stream: Stream, blob: usize): u32 {
  const session = blob + load<u32>(blob, HEADER_SESSION);
  if (!removeSpoofed(blob, session)) return INTERNAL;
  const verdict = admit(stream, session);
  if (verdict == 0 || verdict == INTERNAL) return verdict;
  if (verdict != SESSION_MISSING && <u32>load<u8>(session, WHEN_INVALID) != INVALID_IGNORE) return verdict;
  const demanded = isDemanded(blob);
  if (demanded != INACTIVE) return demanded == ACTIVE ? verdict : demanded;
  return verdict == SESSION_MISSING || removeActivationHeader(blob) ? INACTIVE : INTERNAL;
}

/** Whether the request is active whatever its header says: ACTIVE, INACTIVE, or INTERNAL when nobody can say. */
function isDemanded(blob: usize): u32 {
  if (<u32>load<u16>(blob, HEADER_FLAGS) & FLAG_ALWAYS) return ACTIVE;
  if (load<u32>(blob, HEADER_CLUSTERS + 4) == 0) return INACTIVE;
  const found = host.property("xds.cluster_name");
  if (found == host.BROKEN) return INTERNAL;
  return found == host.FOUND && anyMatches(blob, HEADER_CLUSTERS, returnedAt(), returnedLength()) ? ACTIVE : INACTIVE;
}

/** Where the last `readProof` found it; valid until the next host call that returns a value. */
export let proofAt: usize = 0;
export let proofLength: u32 = 0;

/** Looks for the proof of the session in the emergency header, or where an earlier attempt, which took that off, has left it. */
export function readProof(stream: Stream): u32 {
  const found = readActivationHeader(stream.policy.blob);
  if (found == host.FOUND) {
    proofAt = returnedAt();
    proofLength = returnedLength();
  }
  if (found != host.ABSENT || !stream.isRetry || earlierProofLength() == 0) return found;
  proofAt = earlierProof();
  proofLength = earlierProofLength();
  return host.FOUND;
}

/** Looks the emergency header up; FOUND leaves its value in the scratch region. */
export function readActivationHeader(blob: usize): u32 {
  const name = blob + load<u32>(blob, HEADER_ACTIVATION_HEADER);
  return host.readHeader(REQUEST_HEADERS, name, load<u32>(blob, HEADER_ACTIVATION_HEADER + 4));
}

/** Whether the loaded request headers hold several emergency headers: what chose the route may have read another one. */
export function isActivationRepeated(blob: usize): bool {
  const length = load<u32>(blob, HEADER_ACTIVATION_HEADER + 4);
  return length != 0 && isRepeated(blob + load<u32>(blob, HEADER_ACTIVATION_HEADER), length);
}

function removeActivationHeader(blob: usize): bool {
  const name = blob + load<u32>(blob, HEADER_ACTIVATION_HEADER);
  return host.removeHeader(REQUEST_HEADERS, name, load<u32>(blob, HEADER_ACTIVATION_HEADER + 4));
}

/** Takes off the header that only the filter sets. It is looked up first: a removal makes Envoy choose the route again. */
function removeSpoofed(blob: usize, session: usize): bool {
  const length = load<u32>(session, SESSION_HEADER + 4);
  if (length == 0) return true;
  const name = blob + load<u32>(session, SESSION_HEADER);
  const found = host.readHeader(REQUEST_HEADERS, name, length);
  return found == host.ABSENT || (found == host.FOUND && host.removeHeader(REQUEST_HEADERS, name, length));
}

/**
 * What becomes of the headers of activation once all others are decided. The emergency header is taken off: in the
 * downstream chain it stays when the policy says that a route or cluster still reads it (keepHeader); in the upstream
 * chain, known by the chosen address, nothing reads it any more. The session header tells the session that was proven.
 */
export function settleHeaders(stream: Stream): bool {
  const blob = stream.policy.blob;
  const flags = <u32>load<u16>(blob, HEADER_FLAGS);
  const stays = flags & FLAG_KEEP_HEADER && host.property("upstream.address") != host.FOUND;
  const isNamed = load<u32>(blob, HEADER_ACTIVATION_HEADER + 4) != 0;
  if (isNamed && !stays && !removeActivationHeader(blob)) return false;
  const record = blob + load<u32>(blob, HEADER_SESSION);
  if (load<u32>(blob, HEADER_SESSION + 4) == 0 || load<u32>(record, SESSION_HEADER + 4) == 0) return true;
  const session = changetype<Session>(stream.session);
  const name = blob + load<u32>(record, SESSION_HEADER);
  return host.addHeader(REQUEST_HEADERS, name, load<u32>(record, SESSION_HEADER + 4), idOf(session), session.idLength);
}
