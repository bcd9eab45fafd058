// Which rule a header, cookie or query parameter falls under, by its name.
// Invariants: names are compared as bytes (header names come in lower case from the host); the first field in policy
// order that does not detect decides.

import { before } from "../action/detect";
import { globMatches, same } from "../bytes/glob";
import { isSoft, isSoftJson } from "../nested/open";
import { memberState, stateAt } from "../policy/cursor";
import {
  ACTION_PASS,
  FIELD_FLAGS,
  FIELD_FLAG_EXEMPT,
  FIELD_FLAG_GLOB,
  FIELD_FLAG_NAMES,
  FIELD_FLAG_PATHS,
  FIELD_LOCATION,
  FIELD_PATTERN,
  HEADER_RULES,
  HEADER_SAFE_HEADERS,
  LOCATION_ANY,
  LOCATION_COOKIE_TEXT,
  LOCATION_FORM_JSON,
  LOCATION_FORM_TEXT,
  LOCATION_HEADER_TEXT,
  LOCATION_MULTIPART_JSON,
  LOCATION_MULTIPART_TEXT,
  LOCATION_PATH_TEXT,
  LOCATION_QUERY_TEXT,
  LOCATION_XML,
  NO_RULE,
  RULE_DETECTS,
  RULE_FLAGS,
  RULE_FLAG_DETECT,
  SIZE_FIELD,
  SIZE_REF,
  SIZE_RULE,
  STATE_DETECTS,
} from "../policy/format.gen";
import { followPath, isPath, pathDetects, pathRule } from "./name-path";
import {
  bared,
  isCommon,
  isCookie,
  isHeader,
  mangled,
  otherAt,
  otherLength,
  trimmed,
  unescaped,
  widened,
} from "./readings";

/** Of the name that `fieldRule` was asked for: the set of rules that detect in its value before the answer decides. */
export let fieldDetects: u64 = 0;

/** The rule or state of the name as it is given; adds to `fieldDetects`. */
function ruleAsGiven(policy: usize, table: usize, location: u32, name: usize, length: u32): u32 {
  const count = load<u32>(policy + table, 4);
  let field = policy + load<u32>(policy + table);
  let rule: u32 = NO_RULE;
  for (let i: u32 = 0; i < count; i++, field += SIZE_FIELD) {
    if (<u32>load<u8>(field, FIELD_LOCATION) != location) continue;
    const number = <u32>load<u16>(field);
    const flags = <u32>load<u8>(field, FIELD_FLAGS);
    if (flags & FIELD_FLAG_NAMES) {
      const state = stateAt(policy, memberState(policy, stateAt(policy, number), name, length));
      rule = min<u32>(rule, <u32>load<u16>(state));
      fieldDetects |= load<u64>(state, STATE_DETECTS);
      continue;
    }
    if (flags & FIELD_FLAG_PATHS) {
      if (!isPath(name, length)) continue;
      followPath(policy, number, name, length);
      rule = min<u32>(rule, pathRule);
      fieldDetects |= pathDetects;
      continue;
    }
    const pattern = policy + load<u32>(field, FIELD_PATTERN);
    const size = load<u32>(field, FIELD_PATTERN + 4);
    const hit = flags & FIELD_FLAG_GLOB ? globMatches(pattern, size, name, length) : size == length && same(pattern, name, length);
    if (!hit) continue;
    if (namesState(location)) return number;
    if (flags & FIELD_FLAG_EXEMPT && anyMatches(policy, HEADER_SAFE_HEADERS, name, length)) continue;
    if (!addDetect(policy, number)) rule = min<u32>(rule, number);
  }
  return rule;
}

/**
 * Whether the rule or state of another reading of a name goes before that of the name: none where it passes, nor that of texts
 * of JSON, which all names have.
 */
function goesFirst(policy: usize, location: u32, other: u32, rule: u32): bool {
  if (namesState(location)) return rule == NO_RULE || (isSoft(policy, rule) && !isSoftJson(policy, other));
  return other < rule && <u32>load<u8>(policy + load<u32>(policy, HEADER_RULES) + other * SIZE_RULE) != ACTION_PASS;
}

/** The rule or state of the name, or that of the other reading, whichever goes first. */
function withOther(policy: usize, table: usize, location: u32, rule: u32): u32 {
  const other = ruleAsGiven(policy, table, location, otherAt, otherLength);
  return other != NO_RULE && goesFirst(policy, location, other, rule) ? other : rule;
}

/** The rule or state of the name, or that of what receivers read in it otherwise, whichever goes first. */
function withReadings(policy: usize, table: usize, location: u32, rule: u32, name: usize, length: u32): u32 {
  if (trimmed(name, length)) rule = withOther(policy, table, location, rule);
  const at = otherAt;
  const rest = otherLength;
  if (rest != 0 && mangled(location, at, rest)) rule = withOther(policy, table, location, rule);
  if (!isHeader(location) && bared(at, rest)) rule = withOther(policy, table, location, rule);
  return widened(name, length) ? withOther(policy, table, location, rule) : rule;
}

/**
 * The rule of the first field of the table (header offset `table`) that names it and does not detect, or NO_RULE; of what
 * is in a value, its state. What acts on a name that receivers read in it otherwise (readings.ts) acts, too.
 */
export function fieldRule(policy: usize, table: usize, location: u32, name: usize, length: u32): u32 {
  fieldDetects = 0;
  let rule = ruleAsGiven(policy, table, location, name, length);
  if (!isCommon(location, name, length)) {
    rule = withReadings(policy, table, location, rule, name, length);
    if (isCookie(location) && unescaped(name, length)) {
      const at = otherAt;
      const size = otherLength;
      rule = withOther(policy, table, location, rule);
      rule = withReadings(policy, table, location, rule, at, size);
    }
  }
  if (fieldDetects != 0) fieldDetects = before(policy + load<u32>(policy, HEADER_RULES), fieldDetects, rule);
  return rule;
}

/** Whether the fields of a location name states of what is in their values instead of rules. */
export function namesState(location: u32): bool {
  switch (location) {
    case LOCATION_HEADER_TEXT:
    case LOCATION_COOKIE_TEXT:
    case LOCATION_QUERY_TEXT:
    case LOCATION_PATH_TEXT:
    case LOCATION_FORM_JSON:
    case LOCATION_FORM_TEXT:
    case LOCATION_MULTIPART_JSON:
    case LOCATION_MULTIPART_TEXT:
    case LOCATION_XML:
      return true;
    default:
      return false;
  }
}

/** The state of what is in the value that has the name, or 0. */
export function fieldState(policy: usize, table: usize, location: u32, name: usize, length: u32): u32 {
  const detects = fieldDetects;
  const state = fieldRule(policy, table, location, name, length);
  fieldDetects = detects;
  return state == NO_RULE ? 0 : state;
}

/** The state of what is in the value, on the whole of which `rule` acts; 0 where a soft decoder therefore reads none of it. */
export function textState(policy: usize, table: usize, location: u32, rule: u32, name: usize, length: u32): u32 {
  const state = fieldState(policy, table, location, name, length);
  return rule != NO_RULE && isSoft(policy, state) ? 0 : state;
}

/** The last value that `valueState` was asked for is a text that is decoded, and no document. */
export let isText: bool = false;

/**
 * The state of what is in a value, which is a text that is decoded or a document: locations `text` and `document`. What is
 * told to be a document is no text that a soft decoder may read.
 */
export function valueState(policy: usize, table: usize, text: u32, document: u32, name: usize, length: u32): u32 {
  const state = fieldState(policy, table, text, name, length);
  isText = state != 0;
  if (isText && !isSoft(policy, state)) return state;
  const told = fieldState(policy, table, document, name, length);
  if (told == 0) return state;
  isText = false;
  return told;
}

/** The rules that look into what no selector but `any:` selects: names of fields, and header lines of parts. */
export function anyDetects(policy: usize, table: usize): u64 {
  fieldRule(policy, table, LOCATION_ANY, 0, 0);
  return fieldDetects;
}

/** Adds the rule to `fieldDetects` when it detects; whether it does. */
export function addDetect(policy: usize, rule: u32): bool {
  const record = policy + load<u32>(policy, HEADER_RULES) + rule * SIZE_RULE;
  if ((load<u8>(record, RULE_FLAGS) & RULE_FLAG_DETECT) == 0) return false;
  fieldDetects |= (<u64>1) << <u64>load<u16>(record, RULE_DETECTS);
  return true;
}

export function clearDetects(): void {
  fieldDetects = 0;
}

/** Whether the table has a field of a location from `first` to `last`. */
export function hasFields(policy: usize, table: usize, first: u32, last: u32): bool {
  const count = load<u32>(policy + table, 4);
  const fields = policy + load<u32>(policy + table);
  for (let i: u32 = 0; i < count; i++) {
    if (<u32>load<u8>(fields + i * SIZE_FIELD, FIELD_LOCATION) - first <= last - first) return true;
  }
  return false;
}

/** Whether one of the refs of the table at header offset `table` is, as a glob, the name. */
export function anyMatches(policy: usize, table: usize, name: usize, length: u32): bool {
  const count = load<u32>(policy + table, 4);
  let ref = policy + load<u32>(policy + table);
  for (let i: u32 = 0; i < count; i++, ref += SIZE_REF) {
    if (globMatches(policy + load<u32>(ref), load<u32>(ref, 4), name, length)) return true;
  }
  return false;
}
