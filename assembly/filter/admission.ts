// From what a request brings to the session that it belongs to.
// Invariants: a session is in the cache only after its proof was verified; a hit costs a look-up and the clock, and a
// session that is over is never used again; without a clock nobody is admitted by proof.

import * as host from "../abi/host";
import { tellTime } from "../action/generalize/aged";
import { Buffer, newBuffer } from "../bytes/buffer";
import { SESSION_SOURCE, SOURCE_METADATA } from "../policy/format.gen";
import { INTERNAL, SESSION_EXPIRED, SESSION_INVALID, SESSION_MISSING } from "../policy/outcomes.gen";
import { Session, dropSession, findSession, leaveSession, openSession } from "../session/cache";
import { Claims } from "../session/claims";
import { hasMetadata, readMetadata } from "../session/metadata";
import { verifyToken } from "../session/token";
import { proofAt, proofLength, readActivationHeader, readProof } from "./activation";
import { Stream } from "./stream";

const NANOSECONDS: u64 = 1000000000;
const proof: Buffer = newBuffer();
const claims: Claims = changetype<Claims>(memory.data(offsetof<Claims>(), 8));

/** Tells the actions what they cannot ask. */
export function tellYear(): void {
  tellTime(host.now() / NANOSECONDS);
}

/** Without proof the value of the header is the session; it never ends. 0, or an outcome. */
export function admitByValue(stream: Stream, at: usize, length: u32): u32 {
  const blob = stream.policy.blob;
  stream.session = findSession(blob, at, length);
  if (stream.session == 0) stream.session = openSession(blob, at, length, at, length);
  return stream.session == 0 ? INTERNAL : 0;
}

/** Admits the request by its token, or by the claims that Envoy has verified. 0, or an outcome. */
export function admit(stream: Stream, session: usize): u32 {
  const byMetadata = <u32>load<u8>(session, SESSION_SOURCE) == SOURCE_METADATA;
  return byMetadata ? admitByMetadata(stream) : admitByToken(stream);
}

function admitByToken(stream: Stream): u32 {
  const blob = stream.policy.blob;
  const found = readProof(stream);
  if (found != host.FOUND) return found == host.ABSENT ? SESSION_MISSING : INTERNAL;
  const at = proofAt;
  const length = proofLength;
  const now = host.now() / NANOSECONDS;
  if (now == 0) return INTERNAL;
  const known = findSession(blob, at, length);
  if (known != 0) return enter(stream, known, now);
  // The host's answer about a signature comes where the token stands now.
  proof.clear();
  proof.append(at, length);
  if (proof.failed) return INTERNAL;
  const key = stream.policy.tokenKey;
  const keyLength: u32 = key == 0 ? 0 : load<u32>(key);
  const outcome = verifyToken(blob, key + 4, keyLength, proof.at, proof.length, now, claims);
  return outcome == 0 ? open(stream) : outcome;
}

/** The claims are few and come one by one: they are judged each time, and the cache only holds the session's keys. */
function admitByMetadata(stream: Stream): u32 {
  const blob = stream.policy.blob;
  let found = hasMetadata(blob);
  if (found != host.FOUND) {
    if (found == host.BROKEN) return INTERNAL;
    found = readActivationHeader(blob);
    return found == host.ABSENT ? SESSION_MISSING : found == host.FOUND ? SESSION_INVALID : INTERNAL;
  }
  const outcome = readMetadata(blob, claims);
  if (outcome) return outcome;
  proof.clear();
  proof.append(claims.sessionAt, claims.sessionLength);
  // A session id holds no NUL, so that what follows belongs to no other one.
  proof.byte(0);
  if (!proof.reserve(16)) return INTERNAL;
  store<u64>(proof.at + proof.length, claims.issued);
  store<u64>(proof.at + proof.length, claims.expires, 8);
  proof.length += 16;
  stream.session = findSession(blob, proof.at, proof.length);
  return stream.session == 0 ? open(stream) : 0;
}

/** Gives the stream a session of the cache, unless it is over. */
function enter(stream: Stream, at: usize, now: u64): u32 {
  if (now < changetype<Session>(at).expires) {
    stream.session = at;
    return 0;
  }
  dropSession(at);
  leaveSession(at);
  return SESSION_EXPIRED;
}

/** Opens the session of the claims under `proof`. */
function open(stream: Stream): u32 {
  const blob = stream.policy.blob;
  stream.session = openSession(blob, proof.at, proof.length, claims.sessionAt, claims.sessionLength);
  if (stream.session == 0) return INTERNAL;
  const session = changetype<Session>(stream.session);
  session.issued = claims.issued;
  session.expires = claims.expires;
  return 0;
}
