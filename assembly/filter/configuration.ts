// The plugin configuration as hosts hand it over: the binary policy, its base64 text, or that text in a JSON object,
// {"policy": "..."}, since all that Istio's WasmPlugin and Envoy Gateway's EnvoyExtensionPolicy can say is JSON.
// Invariant: the object has this one member and nothing else; whatever differs is left as it is, and so is no policy.

import { Buffer, newBuffer } from "../bytes/buffer";
import { decodeBase64 } from "../bytes/encoding";

const QUOTE: u32 = 0x22;
const decoded: Buffer = newBuffer();
/** Of what `policyIn` found. */
export let policyLength: u32 = 0;

let cursor: usize = 0;
let end: usize = 0;

/** Where the policy is, and `policyLength` bytes of it; 0 when its base64 is damaged. */
export function policyIn(at: usize, length: u32): usize {
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
  // The magic of a policy reads "RkdQ" in base64.
  if (size < 5 || load<u32>(from) != 0x51646b52) return from == at ? at : 0;
  if (!decodeBase64(from, size, decoded)) return 0;
  policyLength = decoded.length;
  return decoded.at;
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
