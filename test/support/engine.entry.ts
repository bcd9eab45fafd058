// The JSON rewriter without the filter around it, for benchmarks and fuzzing of the engine alone: same sources, same
// compiler options as the release module.

import { Buffer, newBuffer } from "../../assembly/bytes/buffer";
import { allocate } from "../../assembly/bytes/pool";
import { Policy } from "../../assembly/filter/plugin";
import { bodyOf, closeStream, openJson, openStream, Stream } from "../../assembly/filter/stream";
import { out } from "../../assembly/json/output";
import { PADDING, rewrite } from "../../assembly/json/rewrite";
import { JsonState } from "../../assembly/json/state";
import { check } from "../../assembly/policy/check";
import { ACTION_PASS, HEADER_REQUEST_ROOT, HEADER_RULES, NO_RULE, SIZE_RULE } from "../../assembly/policy/format.gen";

const input: Buffer = newBuffer();
const policy: Policy = changetype<Policy>(allocate(offsetof<Policy>()));
let stream: Stream = changetype<Stream>(0);

/** Room for `length` bytes of a policy. */
export function policyAt(length: u32): usize {
  policy.blob = allocate(length);
  return policy.blob;
}

/** Takes the policy written there; returns the verdict of the bounds check, 0 when it is sound. Keys are not read. */
export function usePolicy(length: u32): u32 {
  const verdict = check(policy.blob, length);
  if (verdict) return verdict;
  policy.rules = policy.blob + load<u32>(policy.blob, HEADER_RULES);
  policy.ruleCount = load<u32>(policy.blob, HEADER_RULES + 4);
  const last = policy.ruleCount - 1;
  policy.unmatched = <u32>load<u8>(policy.rules + last * SIZE_RULE) == ACTION_PASS ? NO_RULE : last;
  policy.key = 0;
  policy.metrics = allocate(64 + policy.ruleCount * 4 + 256);
  memory.fill(policy.metrics, 0xff, 64 + policy.ruleCount * 4 + 256);
  policy.users = 1 << 30;
  return 0;
}

/** Room for a chunk of `length` bytes. */
export function inputAt(length: u32): usize {
  input.clear();
  input.reserve(length + PADDING);
  return input.at;
}

/** Starts a document. */
export function begin(): void {
  stream = changetype<Stream>(openStream(1, policy));
  openJson(stream, bodyOf(stream, false), load<u32>(policy.blob, HEADER_REQUEST_ROOT), policy.unmatched);
}

/** Rewrites the chunk at `inputAt`; an outcome. */
export function feed(length: u32, last: u32): u32 {
  return rewrite(changetype<JsonState>(bodyOf(stream, false).json), input.at, length, last != 0);
}

/** Ends the document. */
export function end(): void {
  closeStream(stream);
}

export function isEdited(): bool {
  return changetype<JsonState>(bodyOf(stream, false).json).edited;
}

export function outputAt(): usize {
  return out.at;
}

export function outputLength(): u32 {
  return out.length;
}
