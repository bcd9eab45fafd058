// Signatures of session tokens: RFC 7518, sections 3.2 to 3.4.
// Invariants: the algorithm is the policy's; HS256 is computed here and compared in constant time; ES256 and RS256 are
// verified by the host ("verify_signature" of Envoy, in BoringSSL); an answer that is not a plain "true" is no.

import * as host from "../abi/host";
import { ascii } from "../abi/text";
import { returnedAt, returnedLength } from "../abi/memory";
import { Buffer, newBuffer } from "../bytes/buffer";
import { equalSecret } from "../bytes/secret";
import { hmacSha256 } from "../crypto/hmac";
import { ALGORITHM_ES256, ALGORITHM_HS256, SESSION_ALGORITHM, SESSION_KEY } from "../policy/format.gen";

const MAC_BYTES: u32 = 32;
const HALF: u32 = 32;
@lazy const expected = memory.data(32, 16);
const request: Buffer = newBuffer();
const der: Buffer = newBuffer();

// Fields of Envoy's VerifySignatureArguments, length-delimited: number << 3 | 2.
const HASH_FUNCTION: u32 = 0x0a;
const PUBLIC_KEY: u32 = 0x12;
const SIGNATURE: u32 = 0x1a;
const TEXT: u32 = 0x22;
/** VerifySignatureResult with its first field, `result`, true and the second, `error`, left out. */
const VERIFIED: u32 = 0x0108;

/** Whether the signature is right over [at, at+length) under the policy's key; `key` is the secret of HS256. */
export function signatureHolds(
  blob: usize, session: usize, key: usize, keyLength: u32,
  at: usize, length: u32, signature: usize, signatureLength: u32,
): bool {
  const algorithm = <u32>load<u8>(session, SESSION_ALGORITHM);
  if (algorithm == ALGORITHM_HS256) {
    if (signatureLength != MAC_BYTES) return false;
    hmacSha256(key, keyLength, at, length, expected);
    const good = equalSecret(expected, signature, MAC_BYTES);
    memory.fill(expected, 0, MAC_BYTES);
    return good;
  }
  request.clear();
  request.byte(HASH_FUNCTION);
  request.byte(6);
  ascii(request, "sha256");
  field(PUBLIC_KEY, blob + load<u32>(session, SESSION_KEY), load<u32>(session, SESSION_KEY + 4));
  if (algorithm == ALGORITHM_ES256) {
    if (signatureLength != 2 * HALF) return false;
    toDer(signature);
    field(SIGNATURE, der.at, der.length);
  } else field(SIGNATURE, signature, signatureLength);
  field(TEXT, at, length);
  if (request.failed || host.foreign("verify_signature", request) != host.FOUND) return false;
  return returnedLength() == 2 && <u32>load<u16>(returnedAt()) == VERIFIED;
}

function field(tag: u32, at: usize, length: u32): void {
  request.byte(tag);
  let rest = length;
  for (; rest > 0x7f; rest >>= 7) request.byte((rest & 0x7f) | 0x80);
  request.byte(rest);
  request.append(at, length);
}

/** R and S, 32 bytes each (section 3.4), as the SEQUENCE of two INTEGERs that the host reads (RFC 3279, 2.2.3). */
function toDer(signature: usize): void {
  der.clear();
  der.byte(0x30);
  der.byte(0);
  integer(signature);
  integer(signature + HALF);
  if (!der.failed) store<u8>(der.at + 1, der.length - 2);
}

function integer(at: usize): void {
  let skipped: u32 = 0;
  while (skipped < HALF - 1 && load<u8>(at + skipped) == 0) skipped++;
  const isHigh = load<u8>(at + skipped) >= 0x80;
  der.byte(2);
  der.byte(HALF - skipped + (isHigh ? 1 : 0));
  if (isHigh) der.byte(0);
  der.append(at + skipped, HALF - skipped);
}
