// What the other side is told of an outcome. An unknown number reads as the last row, "internal".

import { Buffer } from "../bytes/buffer";
import { INTERNAL, OUTCOME_COUNT, STATUSES, TEXTS } from "./outcomes.gen";

@inline
function known(outcome: u32): u32 {
  return min<u32>(outcome, INTERNAL);
}

export function statusOf(outcome: u32): u32 {
  return <u32>load<u16>(STATUSES + (known(outcome) << 1));
}

export function appendCode(outcome: u32, buffer: Buffer): void {
  appendText(known(outcome), buffer);
}

export function appendTitle(outcome: u32, buffer: Buffer): void {
  appendText(OUTCOME_COUNT + known(outcome), buffer);
}

export function appendDetail(outcome: u32, buffer: Buffer): void {
  appendText(2 * OUTCOME_COUNT + known(outcome), buffer);
}

/** Appends the text before which `index` others stand. */
function appendText(index: u32, buffer: Buffer): void {
  let at = TEXTS;
  for (; index; at++) {
    if (load<u8>(at) == 0) index--;
  }
  let end = at;
  while (load<u8>(end)) end++;
  buffer.append(at, <u32>(end - at));
}
