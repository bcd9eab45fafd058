// What a stream was, told once, at its end: counts in metrics, and an account in Envoy's filter state, where every access
// logger finds it as %FILTER_STATE(wasm.frostglass.NAME:PLAIN)% (docs/audit.md).
// Invariants: names, codes, digests and counts, never values; nothing is written for an inactive stream.

import * as host from "../abi/host";
import { ascii, decimal } from "../abi/text";
import { TALLY_BYTES, TALLY_DENIED } from "../action/reveal";
import { Buffer, newBuffer } from "../bytes/buffer";
import { DIGEST_BYTES, sha256 } from "../crypto/sha256";
import { HEADER_NAME, NO_RULE, RULE_NAME, SIZE_RULE } from "../policy/format.gen";
import { appendCode } from "../policy/outcomes";
import { FORWARDED, NOT_CONFIGURED } from "../policy/outcomes.gen";
import { Session, idOf } from "../session/cache";
import { countBytes, countDenied, countMemory, countOutcome, countRule, tellSecondsLeft } from "./metrics";
import { Policy, isReveal } from "./plugin";
import { Stream, bodyOf } from "./stream";

export const DIGEST_TEXT_BYTES: u32 = 7 + 2 * DIGEST_BYTES;
const SESSION_HASH_BYTES: u32 = 8;

const path: Buffer = newBuffer();
const value: Buffer = newBuffer();
@lazy const digest = memory.data(32, 16);

function put(name: string, at: usize, length: u32): void {
  path.clear();
  ascii(path, "frostglass.");
  ascii(path, name);
  if (!path.failed && !value.failed) host.setProperty(path, at, length);
}

function putValue(name: string): void {
  put(name, value.at, value.length);
}

/** Writes "sha256:" and the hex digest of the binary policy, as `frostglass compile` names it; false when memory ran out. */
export function digestText(blob: usize, length: u32, into: usize): bool {
  sha256(blob, length, digest);
  value.clear();
  ascii(value, "sha256:");
  appendHex(DIGEST_BYTES);
  if (value.failed) return false;
  memory.copy(into, value.at, DIGEST_TEXT_BYTES);
  return true;
}

/** The first bytes of the digest. */
function appendHex(bytes: u32): void {
  for (let i: u32 = 0; i < bytes; i++) {
    const byte = <u32>load<u8>(digest + i);
    value.byte(hex(byte >> 4));
    value.byte(hex(byte & 15));
  }
}

@inline
function hex(nibble: u32): u32 {
  return nibble + (nibble < 10 ? 0x30 : 0x57);
}

function putRuleName(policy: Policy, rule: u32): void {
  const record = policy.rules + rule * SIZE_RULE;
  value.append(policy.blob + load<u32>(record, RULE_NAME), load<u32>(record, RULE_NAME + 4));
}

/** "rule=times", behind a comma, when it is not 0. */
function putTimes(policy: Policy, rule: u32, times: u32): void {
  if (times == 0) return;
  if (value.length) value.byte(0x2c);
  putRuleName(policy, rule);
  value.byte(0x3d);
  decimal(value, times);
}

@inline
function revealedBy(stream: Stream, rule: u32): u32 {
  return load<u32>(stream.reveals + rule * TALLY_BYTES);
}

@inline
function deniedBy(stream: Stream, rule: u32): u32 {
  return load<u32>(stream.reveals + rule * TALLY_BYTES, TALLY_DENIED);
}

/** How often a rule acted. To reveal is to turn a token back, not to look at a value. */
function timesOf(stream: Stream, rule: u32): u32 {
  return isReveal(stream.policy, rule) ? revealedBy(stream, rule) : load<u32>(stream.counts + (rule << 2));
}

/** Leaves the account of an active stream with the host, once. */
export function account(stream: Stream): void {
  if (!stream.active || stream.accounted) return;
  stream.accounted = true;
  const policy = stream.policy;
  const blob = policy.blob;
  value.clear();
  put("policy", blob + load<u32>(blob, HEADER_NAME), load<u32>(blob, HEADER_NAME + 4));
  put("policy_digest", policy.digest, DIGEST_TEXT_BYTES);
  if (stream.session) {
    // Without a token the id is what the client sent, so it is told by a hash.
    const session = changetype<Session>(stream.session);
    sha256(idOf(session), session.idLength, digest);
    appendHex(SESSION_HASH_BYTES);
    putValue("session");
    value.clear();
  }
  appendCode(stream.refused ? stream.outcome : FORWARDED, value);
  putValue("outcome");
  if (stream.refused && stream.rule != NO_RULE) {
    value.clear();
    putRuleName(policy, stream.rule);
    putValue("rule");
  }
  value.clear();
  for (let i: u32 = 0; i < policy.ruleCount; i++) putTimes(policy, i, timesOf(stream, i));
  putValue("rules");
  if (policy.reveals) {
    value.clear();
    for (let i: u32 = 0; i < policy.ruleCount; i++) putTimes(policy, i, revealedBy(stream, i));
    putValue("revealed");
    value.clear();
    for (let i: u32 = 0; i < policy.ruleCount; i++) putTimes(policy, i, deniedBy(stream, i));
    putValue("denied");
  }
  value.clear();
  decimal(value, bodyOf(stream, false).total);
  putValue("request_bytes");
  value.clear();
  decimal(value, bodyOf(stream, true).total);
  putValue("response_bytes");
}

/** Counts an active stream at its end. */
export function count(stream: Stream): void {
  const ids = stream.policy.metrics;
  const rules = stream.policy.ruleCount;
  countOutcome(ids, stream.refused ? stream.outcome : FORWARDED);
  for (let i: u32 = 0; i < rules; i++) {
    const times = timesOf(stream, i);
    if (times) countRule(ids, i, times);
    const denied = deniedBy(stream, i);
    if (denied) countDenied(ids, rules, i, denied);
  }
  const request = bodyOf(stream, false);
  const response = bodyOf(stream, true);
  countBytes(ids, rules, request.total, response.total, <u64>max(request.heldMost, response.heldMost));
  countMemory();
  if (stream.session == 0) return;
  const expires = changetype<Session>(stream.session).expires;
  if (expires == u64.MAX_VALUE) return;
  const now = host.now() / 1_000_000_000;
  tellSecondsLeft(ids, rules, expires > now ? expires - now : 0);
}

/** The account of a stream that came to a plugin without a policy. */
export function accountUnconfigured(): void {
  value.clear();
  appendCode(NOT_CONFIGURED, value);
  putValue("outcome");
}
