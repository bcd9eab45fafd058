// From a token's format to the code that makes and undoes it.
// Invariants: a value that does not fit is REDACT, a token that cannot be undone UNCHANGED; neither is ever an error. A
// format sees originals and tokens alike, for a token is of the same class as its original; where it stands and what
// class its characters are of is public. Of JSON numbers only pan and digits make tokens.

import { DONE, FAILED, NUMBER, REDACT, UNCHANGED } from "../action/types";
import { Buffer } from "../bytes/buffer";
import {
  TOKEN_FORMAT,
  TOKEN_FORMAT_ALPHANUMERIC,
  TOKEN_FORMAT_DATE,
  TOKEN_FORMAT_DIGITS,
  TOKEN_FORMAT_EMAIL,
  TOKEN_FORMAT_IBAN,
  TOKEN_FORMAT_NAME,
  TOKEN_FORMAT_OPAQUE,
  TOKEN_FORMAT_PAN,
  TOKEN_FORMAT_PHONE,
  TOKEN_FORMAT_UUID,
} from "../policy/format.gen";
import { date } from "./date";
import { digits } from "./digits";
import { email } from "./email";
import { iban } from "./iban";
import { alphanumeric, name } from "./letters";
import { open, seal } from "./opaque";
import { pan } from "./pan";
import { begin, end } from "./permutation";
import { phone } from "./phone";
import { clearSlots } from "./slots";
import { uuid } from "./uuid";

/**
 * Appends the token of [at, at+length) to `out`: DONE, REDACT or FAILED. `keys` is a block of session/keyring.ts, the
 * tweak a label of at most 32 bytes.
 */
export function tokenize(
  spec: usize, tweak: usize, tweakLength: u32, keys: usize, type: u32, at: usize, length: u32, out: Buffer,
): u32 {
  if (load<u8>(spec, TOKEN_FORMAT) == <u8>TOKEN_FORMAT_OPAQUE) {
    return type == NUMBER ? REDACT : seal(tweak, tweakLength, keys, at, length, out);
  }
  return transcode(spec, tweak, tweakLength, keys, type, at, length, false, out);
}

/** Appends the original of a token to `out`: DONE, UNCHANGED or FAILED. */
export function reveal(
  spec: usize, tweak: usize, tweakLength: u32, keys: usize, type: u32, at: usize, length: u32, out: Buffer,
): u32 {
  if (load<u8>(spec, TOKEN_FORMAT) == <u8>TOKEN_FORMAT_OPAQUE) {
    return type == NUMBER ? UNCHANGED : open(tweak, tweakLength, keys, at, length, out);
  }
  const verdict = transcode(spec, tweak, tweakLength, keys, type, at, length, true, out);
  return verdict == REDACT ? UNCHANGED : verdict;
}

/** Either direction: the formats write over a copy of the value. */
function transcode(
  spec: usize, tweak: usize, tweakLength: u32, keys: usize, type: u32, at: usize, length: u32, undo: bool, out: Buffer,
): u32 {
  const start = out.length;
  out.append(at, length);
  if (out.failed) return FAILED;
  begin(keys, undo, tweak, tweakLength);
  const fits = format(spec, type == NUMBER, undo, at, length, out.at + start);
  clearSlots();
  if (!end()) return FAILED;
  if (fits) return DONE;
  out.length = start;
  return REDACT;
}

function format(spec: usize, isNumber: bool, undo: bool, at: usize, length: u32, to: usize): bool {
  const kind = <u32>load<u8>(spec, TOKEN_FORMAT);
  if (kind == TOKEN_FORMAT_PAN) return pan(spec, isNumber, undo, at, length, to);
  if (kind == TOKEN_FORMAT_DIGITS) return digits(spec, isNumber, at, length, to);
  if (isNumber) return false;
  if (kind == TOKEN_FORMAT_ALPHANUMERIC) return alphanumeric(spec, at, length, to);
  if (kind == TOKEN_FORMAT_EMAIL) return email(at, length, to);
  if (kind == TOKEN_FORMAT_PHONE) return phone(at, length, to);
  if (kind == TOKEN_FORMAT_IBAN) return iban(at, length, to);
  if (kind == TOKEN_FORMAT_DATE) return date(at, length, to);
  if (kind == TOKEN_FORMAT_UUID) return uuid(at, length, to);
  return kind == TOKEN_FORMAT_NAME && name(at, length, to);
}
