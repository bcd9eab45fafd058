// A plugin: one root context with its policy, key and metrics. Several stand in one VM, found by id, never by "the last".
// Invariants: a policy is used only after `check` found it sound and its key was read; a refused configuration changes
// nothing; a policy lives until its last stream is gone; the key is wiped with it and never leaves.

import * as host from "../abi/host";
import { ascii, decimal } from "../abi/text";
import { LOG_ERROR, LOG_INFO, PLUGIN_CONFIGURATION } from "../abi/types";
import { forget } from "../action/detect";
import { Buffer, newBuffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { DAMAGED, FOREIGN, OTHER_VERSION, SOUND, TOO_LARGE, TRUNCATED, check } from "../policy/check";
import {
  HEADER_BYTES,
  HEADER_NAME,
  HEADER_RULES,
  NO_RULE,
  ACTION_GENERALIZE,
  ACTION_PASS,
  ACTION_REVEAL,
  GENERALIZE_AGED,
  RULE_ACTION,
  RULE_P0,
  SIZE_RULE,
  VERSION,
} from "../policy/format.gen";
import { indexSymbols, loadedBytes } from "../policy/symbols";
import { policyFault, policyIn, policyLength, releasePolicyText } from "./configuration";
import { dropSessions } from "../session/cache";
import { DIGEST_TEXT_BYTES, digestText } from "./audit";
import { defineMetrics, metricBytes } from "./metrics";
import { readRoots, releaseRoots } from "./roots";
import { readTokenKey, releaseTokenKey } from "./token-key";

/** A loaded policy with what belongs to it. */
@unmanaged
export class Policy {
  blob: usize; // the binary policy
  rules: usize; // first rule record
  ruleCount: u32; // the pseudo-rule "unmatched" included
  reveals: bool; // one of the rules does
  goesByYear: bool; // one of the rules asks what year it is
  unmatched: u32; // its index, NO_RULE when it passes
  keys: usize; // root keys, 32 bytes each, or 0 when the policy needs none
  tokenKey: usize; // of HS256: u32 length and the bytes, or 0 when the policy needs none
  metrics: usize; // ids of metricBytes
  digest: usize; // text of DIGEST_TEXT_BYTES
  users: u32; // the plugin while it is current, and every stream
}

@inline
export function isReveal(policy: Policy, rule: u32): bool {
  return <u32>load<u8>(policy.rules + rule * SIZE_RULE, RULE_ACTION) == ACTION_REVEAL;
}

function isAged(policy: Policy, rule: u32): bool {
  const record = policy.rules + rule * SIZE_RULE;
  return <u32>load<u8>(record, RULE_ACTION) == ACTION_GENERALIZE && load<u32>(record, RULE_P0) == GENERALIZE_AGED;
}

@unmanaged
export class Plugin {
  id: u32;
  policy: Policy;
  next: usize;
}

const message: Buffer = newBuffer();
const incoming: Buffer = newBuffer();
const text: Buffer = newBuffer();
let first: usize = 0;

/** The plugin with the given root context id, or 0. */
export function pluginById(id: u32): usize {
  let at = first;
  while (at != 0 && changetype<Plugin>(at).id != id) at = changetype<Plugin>(at).next;
  return at;
}

export function createPlugin(id: u32): bool {
  const at = allocate(offsetof<Plugin>());
  if (at == 0) return false;
  const plugin = changetype<Plugin>(at);
  plugin.id = id;
  plugin.policy = changetype<Policy>(0);
  plugin.next = first;
  first = at;
  return true;
}

export function deletePlugin(id: u32): void {
  let link: usize = 0;
  let at = first;
  while (at != 0 && changetype<Plugin>(at).id != id) {
    link = at;
    at = changetype<Plugin>(at).next;
  }
  if (at == 0) return;
  const plugin = changetype<Plugin>(at);
  if (link) changetype<Plugin>(link).next = plugin.next;
  else first = plugin.next;
  if (changetype<usize>(plugin.policy)) leavePolicy(plugin.policy);
  release(at, offsetof<Plugin>());
}

/** A stream, or the plugin, no longer uses the policy: the last one frees it. */
export function leavePolicy(policy: Policy): void {
  if (--policy.users != 0) return;
  forget(policy.blob);
  dropSessions(policy.blob);
  releaseRoots(policy.blob, policy.keys);
  releaseTokenKey(policy.tokenKey);
  release(policy.metrics, metricBytes(policy.ruleCount));
  release(policy.digest, DIGEST_TEXT_BYTES);
  release(policy.blob, loadedBytes(policy.blob));
  release(changetype<usize>(policy), offsetof<Policy>());
}

function say(level: u32, what: string): void {
  message.clear();
  ascii(message, "frostglass: ");
  ascii(message, what);
  host.log(level, message);
}

function refusePolicy(why: string): bool {
  message.clear();
  ascii(message, "frostglass: policy refused: ");
  ascii(message, why);
  host.log(LOG_ERROR, message);
  return false;
}

function reason(verdict: u32): string {
  switch (verdict) {
    case FOREIGN:
      return "the plugin configuration is not a frostglass policy; configure the output of 'frostglass compile' or 'frostglass manifest'";
    case OTHER_VERSION:
      return "its format version is not the one this filter reads; compile the policy with the release of this filter";
    case TRUNCATED:
      return "it is truncated; compile and push it again";
    case DAMAGED:
      return "it is damaged (checksum or structure); compile and push it again";
    case TOO_LARGE:
      return "it is larger than 16 MiB, or damaged where its gzip says how large it is; compile and push it again";
    default:
      return "memory ran out";
  }
}

/** Loads the plugin configuration of `size` bytes; false, and all stays as it was, when the policy is refused. */
export function configure(id: u32, size: u32): bool {
  const at = pluginById(id);
  if (at == 0) return refusePolicy("the root context is unknown");
  if (size == 0) return refusePolicy("the plugin configuration is empty; configure the output of 'frostglass manifest'");
  const isLoaded = loadPolicy(changetype<Plugin>(at), size);
  incoming.free();
  releasePolicyText();
  return isLoaded;
}

function loadPolicy(plugin: Plugin, size: u32): bool {
  if (!host.readBuffer(PLUGIN_CONFIGURATION, size, incoming, 8)) return refusePolicy("it cannot be read from the host");
  const from = policyIn(incoming.at, incoming.length);
  if (from == 0) return refusePolicy(reason(policyFault));
  const length = policyLength;
  const verdict = check(from, length);
  if (verdict != SOUND) return refusePolicy(reason(verdict));
  const blob = allocate(loadedBytes(from));
  if (blob == 0) return refusePolicy("memory ran out");
  memory.copy(blob, from, length);
  indexSymbols(blob);
  return adopt(plugin, blob);
}

/** There is a complaint, or there was no memory for its words. */
function isComplained(): bool {
  return message.length != 0 || message.failed;
}

function adopt(plugin: Plugin, blob: usize): bool {
  const at = allocate(offsetof<Policy>());
  if (at == 0) {
    release(blob, loadedBytes(blob));
    return refusePolicy("memory ran out");
  }
  const ruleCount = load<u32>(blob, HEADER_RULES + 4);
  const policy = changetype<Policy>(at);
  policy.blob = blob;
  policy.rules = blob + load<u32>(blob, HEADER_RULES);
  policy.ruleCount = ruleCount;
  const last = ruleCount - 1;
  policy.unmatched = <u32>load<u8>(policy.rules + last * SIZE_RULE) == ACTION_PASS ? NO_RULE : last;
  policy.reveals = false;
  policy.goesByYear = false;
  for (let i: u32 = 0; i < ruleCount; i++) {
    policy.reveals = policy.reveals || isReveal(policy, i);
    policy.goesByYear = policy.goesByYear || isAged(policy, i);
  }
  policy.keys = 0;
  policy.tokenKey = 0;
  policy.metrics = allocate(metricBytes(ruleCount));
  policy.digest = allocate(DIGEST_TEXT_BYTES);
  policy.users = 1;
  if (policy.metrics == 0 || policy.digest == 0 || !digestText(blob, load<u32>(blob, HEADER_BYTES), policy.digest)) {
    leavePolicy(policy);
    return refusePolicy("memory ran out");
  }
  message.clear();
  policy.keys = readRoots(blob, message);
  if (!isComplained()) policy.tokenKey = readTokenKey(blob, message);
  if (isComplained()) {
    host.log(LOG_ERROR, message);
    leavePolicy(policy);
    return false;
  }
  defineMetrics(blob, policy.metrics);
  if (changetype<usize>(plugin.policy)) leavePolicy(plugin.policy);
  plugin.policy = policy;
  message.clear();
  ascii(message, "frostglass: policy ");
  message.append(blob + load<u32>(blob, HEADER_NAME), load<u32>(blob, HEADER_NAME + 4));
  ascii(message, " loaded, format version ");
  decimal(message, VERSION);
  ascii(message, ", rules: ");
  decimal(message, last);
  host.log(LOG_INFO, message);
  return true;
}

/** Logs that a stream came to a plugin without a policy. */
export function sayUnconfigured(): void {
  say(LOG_ERROR, "a request came before a policy was loaded and is refused");
}
