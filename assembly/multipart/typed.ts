// A part whose content-type names a format: judged as a body of that type would be (RFC 7578, section 4.4).
// Invariants: a rule that takes the part by its name, or says how it is decoded, comes first; what the part is read by is what
// a body is read by; the rules with `any:` act in it, and not on its spelling beside.

import { CHARSET_OTHER } from "../bytes/charset";
import { Buffer } from "../bytes/buffer";
import { TYPE_OTHER, charset, readType } from "../framing/content";
import { closeReader, edited, openReader, readIn, ruleOf, written, writtenLength } from "../framing/format";
import { Narrow } from "../framing/narrow";
import { setAside, takeBack } from "../framing/output";
import { isRead, xmlRoot } from "../framing/reads";
import { isLive } from "../json/document";
import { PADDING } from "../json/rewrite";
import {
  ACTION_PASS,
  FORMAT_EVENTS,
  FORMAT_FORM,
  FORMAT_GRAPHQL,
  FORMAT_JSON,
  FORMAT_LINES,
  FORMAT_SEQUENCE,
  FORMAT_XML,
  HEADER_REQUEST_FIELDS,
  HEADER_REQUEST_ROOT,
  HEADER_RESPONSE_ROOT,
  NO_RULE,
  SIZE_RULE,
} from "../policy/format.gen";
import { INTERNAL } from "../policy/outcomes.gen";
import { typeAt, typeEnd } from "./header";
import { MultipartState, valueOf } from "./state";

const narrow = changetype<Narrow>(memory.data(offsetof<Narrow>(), 16));

/** What no rule names in a part that `rule` selects: one that passes exempts all of it. */
function unmatchedIn(s: MultipartState, rule: u32): u32 {
  return rule != NO_RULE && <u32>load<u8>(s.rules + rule * SIZE_RULE) == ACTION_PASS ? <u32>NO_RULE : s.unmatched;
}

/** Whether parts in the format are read. Text is a value, and calls and messages have no method here. */
function isReadable(format: u32): bool {
  switch (format) {
    case FORMAT_JSON:
    case FORMAT_LINES:
    case FORMAT_SEQUENCE:
    case FORMAT_EVENTS:
    case FORMAT_FORM:
    case FORMAT_XML:
    case FORMAT_GRAPHQL:
      return true;
    default:
      return false;
  }
}

/**
 * Takes the type of the part whose headers have been read, and that no rule takes as a whole: sets `format`, TYPE_OTHER when
 * it is a value, `root` and `charset`. `rule` selects the part, or is NO_RULE. False when its charset cannot be read.
 */
export function takeType(s: MultipartState, rule: u32): bool {
  s.format = TYPE_OTHER;
  if (typeEnd == 0) return true;
  const format = readType(typeAt, <u32>(typeEnd - typeAt));
  if (!isReadable(format)) return true;
  const unmatched = unmatchedIn(s, rule);
  const isRequest = s.table == HEADER_REQUEST_FIELDS;
  const root = isRequest ? load<u32>(s.policy, HEADER_REQUEST_ROOT) : load<u32>(s.policy, HEADER_RESPONSE_ROOT);
  const reads = format == FORMAT_JSON ? isLive(s.policy, root, unmatched) : isRead(s.policy, format, <u32>s.table, root, unmatched);
  if (!reads) return true;
  if (charset == CHARSET_OTHER) return false;
  s.format = format;
  s.root = format == FORMAT_XML ? xmlRoot(s.policy, <u32>s.table) : root;
  s.charset = charset;
  return true;
}

/** The part that `readTyped` has read has become something else. */
export let isRewritten: bool = false;

/** Reads the part, which has come as a whole; what it has become goes to `to`. Returns an outcome. */
export function readTyped(s: MultipartState, to: Buffer): u32 {
  const value = valueOf(s);
  const unmatched = s.unmatched;
  to.clear();
  isRewritten = false;
  if (value.length == 0) return 0;
  if (!value.reserve(PADDING)) return INTERNAL;
  memory.fill(changetype<usize>(narrow), 0, offsetof<Narrow>());
  narrow.charset = s.charset;
  setAside();
  s.unmatched = unmatchedIn(s, s.acting);
  const reader = openReader(s.format, narrow, s, s.root);
  s.unmatched = unmatched;
  let outcome: u32 = INTERNAL;
  if (reader) {
    outcome = readIn(narrow, s.format, reader, value.at, value.length, true);
    if (outcome) s.rule = ruleOf(s.format, reader);
    isRewritten = edited;
    if (edited) to.append(written, writtenLength);
    closeReader(s.format, reader);
  }
  takeBack();
  return outcome == 0 && to.failed ? INTERNAL : outcome;
}
