// The verifier of session tokens and the cache of sessions, for tests that call them without a filter around.
import { allocate } from "../../assembly/bytes/pool";
import { HEADER_SESSION, SESSION_ALGORITHM, SESSION_KEY, SIZE_HEADER, SIZE_SESSION } from "../../assembly/policy/format.gen";
import { Session, idOf, proofOf } from "../../assembly/session/cache";
import { openToken } from "../../assembly/session/token";

export { proxy_on_memory_allocate } from "../../assembly/abi/memory";
export { allocate };
export { dropSession, dropSessions, findSession, leaveSession, openSession, PROOF_BYTES, SLOTS } from "../../assembly/session/cache";

/** Whether the compact JWS holds under the key: the secret of HS256, or a public key (DER). */
export function jwsHolds(algorithm: u32, key: usize, keyLength: u32, at: usize, length: u32): bool {
  const blob = memory.data(512, 16);
  memory.fill(blob, 0, SIZE_HEADER + SIZE_SESSION);
  store<u32>(blob, SIZE_HEADER, HEADER_SESSION);
  store<u32>(blob, 1, HEADER_SESSION + 4);
  const session = blob + SIZE_HEADER;
  store<u8>(session, algorithm, SESSION_ALGORITHM);
  // Addresses count modulo 2^32, so that a ref reaches what stands in front of the policy, too.
  store<u32>(session, <u32>(key - blob), SESSION_KEY);
  store<u32>(session, keyLength, SESSION_KEY + 4);
  return openToken(blob, key, keyLength, at, length);
}

export function users(session: usize): u32 {
  return changetype<Session>(session).users;
}

/** Whether the session still holds its proof and its id, byte by byte the same number. */
export function holds(session: usize, byte: u32): bool {
  const at = proofOf(changetype<Session>(session));
  const end = idOf(changetype<Session>(session)) + changetype<Session>(session).idLength;
  for (let p = at; p < end; p++) {
    if (<u32>load<u8>(p) != byte) return false;
  }
  return end != at;
}
