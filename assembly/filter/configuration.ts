// The plugin configuration as hosts hand it over: the binary policy or its gzip; base64 text of either; or that text in a
// JSON object, {"policy": "..."}, since all that Istio's WasmPlugin and Envoy Gateway's EnvoyExtensionPolicy can say is
// JSON.
// Invariants: the object has this one member and nothing else; a gzip is one member, whose checksum and length are right,
// of at most MAX_POLICY bytes, for which its last four bytes speak before any memory is taken; whatever differs is left as
// it is, and so is no policy.

import { Buffer, newBuffer } from "../bytes/buffer";
import { decodeBase64 } from "../bytes/encoding";
import { GZIP, Inflater, closeInflater, inflate, openInflater } from "../compression/inflate";
import { DAMAGED, NO_MEMORY, TOO_LARGE } from "../policy/check";
import { MAX_POLICY } from "../policy/format.gen";
import { INTERNAL } from "../policy/outcomes.gen";

const QUOTE: u32 = 0x22;
/** The bytes of a gzip around its blocks (RFC 1952, section 2.3). */
const GZIP_FRAME: u32 = 18;
const decoded: Buffer = newBuffer();
const inflated: Buffer = newBuffer();
/** Of what `policyIn` found. */
export let policyLength: u32 = 0;
/** Why it found nothing. */
export let policyFault: u32 = 0;

let cursor: usize = 0;
let end: usize = 0;

/** Where the policy is, and `policyLength` bytes of it; 0 when it cannot be unpacked, for the reason of `policyFault`. */
export function policyIn(at: usize, length: u32): usize {
  const from = textIn(at, length);
  return from != 0 && isGzip(from, policyLength) ? unpack(from, policyLength) : from;
}

/** Gives back the memory of what `policyIn` found. */
export function releasePolicyText(): void {
  decoded.free();
  inflated.free();
}

/** The same for what base64 and JSON spell, packed or not. */
function textIn(at: usize, length: u32): usize {
  let from = at;
  let size = length;
  if (openObject(at, length)) {
    from = cursor;
    size = stringLength();
    if (!closeObject(from + size)) {
      policyLength = length;
      return at;
    }
  }
  policyLength = size;
  policyFault = DAMAGED;
  // The magic of a policy reads "RkdQ" in base64, that of a gzip "H4sI".
  const magic = size < 5 ? 0 : load<u32>(from);
  if (magic != 0x51646b52 && magic != 0x49733448) return from == at ? at : 0;
  if (!decodeBase64(from, size, decoded)) return 0;
  policyLength = decoded.length;
  return decoded.at;
}

/** Gzip, and deflate as its method. */
function isGzip(at: usize, length: u32): bool {
  return length >= 3 && (<u32>load<u16>(at) | (<u32>load<u8>(at, 2) << 16)) == 0x088b1f;
}

function unpack(at: usize, length: u32): usize {
  const size: u32 = length < GZIP_FRAME ? 0 : load<u32>(at + length - 4);
  if (size > MAX_POLICY) policyFault = TOO_LARGE;
  if (size == 0 || size > MAX_POLICY) return 0;
  const inflater = openInflater(GZIP);
  if (inflater == 0) return noMemory();
  inflated.clear();
  inflated.reserve(size);
  const outcome = inflate(changetype<Inflater>(inflater), at, length, true, size, inflated);
  closeInflater(inflater);
  if (outcome == INTERNAL) return noMemory();
  policyLength = inflated.length;
  return outcome == 0 ? inflated.at : 0;
}

function noMemory(): usize {
  policyFault = NO_MEMORY;
  return 0;
}

/** Up to the first character of the member's text. */
function openObject(at: usize, length: u32): bool {
  cursor = at;
  end = at + length;
  if (!take(0x7b) || !take(QUOTE)) return false;
  // "policy", as a u32 and a u16.
  if (end - cursor < 6 || load<u32>(cursor) != 0x696c6f70 || load<u16>(cursor, 4) != 0x7963) return false;
  cursor += 6;
  return take(QUOTE) && take(0x3a) && take(QUOTE);
}

/** Base64 has nothing to escape: the next quote ends it. */
function stringLength(): u32 {
  let at = cursor;
  while (at < end && <u32>load<u8>(at) != QUOTE) at++;
  return <u32>(at - cursor);
}

function closeObject(at: usize): bool {
  cursor = at;
  if (!take(QUOTE) || !take(0x7d)) return false;
  skipSpace();
  return cursor == end;
}

function skipSpace(): void {
  while (cursor < end) {
    const byte = <u32>load<u8>(cursor);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return;
    cursor++;
  }
}

/** Takes the byte when it comes next, behind any space. */
function take(byte: u32): bool {
  skipSpace();
  if (cursor == end || <u32>load<u8>(cursor) != byte) return false;
  cursor++;
  return true;
}
