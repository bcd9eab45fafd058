// The root keys of a policy, from the environment of the VM.
// Invariants: all of them are there, 32 bytes each, or the policy is refused with a reason that names the variable only;
// every copy on the way is wiped.

import { environment } from "../abi/environment";
import { ascii } from "../abi/text";
import { Buffer, newBuffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { wipe } from "../bytes/secret";
import { HEADER_ROOTS, SIZE_ROOT } from "../policy/format.gen";
import { ROOT_BYTES } from "../session/keyring";
import { decodeBase64, decodeHex } from "./encoding";

const text: Buffer = newBuffer();
const key: Buffer = newBuffer();

/** The roots that the policy names, ROOT_BYTES each, or 0 when it names none; with `complaint` filled, 0 is a refusal. */
export function readRoots(policy: usize, complaint: Buffer): usize {
  const count = load<u32>(policy, HEADER_ROOTS + 4);
  if (count == 0) return 0;
  const roots = allocate(count * ROOT_BYTES);
  if (roots == 0) {
    ascii(complaint, "frostglass: policy refused: memory ran out");
    return 0;
  }
  for (let i: u32 = 0; i < count; i++) {
    const ref = policy + load<u32>(policy, HEADER_ROOTS) + i * SIZE_ROOT;
    const name = policy + load<u32>(ref);
    const length = load<u32>(ref, 4);
    text.clear();
    const found = environment(name, length, text);
    const decoded = found && (decodeHex(text.at, text.length, key) || decodeBase64(text.at, text.length, key));
    const good = decoded && key.length == ROOT_BYTES && !key.failed;
    if (good) memory.copy(roots + i * ROOT_BYTES, key.at, ROOT_BYTES);
    text.wipe();
    key.wipe();
    if (good) continue;
    ascii(complaint, "frostglass: policy refused: the environment variable ");
    complaint.append(name, length);
    ascii(complaint, found ? " does not hold 32 bytes as hex or base64url" : " is not set");
    ascii(complaint, "; make a key with 'frostglass keygen' and pass it in the environment of the VM");
    releaseRoots(policy, roots);
    return 0;
  }
  return roots;
}

/** Wipes and gives back what readRoots gave; 0 is ignored. */
export function releaseRoots(policy: usize, roots: usize): void {
  if (roots == 0) return;
  const bytes = load<u32>(policy, HEADER_ROOTS + 4) * ROOT_BYTES;
  wipe(roots, bytes);
  release(roots, bytes);
}
