import { Buffer } from "../../bytes/buffer";
import { REDACT } from "../types";
export function generalizeIp(v4: u32, v6: u32, type: u32, at: usize, length: u32, out: Buffer): u32 {
  return REDACT;
}
