// The selector automaton in the binary policy: states with their lists of names, ranges of elements, and decoders.
// Invariant: a state that differs little from another lists the differences alone.

import type { Automaton, State } from "../automaton.ts";
import { DECODER, DECODER_SOFT, HEADER, NO_RULE, RANGE, SIZE, STATE, STATE_FLAG, TRANSITION } from "../constants.ts";
import { pairKind } from "../pairs.ts";
import type { ResolvedRule } from "../resolve.ts";
import { symbolText } from "../symbols.ts";
import type { Writer } from "../writer.ts";

/** So many states are tried as a base of another: policies of real size need a handful. */
const MAX_BASES = 32;

/** A set of rules that detect, by their numbers: a bit for each record of the table. */
export type MaskOf = (numbers: readonly number[]) => bigint;

export function maskFor(rules: readonly ResolvedRule[]): MaskOf {
  const detecting = rules.filter(({ detect }) => detect);
  return (numbers) => numbers.reduce((mask, number) => mask | (1n << BigInt(detecting.indexOf(rules[number]!))), 0n);
}

/** `ofProtobuf` are the roots of the groups of protobuf. */
export function writeAutomaton(
  writer: Writer,
  { states, classes, roots }: Automaton,
  ofProtobuf: readonly number[],
  maskOf: MaskOf,
): void {
  writeSymbols(writer, classes);
  writer.bytes(HEADER.PAIRS, states.some(({ pairs }) => pairs !== 0) ? pairKinds(classes) : new Uint8Array());
  writer.u32(HEADER.REQUEST_ROOT, roots[0]!);
  writer.u32(HEADER.RESPONSE_ROOT, roots[1]!);
  const table = writer.table(HEADER.STATES, states.length, SIZE.STATE);
  // Most texts lead to the same few states.
  const firsts = new Map<number, number | undefined>();
  basesOf(states).forEach((base, index) => {
    const at = table + index * SIZE.STATE;
    const state = states[index]!;
    const listed = base === 0 ? state.names : differences(state, states[base]!);
    writer.u16(at + STATE.RULE, state.rule ?? NO_RULE);
    writer.u16(at + STATE.FLAGS, flagsOf(state));
    writer.u16(at + STATE.OTHER, state.other);
    writer.u16(at + STATE.COUNT, listed.size);
    writer.u32(at + STATE.TRANSITIONS, writeTransitions(writer, listed));
    writer.u32(at + STATE.RANGES, writeRanges(writer, state));
    writer.u16(at + STATE.BASE, base);
    writer.u16(at + STATE.NAME_RULE, state.nameRule ?? NO_RULE);
    writer.u64(at + STATE.DETECTS, maskOf(state.detects));
    writer.u64(at + STATE.NAME_DETECTS, maskOf(state.nameDetects));
    writer.u16(at + STATE.DECODER, state.decoder ? DECODER[state.decoder] | (state.isSoft ? DECODER_SOFT : 0) : 0);
    writer.u16(at + STATE.DECODED, state.decoded);
    writer.u16(at + STATE.PAIRS, state.pairs);
    if (!firsts.has(state.decoded)) firsts.set(state.decoded, firstRuleFrom(states, state.decoded));
    writer.u16(at + STATE.FIRST, firsts.get(state.decoded) ?? NO_RULE);
    if (state.held)
      writer.u16(at + STATE.HELD, "text" in state.held ? ofProtobuf[state.held.text]! : state.held.message);
  });
}

/** By class: all of its names are the same in a pair. */
function pairKinds(classes: ReadonlyMap<string, number>): Uint8Array {
  const kinds = new Uint8Array(new Set(classes.values()).size);
  for (const [name, number] of classes) kinds[number] = pairKind(name);
  return kinds;
}

function writeSymbols(writer: Writer, classes: ReadonlyMap<string, number>): void {
  const { bytes, count, endings, slotsLog2, lengths } = symbolText(classes);
  writer.bytes(HEADER.SYMBOLS, bytes);
  writer.u32(HEADER.SYMBOL_COUNT, count);
  writer.u32(HEADER.ENDINGS, endings);
  writer.u32(HEADER.SLOTS_LOG2, slotsLog2);
  writer.u64(HEADER.SYMBOL_LENGTHS, lengths);
}

/** What a reader asks of every state, in one place. */
function flagsOf({ live, rule, detects, decoder, nameRule, nameDetects }: State): number {
  const acts = rule !== undefined || detects.length > 0 || decoder !== undefined;
  const isNamed = nameRule !== undefined || nameDetects.length > 0;
  return (live ? STATE_FLAG.LIVE : 0) | (acts ? STATE_FLAG.ACTS : 0) | (isNamed ? STATE_FLAG.NAMED : 0);
}

/** The first rule that can act at or below a state. */
function firstRuleFrom(states: readonly State[], start: number): number | undefined {
  const seen = new Set([0, start]);
  let first = Number.POSITIVE_INFINITY;
  for (const at of seen) {
    if (at === 0) continue;
    const { rule, nameRule, detects, nameDetects, other, decoded, names, ranges } = states[at]!;
    first = Math.min(first, rule ?? first, nameRule ?? first, ...detects, ...nameDetects);
    for (const next of [other, decoded, ...names.values(), ...ranges.flatMap(({ targets }) => targets)]) seen.add(next);
  }
  return Number.isFinite(first) ? first : undefined;
}

/** Names whose target another state does not tell: behind "..", all states list nearly the same names. */
function differences(state: State, base: State): Map<number, number> {
  const names = new Map([...state.names].filter(([name, target]) => base.names.get(name) !== target));
  for (const name of base.names.keys()) if (!state.names.has(name)) names.set(name, state.other);
  return names;
}

/** How many differences there are; `most` where they are as many or more. */
function distanceTo(state: State, base: State, most: number): number {
  if (Math.abs(state.names.size - base.names.size) >= most) return most;
  let distance = 0;
  for (const [name, target] of state.names) if (base.names.get(name) !== target && ++distance >= most) return most;
  for (const name of base.names.keys()) if (!state.names.has(name) && ++distance >= most) return most;
  return distance;
}

/** For each state the one from which it differs least, 0 for none; a base has no base itself. */
function basesOf(states: readonly State[]): number[] {
  const bases: number[] = [];
  return states.map((state, index) => {
    // A base costs a second search for names that only it lists.
    let least = state.names.size / 2;
    let nearest = 0;
    for (const base of bases) {
      const distance = distanceTo(state, states[base]!, least);
      if (distance < least) [least, nearest] = [distance, base];
    }
    if (nearest !== 0) return nearest;
    if (index !== 0 && state.names.size > 0 && bases.length < MAX_BASES) bases.push(index);
    return 0;
  });
}

/** {u16 class, u16 target}, sorted by class. */
function writeTransitions(writer: Writer, names: ReadonlyMap<number, number>): number {
  if (names.size === 0) return 0;
  const sorted = [...names].sort((a, b) => a[0] - b[0]);
  const at = writer.reserve(sorted.length * SIZE.TRANSITION);
  sorted.forEach(([number, target], index) => {
    writer.u16(at + index * SIZE.TRANSITION + TRANSITION.CLASS, number);
    writer.u16(at + index * SIZE.TRANSITION + TRANSITION.TARGET, target);
  });
  return at;
}

function writeRanges(writer: Writer, { ranges }: State): number {
  if (ranges.length === 0) return 0;
  const list = writer.reserve(4 + ranges.length * SIZE.RANGE);
  writer.u32(list, ranges.length);
  ranges.forEach(({ from, targets }, index) => {
    const at = list + 4 + index * SIZE.RANGE;
    writer.u32(at + RANGE.FROM, from);
    writer.u32(at + RANGE.PERIOD, targets.length);
    writer.u32(at + RANGE.TARGETS, writer.u16s(targets));
  });
  return list;
}
