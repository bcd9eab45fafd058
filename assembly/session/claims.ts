// What a session token says, and whether it opens this policy now: RFC 7519, section 4.1; RFC 8725, sections 3.9 and 3.12.
// Invariants: a claim that is absent or of another type proves nothing; nothing here trusts a claim before its signature
// was verified; a session ends at exp, and at iat + maxAge whatever exp says, to the second.

import { LEEWAY, MAX_SESSION_ID, SESSION_AUDIENCE, SESSION_MAX_AGE, SESSION_SCOPE } from "../policy/format.gen";
import { SESSION_EXPIRED, SESSION_FOREIGN, SESSION_INVALID } from "../policy/outcomes.gen";

@unmanaged
export class Claims {
  sessionAt: usize; // jti
  sessionLength: u32;
  /** Of the audiences and of the scopes, one is what the policy asks for. */
  isForAudience: bool;
  isForPolicy: bool;
  issued: u64; // iat, Unix seconds
  expires: u64; // exp; after `judge`, the first second in which the session is over
  notBefore: u64; // nbf, or 0
}

/** What a number claim is while it has not been seen. */
export const ABSENT: u64 = u64.MAX_VALUE;

export function clearClaims(claims: Claims): void {
  claims.sessionAt = 0;
  claims.sessionLength = 0;
  claims.isForAudience = false;
  claims.isForPolicy = false;
  claims.issued = ABSENT;
  claims.expires = ABSENT;
  claims.notBefore = 0;
}

function same(blob: usize, ref: usize, at: usize, length: u32): bool {
  return load<u32>(ref, 4) == length && memory.compare(blob + load<u32>(ref), at, length) == 0;
}

/** Takes one value of `aud`, section 4.1.3. */
export function takeAudience(claims: Claims, blob: usize, session: usize, at: usize, length: u32): void {
  if (same(blob, session + SESSION_AUDIENCE, at, length)) claims.isForAudience = true;
}

/** Takes `scope`, a list with a blank between its values: RFC 8693, section 4.2. */
export function takeScope(claims: Claims, blob: usize, session: usize, at: usize, length: u32): void {
  let start: u32 = 0;
  for (let i: u32 = 0; i <= length; i++) {
    if (i != length && load<u8>(at + i) != 0x20) continue;
    if (same(blob, session + SESSION_SCOPE, at + start, i - start)) claims.isForPolicy = true;
    start = i + 1;
  }
}

/** The session id: 1 to 64 bytes of visible ASCII, so that it can stand in a header. */
function isSessionId(at: usize, length: u32): bool {
  if (length == 0 || length > MAX_SESSION_ID) return false;
  for (let i: u32 = 0; i < length; i++) {
    if (<u32>load<u8>(at + i) - 0x21 > 0x5d) return false;
  }
  return true;
}

/** 0 when the verified claims open the policy at `now` (Unix seconds), or an outcome. */
export function judge(claims: Claims, session: usize, now: u64): u32 {
  if (!isSessionId(claims.sessionAt, claims.sessionLength)) return SESSION_INVALID;
  if (claims.issued == ABSENT || claims.expires == ABSENT) return SESSION_INVALID;
  if (!claims.isForAudience || !claims.isForPolicy) return SESSION_FOREIGN;
  if (claims.issued > now + LEEWAY || claims.notBefore > now + LEEWAY) return SESSION_INVALID;
  claims.expires = min(claims.expires, claims.issued + <u64>load<u32>(session, SESSION_MAX_AGE));
  return now < claims.expires ? 0 : SESSION_EXPIRED;
}
