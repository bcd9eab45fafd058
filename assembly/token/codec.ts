// From a token's format to the code that makes and undoes it.
// Invariant: a value that does not fit is REDACT, a token that cannot be undone UNCHANGED; neither is ever an error.

import { REDACT, UNCHANGED, NUMBER } from "../action/types";
import { Buffer } from "../bytes/buffer";
import { TOKEN_FORMAT, TOKEN_FORMAT_OPAQUE } from "../policy/format.gen";
import { open, seal } from "./opaque";

/** Appends the token of [at, at+length) to `out`: DONE, REDACT or FAILED. */
export function tokenize(
  spec: usize, tweak: usize, tweakLength: u32, keys: usize, type: u32, at: usize, length: u32, out: Buffer,
): u32 {
  if (load<u8>(spec, TOKEN_FORMAT) == <u8>TOKEN_FORMAT_OPAQUE && type != NUMBER) {
    return seal(tweak, tweakLength, keys, at, length, out);
  }
  return REDACT;
}

/** Appends the original of a token to `out`: DONE, UNCHANGED or FAILED. */
export function reveal(
  spec: usize, tweak: usize, tweakLength: u32, keys: usize, type: u32, at: usize, length: u32, out: Buffer,
): u32 {
  if (load<u8>(spec, TOKEN_FORMAT) == <u8>TOKEN_FORMAT_OPAQUE && type != NUMBER) {
    return open(tweak, tweakLength, keys, at, length, out);
  }
  return UNCHANGED;
}
