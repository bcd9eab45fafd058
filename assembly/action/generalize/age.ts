import { Buffer } from "../../bytes/buffer";
import { REDACT } from "../types";
export function generalizeAge(cap: u32, type: u32, at: usize, length: u32, out: Buffer): u32 {
  return REDACT;
}
