// What the name of a part says of it, as receivers read the name (RFC 7578, section 4.2; WHATWG HTML escapes quotes and
// line ends in it as %22, %0D and %0A).
// Invariant: receivers decode percent signs in names or do not: both readings have one verdict, or none at all.

import { Buffer, newBuffer } from "../bytes/buffer";
import { spells } from "../bytes/text";
import { fieldDetects, fieldRule, isText, valueState } from "../fields/match";
import { decodePercentOnly } from "../fields/percent";
import { FieldScope } from "../fields/scope";
import {
  ACTION_PASS,
  LOCATION_MULTIPART,
  LOCATION_MULTIPART_FILENAME,
  LOCATION_MULTIPART_JSON,
  LOCATION_MULTIPART_TEXT,
  NO_RULE,
  SIZE_RULE,
} from "../policy/format.gen";

const plain: Buffer = newBuffer();

/** Rules on the part and on its file name, and automaton state of the document in it, or of the part when it is decoded (0: none). */
export let partRule: u32 = 0;
export let fileRule: u32 = 0;
export let partRoot: u32 = 0;
export let partDecodes: bool = false;
/** Rules that detect in the part, and in its file name, before those rules decide; none in a part that is a document. */
export let partDetects: u64 = 0;
export let fileDetects: u64 = 0;
/** The name is _charset_: the part says how the others are to be read. */
export let namesCharset: bool = false;

function lookUp(scope: FieldScope, at: usize, length: u32): void {
  partRule = fieldRule(scope.policy, scope.table, LOCATION_MULTIPART, at, length);
  partDetects = fieldDetects;
  fileRule = fieldRule(scope.policy, scope.table, LOCATION_MULTIPART_FILENAME, at, length);
  fileDetects = fieldDetects;
  partRoot = valueState(scope.policy, scope.table, LOCATION_MULTIPART_TEXT, LOCATION_MULTIPART_JSON, at, length);
  partDecodes = isText;
  const isDocument = partRoot != 0 && !partDecodes;
  if (partRule == NO_RULE && !isDocument) partRule = scope.unmatched;
  if (fileRule == NO_RULE) fileRule = scope.unmatched;
  if (isDocument && (partRule == NO_RULE || <u32>load<u8>(scope.rules + partRule * SIZE_RULE) == ACTION_PASS)) partDetects = 0;
  namesCharset = spells(at, length, "_charset_");
}

/** Reads the name; false when it can be read in two ways. */
export function readPartName(scope: FieldScope, at: usize, length: u32): bool {
  plain.clear();
  decodePercentOnly(at, length, plain);
  if (plain.failed) return false;
  lookUp(scope, plain.at, plain.length);
  if (plain.length == length) return true;
  const isCharset = namesCharset;
  const rule = partRule;
  const file = fileRule;
  const root = partRoot;
  const decodes = partDecodes;
  const inPart = partDetects;
  const inFile = fileDetects;
  lookUp(scope, at, length);
  if (isCharset) namesCharset = true;
  return (
    rule == partRule &&
    file == fileRule &&
    root == partRoot &&
    decodes == partDecodes &&
    inPart == partDetects &&
    inFile == fileDetects
  );
}
