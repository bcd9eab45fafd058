// The headers of a message: what they say of it, and what the field rules make of them, cookies and query included.
// Invariants: the host's map is changed only after every verdict is in, so a refusal leaves it untouched; repeated headers
// keep their order; one message at a time.

import * as host from "../abi/host";
import { spells } from "../abi/text";
import { REQUEST_TRAILERS, RESPONSE_TRAILERS } from "../abi/types";
import { Buffer, newBuffer } from "../bytes/buffer";
import { same } from "../bytes/glob";
import { headerOf } from "../fields/header";
import { encodeHeader } from "../fields/percent";
import { AMBIGUOUS, hasPaths, pathOf } from "../fields/path";
import { queryOf } from "../fields/query";
import { takeUnread } from "../fields/readings";
import { FieldScope } from "../fields/scope";
import { BROKEN, DROP, KEEP, REFUSE, REPLACE, SPLIT } from "../fields/value";
import { HEADER_REQUEST_FIELDS, HEADER_RESPONSE_FIELDS, NO_RULE } from "../policy/format.gen";
import { FORM_SEPARATOR, INTERNAL, PATH_AMBIGUOUS, RULE_BLOCK, UNMATCHED_BLOCK } from "../policy/outcomes.gen";
import { Stream, scopeOf } from "./stream";

const pairs: Buffer = newBuffer();
const edits: Buffer = newBuffer();
const value: Buffer = newBuffer();
const table: Buffer = newBuffer();
const target: Buffer = newBuffer();

// One pair: where it stands and what becomes of it.
const NAME_AT: usize = 0;
const NAME_LENGTH: usize = 4;
const VALUE_AT: usize = 8;
const VALUE_LENGTH: usize = 12;
const FATE: usize = 16; // KEEP, REPLACE (the value stands in `edits`), DROP, or DONE
const EDIT: usize = 20; // offset in `edits`
const SIZE_PAIR: u32 = 24;
const DONE: u32 = 5;
// Envoy allows 100 headers unless told otherwise; far above that something is wrong.
const MAX_PAIRS: u32 = 4096;

let count: u32 = 0;

@inline
function pairAt(index: u32): usize {
  return table.at + index * SIZE_PAIR;
}

/** Reads a header map; false when the host does not give it or its form is wrong. */
export function loadHeaders(map: u32): bool {
  count = 0;
  if (!host.readHeaders(map, pairs)) return false;
  // Another filter may have taken all trailers away; headers are never without a method or a status.
  if (pairs.length == 0) return map == REQUEST_TRAILERS || map == RESPONSE_TRAILERS;
  if (pairs.length < 4) return false;
  const found = load<u32>(pairs.at);
  if (found > MAX_PAIRS || <u32>4 + found * 8 > pairs.length) return false;
  table.clear();
  if (!table.reserve(found * SIZE_PAIR)) return false;
  const end = pairs.at + pairs.length;
  let at = pairs.at + 4 + found * 8;
  for (let i: u32 = 0; i < found; i++) {
    const nameLength = load<u32>(pairs.at + 4 + i * 8);
    const valueLength = load<u32>(pairs.at + 8 + i * 8);
    if (<u64>at + <u64>nameLength + <u64>valueLength + 2 > <u64>end) return false;
    const pair = pairAt(i);
    store<u32>(pair, <u32>at, NAME_AT);
    store<u32>(pair, nameLength, NAME_LENGTH);
    store<u32>(pair, <u32>at + nameLength + 1, VALUE_AT);
    store<u32>(pair, valueLength, VALUE_LENGTH);
    store<u32>(pair, KEEP, FATE);
    at += nameLength + valueLength + 2;
  }
  count = found;
  return true;
}

/** Index of the first header with the name at or after `from`, or -1. */
export function headerIndex(name: string, from: u32): i32 {
  for (let i = from; i < count; i++) {
    const pair = pairAt(i);
    if (spells(<usize>load<u32>(pair, NAME_AT), load<u32>(pair, NAME_LENGTH), name)) return i;
  }
  return -1;
}

/** Whether several headers have the name, which is in lower case. */
export function isRepeated(name: usize, length: u32): bool {
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const pair = pairAt(i);
    if (load<u32>(pair, NAME_LENGTH) == length && same(<usize>load<u32>(pair, NAME_AT), name, length)) found++;
  }
  return found > 1;
}

export function valueAt(index: u32): usize {
  return <usize>load<u32>(pairAt(index), VALUE_AT);
}

export function valueLength(index: u32): u32 {
  return load<u32>(pairAt(index), VALUE_LENGTH);
}

/** Puts a changed value into `edits` as the pair's new one. */
function edit(pair: usize, at: usize, length: u32): void {
  store<u32>(pair, edits.length, EDIT);
  encodeHeader(at, length, edits);
  store<u32>(pair, edits.length - load<u32>(pair, EDIT), VALUE_LENGTH);
  store<u32>(pair, REPLACE, FATE);
}

/** Decides the request target: its path by the templates, then its query. */
function judgeTarget(scope: FieldScope, at: usize, length: u32): u32 {
  let mark: u32 = 0;
  while (mark < length && load<u8>(at + mark) != 0x3f) mark++;
  target.clear();
  const path = hasPaths(scope.policy, scope.table) ? pathOf(scope, at, mark, target) : KEEP;
  if (path == REFUSE || path == BROKEN || path == AMBIGUOUS) return path;
  value.clear();
  const query = queryOf(scope, at, length, value);
  if (path != REPLACE || query == REFUSE || query == BROKEN || query == SPLIT) return query;
  // The query as it was or as it became, behind the new path.
  const rest = query == REPLACE ? value.at : at;
  const size = (query == REPLACE ? value.length : length) - mark;
  target.append(rest + mark, size);
  value.clear();
  value.append(target.at, target.length);
  return target.failed ? BROKEN : REPLACE;
}

/** Decides one pair; KEEP, REPLACE, DROP, REFUSE (scope.rule blocked) or BROKEN. */
function judge(scope: FieldScope, pair: usize, response: bool, trailers: bool): u32 {
  const name = <usize>load<u32>(pair, NAME_AT);
  const nameLength = load<u32>(pair, NAME_LENGTH);
  const at = <usize>load<u32>(pair, VALUE_AT);
  const length = load<u32>(pair, VALUE_LENGTH);
  if (!response && !trailers && spells(name, nameLength, ":path")) return judgeTarget(scope, at, length);
  return headerOf(scope, name, nameLength, at, length, value);
}

/** Applies the verdict of pair `index` to the host's map, and with it those on all headers of the same name. */
function apply(map: u32, index: u32): bool {
  const pair = pairAt(index);
  const name = <usize>load<u32>(pair, NAME_AT);
  const nameLength = load<u32>(pair, NAME_LENGTH);
  let others = false;
  for (let i: u32 = 0; i < count; i++) {
    const other = pairAt(i);
    if (i == index || load<u32>(other, NAME_LENGTH) != nameLength) continue;
    if (same(<usize>load<u32>(other, NAME_AT), name, nameLength)) others = true;
  }
  const fate = load<u32>(pair, FATE);
  if (!others) {
    if (fate == DROP) return host.removeHeader(map, name, nameLength);
    return host.replaceHeader(map, name, nameLength, edits.at + load<u32>(pair, EDIT), load<u32>(pair, VALUE_LENGTH));
  }
  if (!host.removeHeader(map, name, nameLength)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const other = pairAt(i);
    if (load<u32>(other, NAME_LENGTH) != nameLength || !same(<usize>load<u32>(other, NAME_AT), name, nameLength)) continue;
    const decided = load<u32>(other, FATE);
    store<u32>(other, DONE, FATE);
    if (decided == DROP) continue;
    const from = decided == REPLACE ? edits.at + load<u32>(other, EDIT) : <usize>load<u32>(other, VALUE_AT);
    if (!host.addHeader(map, name, nameLength, from, load<u32>(other, VALUE_LENGTH))) return false;
  }
  return true;
}

/**
 * Runs the field rules over the loaded headers (or trailers) and changes the host's map. Returns an outcome; when a rule
 * blocked, stream.rule is it.
 */
export function rewriteHeaders(stream: Stream, map: u32, response: bool, trailers: bool, unmatched: u32): u32 {
  const policy = stream.policy;
  const fields = response ? HEADER_RESPONSE_FIELDS : HEADER_REQUEST_FIELDS;
  if (load<u32>(policy.blob + fields + 4) == 0 && unmatched == NO_RULE) return 0;
  const scope = scopeOf(stream, fields, unmatched);
  edits.clear();
  let changed = false;
  for (let i: u32 = 0; i < count; i++) {
    const pair = pairAt(i);
    const fate = judge(scope, pair, response, trailers);
    if (fate == KEEP) continue;
    if (fate == REFUSE) {
      stream.rule = scope.rule;
      if (scope.fault != 0) return scope.fault;
      return scope.rule == unmatched ? UNMATCHED_BLOCK : RULE_BLOCK;
    }
    if (fate == BROKEN) return INTERNAL;
    if (fate == AMBIGUOUS) return PATH_AMBIGUOUS;
    if (fate == SPLIT) return FORM_SEPARATOR;
    changed = true;
    if (fate == DROP) store<u32>(pair, DROP, FATE);
    else edit(pair, value.at, value.length);
  }
  if (edits.failed || value.failed || takeUnread()) return INTERNAL;
  if (!changed) return 0;
  for (let i: u32 = 0; i < count; i++) {
    const fate = load<u32>(pairAt(i), FATE);
    if ((fate == REPLACE || fate == DROP) && !apply(map, i)) return INTERNAL;
  }
  return 0;
}
