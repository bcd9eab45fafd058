// The HMAC key of session tokens, for a policy that pins HS256.
// Invariants: at least 32 bytes (RFC 7518, section 3.2), or the policy is refused; the one copy is wiped with the policy.

import { ascii } from "../abi/text";
import { Buffer, newBuffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { wipe } from "../bytes/secret";
import { ALGORITHM_HS256, HEADER_SESSION, MIN_HMAC_KEY, SESSION_ALGORITHM, SESSION_KEY } from "../policy/format.gen";
import { READ, complain, readSecret } from "./secret";

const key: Buffer = newBuffer();

/** The key as u32 length and bytes, or 0 when the policy needs none; with `complaint` filled, 0 is a refusal. */
export function readTokenKey(policy: usize, complaint: Buffer): usize {
  const session = policy + load<u32>(policy, HEADER_SESSION);
  if (load<u32>(policy, HEADER_SESSION + 4) == 0) return 0;
  if (<u32>load<u8>(session, SESSION_ALGORITHM) != ALGORITHM_HS256) return 0;
  const name = policy + load<u32>(session, SESSION_KEY);
  const nameLength = load<u32>(session, SESSION_KEY + 4);
  const verdict = readSecret(name, nameLength, key);
  const length = key.length;
  let at: usize = 0;
  if (verdict == READ && length >= MIN_HMAC_KEY) {
    at = allocate(4 + length);
    if (at == 0) ascii(complaint, "frostglass: policy refused: memory ran out");
    else {
      store<u32>(at, length);
      memory.copy(at + 4, key.at, length);
    }
  } else complain(complaint, name, nameLength, verdict, "at least 32 bytes", "keygen --type hmac");
  key.wipe();
  return at;
}

/** Wipes and gives back what readTokenKey gave; 0 is ignored. */
export function releaseTokenKey(at: usize): void {
  if (at == 0) return;
  const bytes = 4 + load<u32>(at);
  wipe(at, bytes);
  release(at, bytes);
}
