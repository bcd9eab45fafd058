// Names that stand in values, in XML: <field name="cvv">737</field>, <p key="cvv" value="737"/>, or
// <member><name>cvv</name><value>737</value></member>. Here a name stands in front of what it names.
// Invariants: of the attributes of a tag the first that tells a name which a rule knows counts, of the elements beside one the
// last; an attribute with a prefix tells none (xsi:type); what is read for a name leaves as it would otherwise.

import { Buffer, newBuffer } from "../bytes/buffer";
import { pathDetects, pathRule } from "../fields/name-path";
import { LONGEST_NAME, isUntold, tellsName } from "../fields/told-name";
import { pairsOf, stateAt } from "../policy/cursor";
import { NO_RULE, PAIR_NAME, PAIR_VALUE } from "../policy/format.gen";
import { INTERNAL } from "../policy/outcomes.gen";
import { XmlState, toldOf } from "./state";
import { decode } from "./text";

// What is being read for a name.
const TELLS_NOTHING: u32 = 0;
/** The value of an attribute: it names what the element holds. */
const TELLS_TAG: u32 = 1;
/** The text of an element, or the value of an attribute that stands for it: it names elements behind that. */
const TELLS_ELEMENT: u32 = 2;

const text: Buffer = newBuffer();

/** The value of the attribute begins at `p`. */
export function tellAttribute(s: XmlState, p: usize): void {
  if (s.pairKind == PAIR_NAME && s.isPlain) begin(s, TELLS_TAG, p);
  // As FHIR has them: <system value="phone"/>.
  else if (s.pairKind == PAIR_VALUE && s.tagKind == PAIR_NAME) begin(s, TELLS_ELEMENT, p);
}

/** The text of the element begins at `p`. */
export function tellText(s: XmlState, p: usize): void {
  if (s.tagKind == PAIR_NAME) begin(s, TELLS_ELEMENT, p);
}

function begin(s: XmlState, tells: u32, p: usize): void {
  s.tells = tells;
  s.tellFrom = p;
  toldOf(s).clear();
}

/** The text or value ends at `p`. */
export function endTelling(s: XmlState, p: usize, isAttribute: bool): void {
  const tells = s.tells;
  if (tells == TELLS_NOTHING) return;
  keepTold(s, p);
  if (s.tells == TELLS_NOTHING) return;
  s.tells = TELLS_NOTHING;
  text.clear();
  decode(s.toldAt, s.toldLength, isAttribute, text);
  const isKnown = !text.failed && tellsName(s.policy, pairsOf(stateAt(s.policy, s.state)), text.at, text.length);
  if (text.failed || isUntold) s.error = INTERNAL;
  if (!isKnown) return;
  if (tells == TELLS_ELEMENT) {
    s.heldRule = pathRule;
    s.heldDetects = pathDetects;
  } else if (s.tagRule == NO_RULE && s.tagDetects == 0) {
    s.tagRule = pathRule;
    s.tagDetects = pathDetects;
    s.tagTold = true;
  }
}

/** What has come up to `p` of the text that tells a name is kept, unless it is too long to be one. */
export function keepTold(s: XmlState, p: usize): void {
  if (s.tells == TELLS_NOTHING) return;
  const told = toldOf(s);
  const fresh = <u32>(p - s.tellFrom);
  if (told.length + fresh > LONGEST_NAME) s.tells = TELLS_NOTHING;
  else told.append(s.tellFrom, fresh);
  if (told.failed) s.error = INTERNAL;
}

/** What has been read was no text of the element alone. */
export function forgetTold(s: XmlState): void {
  s.heldRule = NO_RULE;
  s.heldDetects = 0;
}

/** An element ends: what it has told holds for those behind it, else what was told before, which its frame has kept. */
export function leaveTold(s: XmlState, rule: u32, detects: u64): void {
  const isTold = s.heldRule != NO_RULE || s.heldDetects != 0;
  s.namedRule = isTold ? s.heldRule : rule;
  s.namedDetects = isTold ? s.heldDetects : detects;
  forgetTold(s);
}

/** The start tag of an element that is of this kind in a pair has been read: a name in front of it may name what it holds. */
export function startPair(s: XmlState, kind: u32): void {
  const isNamed = kind == PAIR_VALUE && (s.namedRule != NO_RULE || s.namedDetects != 0);
  s.tagKind = kind;
  s.tagRule = isNamed ? s.namedRule : <u32>NO_RULE;
  s.tagDetects = isNamed ? s.namedDetects : 0;
  s.tagTold = false;
  s.namedRule = NO_RULE;
  s.namedDetects = 0;
}
