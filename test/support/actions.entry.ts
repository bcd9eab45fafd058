// Entry of the test module for assembly/action and assembly/crypto: the functions, over memory that the test fills.

import { transform } from "../../assembly/action/apply";
import { redactedJson, redactedText } from "../../assembly/action/redact";
import { characterLength } from "../../assembly/action/text";
import { newBuffer } from "../../assembly/bytes/buffer";
import { hmacFinish, hmacSha256, hmacStart, hmacUpdate } from "../../assembly/crypto/hmac";
import { sha256, sha256Finish, sha256Start, sha256Update } from "../../assembly/crypto/sha256";

import { allocate } from "../../assembly/bytes/pool";
import { Keyring } from "../../assembly/session/keyring";

export { tellTime } from "../../assembly/action/generalize/aged";
export { allocate, release } from "../../assembly/bytes/pool";
export {
  characterLength,
  hmacFinish,
  hmacSha256,
  hmacStart,
  hmacUpdate,
  sha256,
  sha256Finish,
  sha256Start,
  sha256Update,
};

const out = newBuffer();
const ring = changetype<Keyring>(allocate(offsetof<Keyring>()));

/** End of the memory that the module keeps for its data: the working areas lie below. */
export function dataEnd(): usize {
  return __heap_base;
}

export function outAt(): usize {
  return out.at;
}

export function outLength(): u32 {
  return out.length;
}

/** `root` is the address of a root key, or 0: actions that need no more of a session than that. */
export function run(rule: usize, policy: usize, type: u32, at: usize, length: u32, root: usize): u32 {
  out.clear();
  ring.roots = root;
  return transform(rule, policy, type, at, length, root ? changetype<usize>(ring) : 0, out);
}

export function redactText(rule: usize, policy: usize): void {
  out.clear();
  redactedText(rule, policy, out);
}

export function redactJson(rule: usize, policy: usize, kind: u32): void {
  out.clear();
  redactedJson(rule, policy, kind, out);
}
