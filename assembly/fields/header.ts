// What the field rules make of one header, of a message or of its trailers, cookies included.
// Invariants: headers that frame a message are never selected, nor is the one that activates; a header that no rule names
// is left out where `unmatched` blocks, since proxies add some on their own.

import { spells } from "../bytes/text";
import { Buffer } from "../bytes/buffer";
import { same } from "../bytes/glob";
import { ACTION_BLOCK, HEADER_ACTIVATION_HEADER, HEADER_SAFE_HEADERS, LOCATION_HEADER, LOCATION_HEADER_TEXT, NO_RULE, SIZE_RULE } from "../policy/format.gen";
import { binaryOf, isBinary } from "./binary";
import { cookiesOf } from "./cookie";
import { anyMatches, fieldDetects, fieldRule, fieldState } from "./match";
import { FieldScope } from "./scope";
import { setCookieOf } from "./set-cookie";
import { DROP, KEEP, acted } from "./value";

/** Headers that frame or route the message: changing one would change what the bytes around it mean. */
function isFraming(at: usize, length: u32): bool {
  return (
    length == 0 ||
    load<u8>(at) == 0x3a ||
    spells(at, length, "content-length") ||
    spells(at, length, "transfer-encoding") ||
    spells(at, length, "content-encoding") ||
    spells(at, length, "content-type") ||
    spells(at, length, "connection") ||
    spells(at, length, "host")
  );
}

/** Decides on a header with a name in lower case; a verdict of value.ts, whose text is in `into`. */
export function headerOf(
  scope: FieldScope,
  name: usize,
  nameLength: u32,
  at: usize,
  length: u32,
  into: Buffer,
): u32 {
  const policy = scope.policy;
  if (isFraming(name, nameLength)) return KEEP;
  // Activation decides on this one (filter/activation.ts): a rule or "unmatched" must not spoil it for the cluster that reads it.
  const activationName = policy + load<u32>(policy, HEADER_ACTIVATION_HEADER);
  if (nameLength == load<u32>(policy, HEADER_ACTIVATION_HEADER + 4) && same(name, activationName, nameLength)) return KEEP;
  const rule = fieldRule(policy, scope.table, LOCATION_HEADER, name, nameLength);
  const detects = fieldDetects;
  if (detects != 0 && isBinary(name, nameLength)) {
    const fate = binaryOf(scope, detects, at, length);
    if (fate != KEEP) return fate;
  }
  const state = fieldState(policy, scope.table, LOCATION_HEADER_TEXT, name, nameLength);
  const isCookie = spells(name, nameLength, "cookie");
  const isSetCookie = spells(name, nameLength, "set-cookie") || spells(name, nameLength, "set-cookie2");
  if (state != 0) {
    const fate = scope.judgeIn(state, rule == NO_RULE ? scope.unmatched : rule, detects, at, length, into);
    if (!scope.isUnread || !(isCookie || isSetCookie)) return fate;
  }
  if (rule != NO_RULE) return scope.judge(rule, detects, at, length, into, true);
  if (state == 0 && detects != 0) {
    const fate = scope.judge(NO_RULE, detects, at, length, into, true);
    // What is found and stays has been decided too.
    if (fate != KEEP || acted != NO_RULE) return fate;
  }
  into.clear();
  // Whoever sends them the other way echoes what was sent.
  if (isCookie) return cookiesOf(scope, at, length, into);
  if (isSetCookie) return setCookieOf(scope, at, length, into);
  if (scope.unmatched == NO_RULE || anyMatches(policy, HEADER_SAFE_HEADERS, name, nameLength)) return KEEP;
  // Proxies add headers on their own, so an unnamed one is left out where an unnamed value would be refused.
  if (<u32>load<u8>(scope.rules + scope.unmatched * SIZE_RULE) == ACTION_BLOCK) {
    scope.count(scope.unmatched);
    return DROP;
  }
  return scope.judge(scope.unmatched, 0, at, length, into);
}
