// State of one XML document on its way through the filter: where the tokenizer stands, the stack of open elements, and
// what is held back.
// Invariants between calls: `carry` holds exactly the bytes read but not yet released; `names` holds the names of the open
// elements, outermost first, and behind them the name that is being read; `error` never goes back to 0.

import { Buffer } from "../bytes/buffer";

// Where the tokenizer stands (XML 1.0, fifth edition).
export const START: u32 = 0; // at the first byte, or in a byte order mark
export const TEXT: u32 = 1; // between tags
export const LT: u32 = 2; // behind <
export const BANG: u32 = 3; // behind <!
export const BANG_DASH: u32 = 4; // behind <!-
export const CDATA_OPEN: u32 = 5; // in <![CDATA[
export const CDATA: u32 = 6;
export const COMMENT: u32 = 7;
export const PI_TARGET: u32 = 8;
export const PI: u32 = 9;
export const DECLARATION: u32 = 10; // of XML, behind <?xml
export const TAG_NAME: u32 = 11;
export const TAG: u32 = 12; // in a start tag, behind its name or an attribute
export const TAG_SLASH: u32 = 13; // behind the slash of an empty-element tag
export const ATTRIBUTE_NAME: u32 = 14;
export const ATTRIBUTE_EQUALS: u32 = 15;
export const ATTRIBUTE_QUOTE: u32 = 16;
export const ATTRIBUTE_VALUE: u32 = 17;
export const END_NAME: u32 = 18; // behind </
export const END_SPACE: u32 = 19;
export const REFERENCE: u32 = 20; // behind &

// What becomes of the bytes just read. All from DROP_ELEMENT on leave them out.
/** They go on with the span they stand in. */
export const FLOW: u32 = 0;
/** They wait for a verdict. */
export const HOLD: u32 = 1;
/** In a stripped element, up to the end of its end tag. */
export const DROP_ELEMENT: u32 = 2;
/** In the content of an element that is redacted as a whole, up to its end tag. */
export const DROP_CONTENT: u32 = 3;
/** In a text whose replacement is out already. */
export const DROP_TEXT: u32 = 4;
/** In a comment or processing instruction that may not stay. */
export const DROP_MARKUP: u32 = 5;
/** In a stripped attribute. */
export const DROP_ATTRIBUTE: u32 = 6;
/** In an attribute value whose replacement is out already. */
export const DROP_VALUE: u32 = 7;

// What the text in an element is.
/** Nothing acts on it. */
export const CONTENT_PASSES: u32 = 0;
/** `rule` acts on each run of it between two tags. */
export const CONTENT_JUDGED: u32 = 1;
/** `rule` acts on all that stands between the tags as a whole. */
export const CONTENT_WHOLE: u32 = 2;
/** It is decoded and judged by the rules in it before `rule` acts. An element in it shows that it is no text. */
export const CONTENT_OPENED: u32 = 3;
/**
 * Each run of it between two tags is decoded where it begins as JSON (`begins`); else the rules that detect look into it, and
 * where there are none it passes.
 */
export const CONTENT_SOFT: u32 = 4;

// A frame of the stack: the enclosing element while a nested one is read.
export const FRAME_STATE: usize = 0; // u16 automaton state
export const FRAME_COVER: usize = 2; // u16 covering rule or NO_RULE
export const FRAME_RULE: usize = 4; // u16 rule for the text
export const FRAME_CONTENT: usize = 6; // u8 CONTENT_PASSES .. CONTENT_SOFT
export const FRAME_LIVE: usize = 7; // u8: 1 live, from bit 1 on how many brackets ended its text so far
export const FRAME_NAME: usize = 8; // u32 offset of its name in `names`
export const FRAME_DETECTS: usize = 12; // u64 rules that detect in the text
export const FRAME_NAMED_RULE: usize = 20; // u16 as in the state
export const FRAME_NAMED_DETECTS: usize = 24; // u64 as in the state
export const SIZE_FRAME: u32 = 32;

@unmanaged
export class XmlState {
  policy: usize; // first byte of the binary policy
  rules: usize; // first rule record
  unmatched: u32; // rule that acts on what no rule names, NO_RULE when that passes
  unsupported: u32; // what becomes of a text that cannot be read
  keys: usize; // Keyring of the session or 0
  counts: usize; // u32 per rule: values it acted on

  place: u32; // START ..
  back: u32; // place behind a reference
  sub: u32; // how far a token of several bytes has been read
  due: u32; // what is due of a character of several bytes
  code: u32; // its code point so far, or that of a character reference
  word: u64; // name of an entity so far, its first byte lowest
  quote: u32; // of the attribute value
  charset: usize; // Narrow of the body, which its declaration has a say in, or 0
  marked: bool; // it begins with a byte order mark
  declared: bool; // the declaration has been read, and has just changed the charset
  declarable: bool; // the markup being read stands at the very start
  rooted: bool; // the root element has begun
  spaced: bool; // white space stands before the next attribute
  doubted: bool; // the name being read has a colon already

  state: u32; // automaton state of the current element
  cover: u32; // rule that covers what is inside it, or NO_RULE
  content: u32; // CONTENT_PASSES ..
  live: bool; // a rule can act inside
  nameAt: u32; // offset of its name in `names`
  depth: u32;
  frames: usize; // limits.depth frames

  namedRule: u32; // rule on what the name stands for that an element in the current one has told (pair.ts), or NO_RULE
  namedDetects: u64; // rules that detect in that
  tagKind: u32; // what the element of the current tag is in a pair
  ownRule: u32; // the rule on it, by its place or by a name beside it, or NO_RULE
  tagRule: u32; // the rule on what the name stands for that names what it holds, or NO_RULE
  tagDetects: u64; // rules that detect in that
  isPlain: bool; // the attribute has no prefix
  pairKind: u32; // what the attribute is in a pair
  tagTold: bool; // one of its attributes has told that name
  tells: u32; // TELLS_NOTHING ..
  tellFrom: usize; // start in this chunk of the text that tells a name
  heldRule: u32; // rule on what the name stands for that the element has told which is about to end, or NO_RULE
  heldDetects: u64; // rules that detect in that

  axis: u32; // automaton state of the attributes of the current tag
  tagCover: u32; // rule that covers them, or NO_RULE
  judging: bool; // a rule can act on them
  points: bool; // the attribute may say where in the document the value of an element stands that a rule takes
  inPart: bool; // the document has come as a whole, beside parts that it may refer to
  acting: u32; // rule for the current attribute value
  detects: u64; // rules that detect in it before that one acts
  opened: u32; // its automaton state when it is decoded before all of them, else 0
  begins: u32; // what the text or attribute value so far begins as (json/begin.ts), TEXT when nobody asks
  otherAt: u32; // offset in `names` of a name that is not an element's

  mode: u32; // FLOW ..
  dropDepth: u32;
  mark: usize; // start in this chunk of what is held
  copyFrom: usize; // start in this chunk of what has not been put out
  edited: bool; // the output differs from the chunk: `out` holds it
  textLength: u32; // how much of what is held was text when the markup behind it began
  solid: bool; // that text is not only white space
  spent: bool; // its beginning is out: it was too long to be revealed, or is none that is decoded
  torn: bool; // a comment or processing instruction was cut out of it
  nested: bool; // an element stood in the dropped content
  textRule: u32; // rule for the text of the current element
  textDetects: u64; // rules that detect in it before that one acts
  rule: u32; // that blocked
  error: u32; // outcome, 0 while all is well

  limitDepth: u32;
  limitValue: u32;
  carryAt: usize; // the fields of a Buffer, laid out in place: see `carryOf`
  carryLength: u32;
  carryCapacity: u32;
  carryFailed: bool;
  namesAt: usize;
  namesLength: u32;
  namesCapacity: u32;
  namesFailed: bool;
  seenAt: usize; // hashes of the attribute names of the current tag
  seenLength: u32;
  seenCapacity: u32;
  seenFailed: bool;
  toldAt: usize; // what of the text that tells a name has come with earlier chunks
  toldLength: u32;
  toldCapacity: u32;
  toldFailed: bool;
}

/** The held bytes of earlier chunks. */
@inline
export function carryOf(s: XmlState): Buffer {
  return changetype<Buffer>(changetype<usize>(s) + offsetof<XmlState>("carryAt"));
}

@inline
export function namesOf(s: XmlState): Buffer {
  return changetype<Buffer>(changetype<usize>(s) + offsetof<XmlState>("namesAt"));
}

@inline
export function toldOf(s: XmlState): Buffer {
  return changetype<Buffer>(changetype<usize>(s) + offsetof<XmlState>("toldAt"));
}

@inline
export function seenOf(s: XmlState): Buffer {
  return changetype<Buffer>(changetype<usize>(s) + offsetof<XmlState>("seenAt"));
}
