// The JSON rewriter without the filter around it, for benchmarks and fuzzing of the engine alone: same sources, same
// compiler options as the release module.
// Invariant: one policy at a time, and the blocks of the one before go back to the pool.

import { Buffer, newBuffer } from "../../assembly/bytes/buffer";
import { allocate, release } from "../../assembly/bytes/pool";
import { Policy } from "../../assembly/filter/plugin";
import { metricBytes } from "../../assembly/filter/metrics";
import { bodyOf, closeStream, openBody, openStream, scopeOf, Stream } from "../../assembly/filter/stream";
import { edited, read, written, writtenLength } from "../../assembly/framing/format";
import { PADDING } from "../../assembly/json/rewrite";
import { closeKeyring, openKeyring, ROOT_BYTES } from "../../assembly/session/keyring";
import { check } from "../../assembly/policy/check";
import { indexSymbols, loadedBytes } from "../../assembly/policy/symbols";
import { ACTION_PASS, FORMAT_JSON, HEADER_REQUEST_FIELDS, HEADER_REQUEST_ROOT, HEADER_ROOTS, HEADER_RULES, MAX_ROOTS, NO_RULE, SIZE_RULE } from "../../assembly/policy/format.gen";

const input: Buffer = newBuffer();
const policy: Policy = changetype<Policy>(allocate(offsetof<Policy>()));
const roots: usize = allocate(MAX_ROOTS * ROOT_BYTES);
let keys: usize = 0;
let stream: Stream = changetype<Stream>(0);
let blobBytes: u32 = 0;
let idBytes: u32 = 0;

/** Room for `length` bytes of a policy, in place of the one before. */
export function policyAt(length: u32): usize {
  if (blobBytes) release(policy.blob, blobBytes);
  policy.blob = allocate(length);
  blobBytes = length;
  return policy.blob;
}

/** Room for the root keys, 32 bytes each. */
export function keyAt(): usize {
  return roots;
}

/** Takes the policy written there, and the key; returns the verdict of the bounds check, 0 when it is sound. */
export function usePolicy(length: u32): u32 {
  const verdict = check(policy.blob, length);
  if (verdict) return verdict;
  const loaded = loadedBytes(policy.blob);
  const blob = allocate(loaded);
  memory.copy(blob, policy.blob, length);
  release(policy.blob, blobBytes);
  policy.blob = blob;
  blobBytes = loaded;
  indexSymbols(blob);
  policy.rules = policy.blob + load<u32>(policy.blob, HEADER_RULES);
  policy.ruleCount = load<u32>(policy.blob, HEADER_RULES + 4);
  const last = policy.ruleCount - 1;
  policy.unmatched = <u32>load<u8>(policy.rules + last * SIZE_RULE) == ACTION_PASS ? NO_RULE : last;
  policy.keys = load<u32>(policy.blob, HEADER_ROOTS + 4) == 0 ? 0 : roots;
  closeKeyring(keys);
  keys = policy.keys == 0 ? 0 : openKeyring(policy.blob, roots, 0, 0, u64.MAX_VALUE);
  if (idBytes) release(policy.metrics, idBytes);
  idBytes = metricBytes(policy.ruleCount);
  policy.metrics = allocate(idBytes);
  memory.fill(policy.metrics, 0xff, idBytes);
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
  stream.keys = keys;
  const scope = scopeOf(stream, HEADER_REQUEST_FIELDS, policy.unmatched);
  openBody(bodyOf(stream, false), FORMAT_JSON, scope, load<u32>(policy.blob, HEADER_REQUEST_ROOT));
}

/** Rewrites the chunk at `inputAt`; an outcome. */
export function feed(length: u32, last: u32): u32 {
  return read(FORMAT_JSON, bodyOf(stream, false).reader, input.at, length, last != 0);
}

/** Ends the document. */
export function end(): void {
  // The session outlives its documents.
  stream.keys = 0;
  closeStream(stream);
}

export function isEdited(): bool {
  return edited;
}

export function outputAt(): usize {
  return written;
}

export function outputLength(): u32 {
  return writtenLength;
}
