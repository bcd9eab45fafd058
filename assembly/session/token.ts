// Session tokens: JWS compact serialization (RFC 7515, section 7.1) with claims (RFC 7519), under the rules of RFC 8725.
// Invariants: the algorithm is the policy's and the header must name the same; a token with a critical extension is
// refused (RFC 7515, section 4.1.11: none is understood here), keys and URLs that it brings along are not looked at; no
// claim is read before the signature has been verified; parts are taken in their one spelling.

import { spells } from "../abi/text";
import { Buffer, newBuffer } from "../bytes/buffer";
import { decodeBase64Url } from "../bytes/encoding";
import {
  ALGORITHM_ES256,
  ALGORITHM_HS256,
  HEADER_SESSION,
  MAX_SESSION_TOKEN,
  SESSION_ALGORITHM,
} from "../policy/format.gen";
import { SESSION_INVALID } from "../policy/outcomes.gen";
import { Claims, clearClaims, judge, takeAudience, takeScope } from "./claims";
import {
  ARRAY,
  NUMBER,
  STRING,
  closeObject,
  integer,
  kind,
  nameIs,
  nextItem,
  nextMember,
  openArray,
  openObject,
  readInteger,
  readString,
  skipValue,
  textAt,
  textLength,
} from "./json";
import { signatureHolds } from "./signature";

const head: Buffer = newBuffer();
const payload: Buffer = newBuffer();
const signature: Buffer = newBuffer();

/** Place of the next dot from `from` on, `length` when there is none. */
function dotFrom(at: usize, length: u32, from: u32): u32 {
  let i = from;
  while (i < length && load<u8>(at + i) != 0x2e) i++;
  return i;
}

function decode(at: usize, length: u32, out: Buffer): bool {
  out.clear();
  return decodeBase64Url(at, length, out) && !out.failed;
}

function algorithmName(algorithm: u32): string {
  return algorithm == ALGORITHM_HS256 ? "HS256" : algorithm == ALGORITHM_ES256 ? "ES256" : "RS256";
}

/** Whether the header is one of a token that this policy takes. */
function headerFits(algorithm: u32): bool {
  let fits = false;
  if (!openObject(head.at, head.length)) return false;
  while (nextMember()) {
    if (nameIs("crit")) return false;
    if (!nameIs("alg")) {
      if (!skipValue()) return false;
      continue;
    }
    if (kind != STRING || !readString()) return false;
    fits = spells(textAt, textLength, algorithmName(algorithm));
  }
  return closeObject() && fits;
}

/** Reads the claims that matter; false when one of them is not what it must be. */
function readClaims(blob: usize, session: usize, claims: Claims): bool {
  if (!openObject(payload.at, payload.length)) return false;
  while (nextMember()) {
    if (nameIs("jti")) {
      if (kind != STRING || !readString()) return false;
      claims.sessionAt = textAt;
      claims.sessionLength = textLength;
    } else if (nameIs("aud")) {
      if (kind == STRING) {
        if (readString()) takeAudience(claims, blob, session, textAt, textLength);
      } else if (kind == ARRAY) {
        openArray();
        while (nextItem()) takeAudience(claims, blob, session, textAt, textLength);
      } else return false;
    } else if (nameIs("scope")) {
      if (kind != STRING || !readString()) return false;
      takeScope(claims, blob, session, textAt, textLength);
    } else if (nameIs("exp")) {
      if (kind != NUMBER || !readInteger()) return false;
      claims.expires = integer;
    } else if (nameIs("iat")) {
      if (kind != NUMBER || !readInteger()) return false;
      claims.issued = integer;
    } else if (nameIs("nbf")) {
      if (kind != NUMBER || !readInteger()) return false;
      claims.notBefore = integer;
    } else if (!skipValue()) return false;
  }
  return closeObject();
}

/** Whether [at, at+length) is a token that the policy takes, under its key; `payload` then holds the claims, unread. */
export function openToken(blob: usize, key: usize, keyLength: u32, at: usize, length: u32): bool {
  const session = blob + load<u32>(blob, HEADER_SESSION);
  if (length > MAX_SESSION_TOKEN) return false;
  const first = dotFrom(at, length, 0);
  const second = dotFrom(at, length, first + 1);
  if (second >= length) return false;
  // A third dot is no digit of base64url, and makes the signature unreadable.
  const rest = length - second - 1;
  if (!decode(at, first, head) || !decode(at + second + 1, rest, signature)) return false;
  if (!decode(at + first + 1, second - first - 1, payload)) return false;
  if (!headerFits(<u32>load<u8>(session, SESSION_ALGORITHM))) return false;
  return signatureHolds(blob, session, key, keyLength, at, second, signature.at, signature.length);
}

/**
 * Verifies the token [at, at+length) for a policy at `now` (Unix seconds); `key` is the secret of HS256. 0, and `claims`
 * is filled until the next call, or an outcome.
 */
export function verifyToken(
  blob: usize, key: usize, keyLength: u32, at: usize, length: u32, now: u64, claims: Claims,
): u32 {
  clearClaims(claims);
  if (!openToken(blob, key, keyLength, at, length)) return SESSION_INVALID;
  const session = blob + load<u32>(blob, HEADER_SESSION);
  return readClaims(blob, session, claims) ? judge(claims, session, now) : SESSION_INVALID;
}
