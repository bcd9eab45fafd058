import { Buffer } from "../../bytes/buffer";
import { REDACT } from "../types";
export function generalizeZip(keep: u32, areas: usize, count: u32, type: u32, at: usize, length: u32, out: Buffer): u32 {
  return REDACT;
}
