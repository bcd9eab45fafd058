// Sessions by what proved them: the bytes of a verified token, or whatever else tells one session from another.
// A look-up hashes the bytes, scans the hashes of all slots at once, and compares all bytes of the slot that fits.
// Invariants: a session belongs to one policy and lives as long as somebody uses it: its slot, or a stream. It is wiped
// with its keys when the last user has left. At most SLOTS sessions of PROOF_BYTES each stand in slots; the one that was
// not used for longest makes room. What is too long for a slot is a session all the same, that nobody finds again.

import { allocate, release } from "../bytes/pool";
import { equalSecret, wipe } from "../bytes/secret";
import { closeKeyring } from "./keyring";

export const SLOTS: u32 = 64;
export const PROOF_BYTES: u32 = 4096;

/** Behind it: the proof, then the id. */
@unmanaged
export class Session {
  policy: usize; // the binary policy that it belongs to
  users: u32; // its slot, and every stream
  proofLength: u32;
  idLength: u32;
  keys: usize; // Keyring, or 0
  issued: u64; // Unix seconds, u64.MAX_VALUE when nobody knows
  expires: u64; // Unix seconds, u64.MAX_VALUE when never
}

@inline
export function proofOf(session: Session): usize {
  return changetype<usize>(session) + offsetof<Session>();
}

@inline
export function idOf(session: Session): usize {
  return proofOf(session) + session.proofLength;
}

/** u32 hash, address and time of last use of each slot. A free slot has address 0. */
const hashes = memory.data(256, 16);
const sessions = memory.data(256, 16);
const uses = memory.data(256, 16);
let clock: u32 = 0;

/** A hash of all bytes; it only has to spread, since a hit compares them. */
function hashOf(at: usize, length: u32, policy: usize): u32 {
  let hash: u64 = ((<u64>policy << 32) | length) * 0x9e3779b97f4a7c15;
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) hash = rotl<u64>(hash ^ load<u64>(at + i), 29) * 0x9e3779b97f4a7c15;
  for (; i < length; i++) hash = rotl<u64>(hash ^ <u64>load<u8>(at + i), 29) * 0x9e3779b97f4a7c15;
  return <u32>(hash >>> 32);
}

/** The session that the proof has opened for the policy, one user more; 0 when it is not in the cache. */
export function findSession(policy: usize, at: usize, length: u32): usize {
  if (length > PROOF_BYTES) return 0;
  const wanted = i32x4.splat(hashOf(at, length, policy));
  for (let i: u32 = 0; i < SLOTS << 2; i += 16) {
    if (!v128.any_true(i32x4.eq(v128.load(hashes + i), wanted))) continue;
    for (let k = i; k < i + 16; k += 4) {
      const found = <usize>load<u32>(sessions + k);
      if (found == 0 || load<u32>(hashes + k) != <u32>i32x4.extract_lane(wanted, 0)) continue;
      const session = changetype<Session>(found);
      if (session.policy != policy || session.proofLength != length) continue;
      // A stranger's guess must not learn from the time how much of it is right.
      if (!equalSecret(proofOf(session), at, length)) continue;
      store<u32>(uses + k, ++clock);
      session.users++;
      return found;
    }
  }
  return 0;
}

/** Makes a session with one user, the caller, and a slot where it fits; 0 when memory ran out. */
export function openSession(policy: usize, proof: usize, proofLength: u32, id: usize, idLength: u32): usize {
  const at = allocate(offsetof<Session>() + proofLength + idLength);
  if (at == 0) return 0;
  const session = changetype<Session>(at);
  session.policy = policy;
  session.users = 1;
  session.proofLength = proofLength;
  session.idLength = idLength;
  session.keys = 0;
  session.issued = u64.MAX_VALUE;
  session.expires = u64.MAX_VALUE;
  memory.copy(proofOf(session), proof, proofLength);
  memory.copy(idOf(session), id, idLength);
  if (proofLength <= PROOF_BYTES) {
    const slot = oldestSlot();
    clearSlot(slot);
    store<u32>(sessions + slot, <u32>at);
    store<u32>(hashes + slot, hashOf(proof, proofLength, policy));
    store<u32>(uses + slot, ++clock);
    session.users++;
  }
  return at;
}

/** A free slot, or the one that was not used for longest. */
function oldestSlot(): u32 {
  let oldest: u32 = 0;
  let age: u32 = 0;
  for (let i: u32 = 0; i < SLOTS << 2; i += 4) {
    if (load<u32>(sessions + i) == 0) return i;
    // The clock may wrap: ages are differences.
    const other = clock - load<u32>(uses + i);
    if (other >= age) {
      age = other;
      oldest = i;
    }
  }
  return oldest;
}

function clearSlot(slot: u32): void {
  const at = <usize>load<u32>(sessions + slot);
  store<u32>(sessions + slot, 0);
  store<u32>(hashes + slot, 0);
  leaveSession(at);
}

/** One user less: the last one wipes the session and its keys. 0 is ignored. */
export function leaveSession(at: usize): void {
  if (at == 0) return;
  const session = changetype<Session>(at);
  if (--session.users != 0) return;
  closeKeyring(session.keys);
  const size = offsetof<Session>() + session.proofLength + session.idLength;
  wipe(at, size);
  release(at, size);
}

/** Takes a session out of its slot, because it is over. */
export function dropSession(at: usize): void {
  for (let i: u32 = 0; i < SLOTS << 2; i += 4) {
    if (load<u32>(sessions + i) == <u32>at) return clearSlot(i);
  }
}

/** Takes all sessions of a policy out of their slots, before the policy goes. */
export function dropSessions(policy: usize): void {
  for (let i: u32 = 0; i < SLOTS << 2; i += 4) {
    const at = <usize>load<u32>(sessions + i);
    if (at != 0 && changetype<Session>(at).policy == policy) clearSlot(i);
  }
}
