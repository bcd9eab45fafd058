// Claims that Envoy's own envoy.filters.http.jwt_authn has verified, from the metadata that it writes (payload_in_metadata).
// Envoy answers for a text with its bytes, for a number with a little-endian double, and for an item of a list by its index.
// Invariants: only this filter's namespace is read, which no client can write; the claims are judged here like those of
// a token, times included, since the JWT filter allows a minute of its own and knows no longest life.

import * as host from "../abi/host";
import { ascii, decimal } from "../abi/text";
import { returnedAt, returnedLength } from "../abi/memory";
import { Buffer, newBuffer } from "../bytes/buffer";
import { HEADER_SESSION, SESSION_METADATA } from "../policy/format.gen";
import { INTERNAL, SESSION_INVALID } from "../policy/outcomes.gen";
import { Claims, clearClaims, judge, takeAudience, takeScope } from "./claims";

const MAX_AUDIENCES: u32 = 16;
const path: Buffer = newBuffer();
const id: Buffer = newBuffer();

/** Looks a claim up: FOUND, ABSENT or BROKEN; the value stands at returnedAt. `index` of a list item, or -1. */
function claim(blob: usize, name: string, index: i32): u32 {
  const prefix = blob + load<u32>(blob, HEADER_SESSION) + SESSION_METADATA;
  path.clear();
  path.append(blob + load<u32>(prefix), load<u32>(prefix, 4));
  ascii(path, name);
  if (index >= 0) {
    path.byte(0);
    decimal(path, index);
  }
  return host.propertyAt(path);
}

/** A whole number of seconds; u64.MAX_VALUE for anything else. */
function seconds(): u64 {
  if (returnedLength() != 8) return u64.MAX_VALUE;
  const value = load<f64>(returnedAt());
  return value >= 0 && value <= 9007199254740991 && Math.floor(value) == value ? <u64>value : u64.MAX_VALUE;
}

/** Whether a verified token has left its claims: FOUND, ABSENT or BROKEN. */
export function hasMetadata(blob: usize): u32 {
  return claim(blob, "jti", -1);
}

/** Judges the claims; right after `hasMetadata` has found them. 0, and `claims` is filled, or an outcome. */
export function readMetadata(blob: usize, claims: Claims): u32 {
  const session = blob + load<u32>(blob, HEADER_SESSION);
  clearClaims(claims);
  id.clear();
  id.append(returnedAt(), returnedLength());
  if (id.failed) return INTERNAL;
  claims.sessionAt = id.at;
  claims.sessionLength = id.length;
  if (claim(blob, "scope", -1) == host.FOUND) takeScope(claims, blob, session, returnedAt(), returnedLength());
  let found = claim(blob, "aud", 0);
  if (found == host.FOUND) {
    for (let i: u32 = 1; found == host.FOUND && i <= MAX_AUDIENCES; i++) {
      takeAudience(claims, blob, session, returnedAt(), returnedLength());
      found = claim(blob, "aud", i);
    }
  } else if (claim(blob, "aud", -1) == host.FOUND) {
    takeAudience(claims, blob, session, returnedAt(), returnedLength());
  }
  if (claim(blob, "exp", -1) == host.FOUND) claims.expires = seconds();
  if (claim(blob, "iat", -1) == host.FOUND) claims.issued = seconds();
  found = claim(blob, "nbf", -1);
  if (found == host.FOUND) claims.notBefore = seconds();
  if (claims.notBefore == u64.MAX_VALUE) return SESSION_INVALID;
  const now = host.now() / 1000000000;
  return now == 0 ? INTERNAL : judge(claims, session, now);
}
