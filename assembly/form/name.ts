// What the name of a form field says of its value, as receivers read the name (WHATWG URL, urlencoded parsing).
// Invariants: a name that receivers could read in two ways has one verdict in both readings, or none at all; two readings
// are: an escape that is none, NUL, behind which a receiver with C strings sees nothing, and blanks in front, which some
// receivers leave out. Others: fields/readings.ts.

import { Buffer, newBuffer } from "../bytes/buffer";
import { findWide } from "../bytes/scan";
import { spells } from "../bytes/text";
import { fieldDetects, fieldRule, isText, valueState } from "../fields/match";
import { decodePercent } from "../fields/percent";
import { FieldScope } from "../fields/scope";
import { BLANK, JSON, disguise } from "../text/disguise";
import { FormState } from "./state";
import { ACTION_PASS, LOCATION_FORM, LOCATION_FORM_JSON, LOCATION_FORM_TEXT, NO_RULE, SIZE_RULE } from "../policy/format.gen";

const name: Buffer = newBuffer();
/** How it is spelled. */
let spelledAt: usize = 0;
let spelledEnd: usize = 0;
/** What the rules that look into names have made of the last one. */
export const renamed: Buffer = newBuffer();

/** Rule on the value itself, and automaton state of the document in it, or of the value when it is decoded (0: none). */
export let nameRule: u32 = 0;
export let nameRoot: u32 = 0;
export let nameDecodes: bool = false;
/** Rules that detect in the value before `nameRule` decides; none where a document does. */
export let nameDetects: u64 = 0;
/** The name is _charset_: its value says how the others are to be read. */
export let namesCharset: bool = false;
/** The name has more than ASCII. */
export let namesWide: bool = false;

@inline
function isHex(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

/** Whether every percent sign begins an escape. */
function isEscapedRight(at: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(at + i) != 0x25) continue;
    if (i + 2 >= length || !isHex(<u32>load<u8>(at + i + 1)) || !isHex(<u32>load<u8>(at + i + 2))) return false;
  }
  return true;
}

/** The verdict on a decoded name. */
function lookUp(scope: FormState, at: usize, length: u32): void {
  nameRule = min<u32>(fieldRule(scope.policy, scope.table, LOCATION_FORM, at, length), scope.cover);
  nameDetects = fieldDetects;
  nameRoot = valueState(scope.policy, scope.table, LOCATION_FORM_TEXT, LOCATION_FORM_JSON, at, length);
  nameDecodes = isText;
  const isDocument = nameRoot != 0 && !nameDecodes;
  // A value with a document in it is unmatched value by value.
  if (nameRule == NO_RULE && !isDocument) nameRule = scope.unmatched;
  if (isDocument && (nameRule == NO_RULE || <u32>load<u8>(scope.rules + nameRule * SIZE_RULE) == ACTION_PASS)) nameDetects = 0;
}

/** What those rules make of the name that was read last; a verdict of value.ts. */
export function judgeName(scope: FieldScope): u32 {
  return scope.judgeName(name.at, name.length, renamed, false, spelledAt, spelledEnd);
}

/** The verdict on the name, which must be that on its other reading. */
function isOneVerdict(scope: FormState, at: usize, length: u32): bool {
  lookUp(scope, at, length);
  const rule = nameRule;
  const root = nameRoot;
  const decodes = nameDecodes;
  const detects = nameDetects;
  lookUp(scope, name.at, name.length);
  return rule == nameRule && root == nameRoot && decodes == nameDecodes && detects == nameDetects;
}

/** Reads the name as it is spelled; false when it can be read in two ways. */
export function readName(scope: FormState, at: usize, length: u32): bool {
  if (!isEscapedRight(at, length)) return false;
  spelledAt = at;
  spelledEnd = at + length;
  name.clear();
  decodePercent(at, length, name);
  // A document by itself, sent under this media type by mistake: receivers look for it where the first name stands.
  if (name.failed || disguise(BLANK, name.at, name.length) == JSON) return false;
  namesCharset = false;
  namesWide = findWide(name.at, name.at + name.length) != name.at + name.length;
  let from: u32 = 0;
  while (from < name.length && <u32>load<u8>(name.at + from) - 1 < 0x20) from++;
  let to = from;
  while (to < name.length && load<u8>(name.at + to)) to++;
  if (to - from < name.length) {
    namesCharset = spells(name.at + from, to - from, "_charset_");
    return isOneVerdict(scope, name.at + from, to - from);
  }
  lookUp(scope, name.at, name.length);
  namesCharset = spells(name.at, name.length, "_charset_");
  return true;
}
