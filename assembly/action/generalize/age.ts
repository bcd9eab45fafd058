// age: whoever is as old as the cap or older becomes the cap (45 CFR 164.514(b)(2)(i)(C): 90 or older).
// Invariant: no age above the cap comes out, however many digits it is written with.

import { Buffer } from "../../bytes/buffer";
import { appendDecimal } from "../text";
import { DONE, NUMBER, REDACT, UNCHANGED } from "../types";
import { fractionLength, integerLength, readDecimal, signLength } from "./decimal";

export function generalizeAge(cap: u32, type: u32, at: usize, length: u32, out: Buffer): u32 {
  if (!readDecimal(at, length) || signLength != 0) return REDACT;
  // Months in a text are spelled in words or not at all: only a number has a fraction.
  if (type != NUMBER && fractionLength != 0) return REDACT;
  let age: u64 = 0;
  for (let i: u32 = 0; i < integerLength && age < cap; i++) age = age * 10 + (load<u8>(at + i) - 0x30);
  if (age < cap) return UNCHANGED;
  appendDecimal(out, cap, 1);
  return DONE;
}
