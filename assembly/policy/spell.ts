// The spellings of words: "card number" as cardNumber, card_number, CARD_NUMBER. A policy carries the words alone.
// Invariant: scripts/policy/spelling.ts spells the same; a form is never longer than the words with their blanks.

import { isCapital } from "../bytes/text";
import {
  CONDITION_ALWAYS,
  CONDITION_LOUD_BEHIND,
  CONDITION_SEVERAL,
  FORMS_BLANK,
  FORMS_CAMEL,
  FORMS_CAPITAL_SNAKE,
  FORMS_CONSTANT,
  FORMS_HEADING,
  FORMS_JOINED,
  FORMS_JOINED_CAPITALS,
  FORMS_KEBAB,
  FORMS_LOUD_CAMEL,
  FORMS_LOUD_PASCAL,
  FORMS_PASCAL,
  FORMS_SNAKE,
  STYLE_CAPITALS,
  STYLE_LOUD,
  STYLE_SMALL,
} from "./format.gen";

export const FORM_COUNT: u32 = 12;
const forms: usize = memory.data<u32>([
  FORMS_CAMEL,
  FORMS_SNAKE,
  FORMS_KEBAB,
  FORMS_PASCAL,
  FORMS_CONSTANT,
  FORMS_JOINED,
  FORMS_JOINED_CAPITALS,
  FORMS_CAPITAL_SNAKE,
  FORMS_LOUD_CAMEL,
  FORMS_LOUD_PASCAL,
  FORMS_HEADING,
  FORMS_BLANK,
]);

/**
 * Spells the words between two addresses in the form with the number, at `out` unless that is 0; the length of the name, 0
 * when there is no such form of them.
 */
export function spell(from: usize, to: usize, number: u32, out: usize): u32 {
  const form = load<u32>(forms + (number << 2));
  let length: u32 = 0;
  if (!applies(form >> 12, from, to)) return length;
  const separator = form & 0xff;
  let style = (form >> 8) & 3;
  let isLoud = false;
  let isFirst = true;
  for (let at = from; at < to; at++) {
    // A digit has the bit of small letters, too.
    const byte = <u32>load<u8>(at) | 0x20;
    if (byte == 0x20) {
      style = (form >> 10) & 3;
      isFirst = true;
      if (separator == 0) continue;
      if (out != 0) store<u8>(out + length, <u8>separator);
      length++;
      continue;
    }
    if (isFirst) isLoud = isCapital(load<u8>(at));
    const isRaised = style == STYLE_CAPITALS || (style == STYLE_LOUD && isLoud) || (isFirst && style != STYLE_SMALL);
    if (out != 0) store<u8>(out + length, <u8>(isRaised && byte >= 0x61 ? byte - 0x20 : byte));
    length++;
    isFirst = false;
  }
  return length;
}

function applies(condition: u32, from: usize, to: usize): bool {
  let words: u32 = 1;
  let behind = false;
  for (let at = from; at < to; at++) {
    if (load<u8>(at) == 0x20) words++;
    else if (words > 1 && isCapital(load<u8>(at))) behind = true;
  }
  if (condition == CONDITION_ALWAYS) return true;
  if (condition == CONDITION_SEVERAL) return words > 1;
  if (condition == CONDITION_LOUD_BEHIND) return behind;
  return words > 1 && (behind || isCapital(load<u8>(from)));
}
