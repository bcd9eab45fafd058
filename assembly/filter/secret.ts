// A secret from the environment of the VM, as hex or base64 text.
// Invariants: every copy on the way is wiped; a complaint names the variable and never quotes what it holds.

import { environment } from "../abi/environment";
import { ascii } from "../abi/text";
import { Buffer, newBuffer } from "../bytes/buffer";
import { decodeBase64, decodeHex } from "../bytes/encoding";

const text: Buffer = newBuffer();

export const READ: u32 = 0;
export const UNSET: u32 = 1;
export const UNREADABLE: u32 = 2;

/** Reads the variable into `out`, which the caller wipes. */
export function readSecret(name: usize, length: u32, out: Buffer): u32 {
  text.clear();
  out.clear();
  const found = environment(name, length, text);
  const decoded = found && (decodeHex(text.at, text.length, out) || decodeBase64(text.at, text.length, out));
  text.wipe();
  return !found ? UNSET : decoded && !out.failed ? READ : UNREADABLE;
}

/** Says why the variable is of no use; `size` is what it should hold, `make` the command that makes one. */
export function complain(complaint: Buffer, name: usize, length: u32, verdict: u32, size: string, make: string): void {
  ascii(complaint, "frostglass: policy refused: the environment variable ");
  complaint.append(name, length);
  if (verdict == UNSET) {
    ascii(complaint, " is not set");
  } else {
    ascii(complaint, " does not hold ");
    ascii(complaint, size);
    ascii(complaint, " as hex or base64url");
  }
  ascii(complaint, "; make a key with 'frostglass ");
  ascii(complaint, make);
  ascii(complaint, "' and pass it in the environment of the VM");
}
