// The bounds check of a binary policy (drawn in docs/internals.md): what passes here can be read unchecked for ever.
// Invariant: no load below happens before its bytes are known to lie inside the blob.

import {
  ALGORITHM_NONE,
  ALGORITHM_RS256,
  ACTION_GENERALIZE,
  ACTION_MASK,
  ACTION_REDACT,
  ACTION_REVEAL,
  ACTION_TOKENIZE,
  FALLBACK_BLOCK,
  FIELD_FLAGS,
  FIELD_FLAG_NAMES,
  FIELD_FLAG_PATHS,
  FIELD_LOCATION,
  FIELD_PATTERN,
  GENERALIZE_AGED,
  GENERALIZE_IP,
  GENERALIZE_ZIP,
  HEADER_ACTIVATION_HEADER,
  HEADER_BYTES,
  HEADER_CLUSTERS,
  HEADER_CRC,
  HEADER_CRC_FROM,
  HEADER_DOMAINS,
  HEADER_EGRESS_CLUSTERS,
  HEADER_EGRESS_HOSTS,
  HEADER_LIMIT_DEPTH,
  HEADER_LIMIT_HOLD,
  HEADER_LIMIT_VALUE,
  HEADER_NAME,
  HEADER_PAIRS,
  HEADER_REQUEST_FIELDS,
  HEADER_REQUEST_ROOT,
  HEADER_RESPONSE_FIELDS,
  HEADER_RESPONSE_ROOT,
  HEADER_ROOTS,
  HEADER_RULES,
  HEADER_SAFE_HEADERS,
  HEADER_SESSION,
  HEADER_STATES,
  HEADER_VERSION,
  DECODER_GRAPHQL,
  DECODER_JSON,
  DECODER_SOFT,
  INVALID_IGNORE,
  LOCATION_HEADER,
  LOCATION_PATH,
  LOCATION_PATH_TEXT,
  LUHN_ANY,
  MAGIC,
  MAX_DEPTH,
  MAX_DOMAINS,
  MAX_HOLD,
  MAX_KEY_ID,
  MAX_POLICY,
  MAX_ROOTS,
  MAX_RULES,
  MAX_SESSION_AGE,
  MAX_STATES,
  MAX_TWEAK,
  MAX_VALUE,
  NO_RULE,
  RANGE_PERIOD,
  RANGE_TARGETS,
  ROOT_ID,
  RULE_FLAGS,
  RULE_FLAG_KEEP_STRUCTURE,
  RULE_NAME,
  RULE_P0,
  RULE_P1,
  RULE_P2,
  RULE_P3,
  SESSION_ALGORITHM,
  SESSION_AUDIENCE,
  SESSION_HEADER,
  SESSION_INVALID,
  SESSION_KEY,
  SESSION_MAX_AGE,
  SESSION_METADATA,
  SESSION_SCOPE,
  SESSION_SOURCE,
  SIZE_FIELD,
  SIZE_HEADER,
  SIZE_RANGE,
  SIZE_ROOT,
  SIZE_RULE,
  SIZE_SESSION,
  SIZE_STATE,
  SIZE_TOKEN,
  SIZE_TRANSITION,
  SOURCE_METADATA,
  STATE_BASE,
  STATE_COUNT,
  STATE_DECODED,
  STATE_DECODER,
  STATE_DETECTS,
  STATE_FLAG_NAMED,
  STATE_FLAG_ACTS,
  STATE_FLAGS,
  STATE_NAME_DETECTS,
  STATE_NAME_RULE,
  STATE_OTHER,
  STATE_PAIRS,
  STATE_RANGES,
  STATE_RULE,
  STATE_TRANSITIONS,
  TOKEN_DOMAIN,
  TOKEN_FALLBACK,
  TOKEN_FORMAT_OPAQUE,
  TOKEN_LUHN,
  TOKEN_TWEAK,
  UNSUPPORTED_PASS,
  VERSION,
} from "./format.gen";
import { crc32 } from "../compression/checksum";
import { messagesSound } from "./check-messages";
import { detectsSound, setSound } from "./detects";
import { namesState } from "../fields/match";
import { inside, refInside, refsInside } from "./inside";
import { symbolClasses } from "./symbols";
import { unsupportedIn } from "./unsupported";

export const SOUND: u32 = 0;
export const FOREIGN: u32 = 1;
export const OTHER_VERSION: u32 = 2;
export const TRUNCATED: u32 = 3;
export const DAMAGED: u32 = 4;
export const TOO_LARGE: u32 = 5;
export const NO_MEMORY: u32 = 6;

function rulesSound(policy: usize): bool {
  const offset = load<u32>(policy, HEADER_RULES);
  const count = load<u32>(policy, HEADER_RULES + 4);
  if (count == 0 || count > MAX_RULES + 1 || !inside(policy, offset, count, SIZE_RULE)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const rule = policy + offset + i * SIZE_RULE;
    const action = <u32>load<u8>(rule);
    if (action > ACTION_REVEAL || !refInside(policy, rule + RULE_NAME)) return false;
    if (action != ACTION_REDACT && load<u8>(rule, RULE_FLAGS) & RULE_FLAG_KEEP_STRUCTURE) return false;
    if (action == ACTION_REDACT && !(refInside(policy, rule + RULE_P0) && refInside(policy, rule + RULE_P2))) return false;
    if (action == ACTION_MASK && !(refInside(policy, rule + RULE_P3) && load<u32>(rule, RULE_P2) <= 0x10ffff)) return false;
    if ((action == ACTION_TOKENIZE || action == ACTION_REVEAL) && !tokenSound(policy, load<u32>(rule, RULE_P0))) return false;
    if (action == ACTION_GENERALIZE) {
      const kind = load<u32>(rule, RULE_P0);
      if (kind == 0 || kind > GENERALIZE_AGED) return false;
      if (kind == GENERALIZE_IP && !(load<u32>(rule, RULE_P1) <= 32 && load<u32>(rule, RULE_P2) <= 128)) return false;
      if (kind == GENERALIZE_ZIP && !inside(policy, load<u32>(rule, RULE_P2), load<u32>(rule, RULE_P3), 2)) return false;
    }
  }
  return true;
}

function tokenSound(policy: usize, offset: u32): bool {
  if (offset == 0 || !inside(policy, offset, 1, SIZE_TOKEN)) return false;
  const token = policy + offset;
  const format = <u32>load<u8>(token);
  return (
    format != 0 &&
    format <= TOKEN_FORMAT_OPAQUE &&
    <u32>load<u8>(token, TOKEN_LUHN) <= LUHN_ANY &&
    <u32>load<u8>(token, TOKEN_FALLBACK) <= FALLBACK_BLOCK &&
    <u32>load<u16>(token, TOKEN_DOMAIN) < load<u32>(policy, HEADER_DOMAINS + 4) &&
    refInside(policy, token + TOKEN_TWEAK) &&
    load<u32>(token, TOKEN_TWEAK + 4) <= MAX_TWEAK &&
    load<u32>(policy, HEADER_ROOTS + 4) != 0
  );
}

function rootsSound(policy: usize): bool {
  const offset = load<u32>(policy, HEADER_ROOTS);
  const count = load<u32>(policy, HEADER_ROOTS + 4);
  if (count > MAX_ROOTS || !inside(policy, offset, count, SIZE_ROOT)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const root = policy + offset + i * SIZE_ROOT;
    if (!refInside(policy, root) || !refInside(policy, root + ROOT_ID)) return false;
    const length = load<u32>(root, ROOT_ID + 4);
    if (length == 0 || length > MAX_KEY_ID) return false;
  }
  return true;
}

function sessionSound(policy: usize): bool {
  const offset = load<u32>(policy, HEADER_SESSION);
  const count = load<u32>(policy, HEADER_SESSION + 4);
  if (count == 0) return true;
  if (count != 1 || !inside(policy, offset, 1, SIZE_SESSION)) return false;
  const session = policy + offset;
  const algorithm = <u32>load<u8>(session, SESSION_ALGORITHM);
  const source = <u32>load<u8>(session, SESSION_SOURCE);
  return (
    source <= SOURCE_METADATA &&
    algorithm <= ALGORITHM_RS256 &&
    (algorithm == ALGORITHM_NONE) == (source == SOURCE_METADATA) &&
    <u32>load<u8>(session, SESSION_INVALID) <= INVALID_IGNORE &&
    load<u32>(session, SESSION_MAX_AGE) <= MAX_SESSION_AGE &&
    refInside(policy, session + SESSION_KEY) &&
    // A claim is compared with these: empty ones would match nothing, or everything.
    refInside(policy, session + SESSION_AUDIENCE) &&
    load<u32>(session, SESSION_AUDIENCE + 4) != 0 &&
    refInside(policy, session + SESSION_SCOPE) &&
    load<u32>(session, SESSION_SCOPE + 4) != 0 &&
    refInside(policy, session + SESSION_HEADER) &&
    refInside(policy, session + SESSION_METADATA)
  );
}

function statesSound(policy: usize, classes: i32, rules: u32): bool {
  const offset = load<u32>(policy, HEADER_STATES);
  const states = load<u32>(policy, HEADER_STATES + 4);
  if (states == 0 || states > MAX_STATES || !inside(policy, offset, states, SIZE_STATE)) return false;
  for (let i: u32 = 0; i < states; i++) {
    const state = policy + offset + i * SIZE_STATE;
    const rule = <u32>load<u16>(state, STATE_RULE);
    if (rule != NO_RULE && rule >= rules - 1) return false;
    if (<u32>load<u16>(state, STATE_OTHER) >= states) return false;
    const nameRule = <u32>load<u16>(state, STATE_NAME_RULE);
    if (nameRule != NO_RULE && nameRule >= rules - 1) return false;
    if (!setSound(policy, load<u64>(state, STATE_DETECTS)) || !setSound(policy, load<u64>(state, STATE_NAME_DETECTS))) return false;
    if (!flagsSound(state, rule, nameRule)) return false;
    const names = <u32>load<u16>(state, STATE_COUNT);
    const list = load<u32>(state, STATE_TRANSITIONS);
    if (!inside(policy, list, names, SIZE_TRANSITION)) return false;
    for (let k: u32 = 0; k < names; k++) {
      const pair = load<u32>(policy + list + k * SIZE_TRANSITION);
      if (<i32>(pair & 0xffff) >= classes || pair >> 16 >= states) return false;
    }
    if (!rangesSound(policy, load<u32>(state, STATE_RANGES), states)) return false;
    if (!isDecoder(<u32>load<u16>(state, STATE_DECODER)) || <u32>load<u16>(state, STATE_DECODED) >= states) return false;
    const pairs = <u32>load<u16>(state, STATE_PAIRS);
    if (pairs >= states || (pairs != 0 && load<u32>(policy, HEADER_PAIRS + 4) != <u32>classes)) return false;
    const base = <u32>load<u16>(state, STATE_BASE);
    if (base >= states || <u32>load<u16>(policy + offset + base * SIZE_STATE, STATE_BASE) != 0) return false;
  }
  return true;
}

function isDecoder(decoder: u32): bool {
  if (decoder & DECODER_SOFT) return decoder == (DECODER_JSON | DECODER_SOFT) || decoder == (DECODER_GRAPHQL | DECODER_SOFT);
  return decoder <= DECODER_GRAPHQL;
}

/** Whether the flags say what the state says. */
function flagsSound(state: usize, rule: u32, nameRule: u32): bool {
  const flags = <u32>load<u16>(state, STATE_FLAGS);
  const acts = rule != NO_RULE || load<u64>(state, STATE_DETECTS) != 0 || load<u16>(state, STATE_DECODER) != 0;
  const isNamed = nameRule != NO_RULE || load<u64>(state, STATE_NAME_DETECTS) != 0;
  return acts == ((flags & STATE_FLAG_ACTS) != 0) && isNamed == ((flags & STATE_FLAG_NAMED) != 0);
}

function rangesSound(policy: usize, offset: u32, states: u32): bool {
  if (offset == 0) return true;
  if (!inside(policy, offset, 1, 4)) return false;
  const count = load<u32>(policy + offset);
  if (count == 0 || !inside(policy, offset + 4, count, SIZE_RANGE)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const range = policy + offset + 4 + i * SIZE_RANGE;
    if (i == 0 ? load<u32>(range) != 0 : load<u32>(range) <= load<u32>(range - SIZE_RANGE)) return false;
    const period = load<u32>(range, RANGE_PERIOD);
    const targets = load<u32>(range, RANGE_TARGETS);
    if (period == 0 || !inside(policy, targets, period, 2)) return false;
    for (let k: u32 = 0; k < period; k++) {
      if (<u32>load<u16>(policy + targets + (k << 1)) >= states) return false;
    }
  }
  return true;
}

function fieldsSound(policy: usize, table: usize, rules: u32, states: u32): bool {
  const offset = load<u32>(policy + table);
  const count = load<u32>(policy + table, 4);
  if (!inside(policy, offset, count, SIZE_FIELD)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const field = policy + offset + i * SIZE_FIELD;
    const location = <u32>load<u8>(field, FIELD_LOCATION);
    if (location < LOCATION_HEADER || location > LOCATION_PATH_TEXT) return false;
    // A name whose value is decoded, and XML bodies, have the state of their root; every other name has a rule.
    const isNames = (load<u8>(field, FIELD_FLAGS) & (FIELD_FLAG_NAMES | FIELD_FLAG_PATHS)) != 0;
    if (<u32>load<u16>(field) >= (namesState(location) || isNames ? states : rules - 1)) return false;
    if (isNames && location >= LOCATION_PATH) return false;
    if (!refInside(policy, field + FIELD_PATTERN)) return false;
    const isPath = location == LOCATION_PATH || location == LOCATION_PATH_TEXT;
    if (isPath && load<u32>(field, FIELD_PATTERN + 4) == 0) return false;
  }
  return true;
}

/** Verdict on `length` bytes at `policy`: SOUND, or why the filter must not use them. */
export function check(policy: usize, length: u32): u32 {
  if (length < 4 || load<u32>(policy) != MAGIC) return FOREIGN;
  if (length < 8) return TRUNCATED;
  if (length > MAX_POLICY) return TOO_LARGE;
  if (<u32>load<u16>(policy, HEADER_VERSION) != VERSION) return OTHER_VERSION;
  if (length < SIZE_HEADER || load<u32>(policy, HEADER_BYTES) > length) return TRUNCATED;
  if (load<u32>(policy, HEADER_BYTES) != length) return DAMAGED;
  const crc = crc32(crc32(0, policy, HEADER_CRC), policy + HEADER_CRC_FROM, length - HEADER_CRC_FROM);
  if (crc != load<u32>(policy, HEADER_CRC)) return DAMAGED;
  const rules = load<u32>(policy, HEADER_RULES + 4);
  const states = load<u32>(policy, HEADER_STATES + 4);
  const classes = symbolClasses(policy);
  const depth = load<u32>(policy, HEADER_LIMIT_DEPTH);
  const sound =
    refsInside(policy, HEADER_DOMAINS) &&
    load<u32>(policy, HEADER_DOMAINS + 4) <= MAX_DOMAINS &&
    rootsSound(policy) &&
    rulesSound(policy) &&
    detectsSound(policy) &&
    sessionSound(policy) &&
    refsInside(policy, HEADER_EGRESS_CLUSTERS) &&
    refsInside(policy, HEADER_EGRESS_HOSTS) &&
    refInside(policy, policy + HEADER_NAME) &&
    refInside(policy, policy + HEADER_PAIRS) &&
    refInside(policy, policy + HEADER_ACTIVATION_HEADER) &&
    refsInside(policy, HEADER_CLUSTERS) &&
    refsInside(policy, HEADER_SAFE_HEADERS) &&
    classes >= 0 &&
    statesSound(policy, classes, rules) &&
    load<u32>(policy, HEADER_REQUEST_ROOT) < states &&
    load<u32>(policy, HEADER_RESPONSE_ROOT) < states &&
    fieldsSound(policy, HEADER_REQUEST_FIELDS, rules, states) &&
    fieldsSound(policy, HEADER_RESPONSE_FIELDS, rules, states) &&
    messagesSound(policy, rules, states) &&
    unsupportedIn(policy, false) <= UNSUPPORTED_PASS &&
    unsupportedIn(policy, true) <= UNSUPPORTED_PASS &&
    load<u32>(policy, HEADER_LIMIT_HOLD) <= MAX_HOLD &&
    load<u32>(policy, HEADER_LIMIT_VALUE) <= MAX_VALUE &&
    depth >= 1 &&
    depth <= MAX_DEPTH;
  return sound ? SOUND : DAMAGED;
}
