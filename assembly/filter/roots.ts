// The root keys of a policy, from the environment of the VM.
// Invariants: all of them are there, 32 bytes each, or the policy is refused with a reason that names the variable only;
// every copy on the way is wiped.

import { ascii } from "../abi/text";
import { Buffer, newBuffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { wipe } from "../bytes/secret";
import { HEADER_ROOTS, SIZE_ROOT } from "../policy/format.gen";
import { ROOT_BYTES } from "../session/keyring";
import { READ, complain, readSecret } from "./secret";

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
    const verdict = readSecret(name, length, key);
    const good = verdict == READ && key.length == ROOT_BYTES;
    if (good) memory.copy(roots + i * ROOT_BYTES, key.at, ROOT_BYTES);
    key.wipe();
    if (good) continue;
    complain(complaint, name, length, verdict, "32 bytes", "keygen");
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
