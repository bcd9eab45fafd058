// gzip (RFC 1952), zlib (RFC 1950) and raw deflate (RFC 1951), decoded as they come.
// Invariants: resumable at any byte; memory is the window of 32 KiB and three tables; what follows the end, a second
// member included, is refused, and so is a checksum or length that is not right; a chunk never becomes more than the
// caller allows.

import { Buffer } from "../bytes/buffer";
import { allocate, release } from "../bytes/pool";
import { COMPRESSED_DATA, COMPRESSED_RATIO, INTERNAL } from "../policy/outcomes.gen";
import { checkBytes, readFrame, readTrailer } from "./frame";
import { MAX_BITS, SIZE_TABLE, buildTable, codeBits, symbolIn } from "./huffman";
import { FIRST_LENGTH, LAST_DISTANCE, LAST_LENGTH, distanceBase, distanceExtra, lengthBase, lengthExtra } from "./lengths";
import { readRun } from "./run";
import { LONGEST_COPY, WINDOW, copyBack, keepLast } from "./window";

/** What a compressed body may become in all: so many times its length, and some room for small ones. */
const MOST_TIMES: u64 = 100;
const ROOM: u64 = 65536;

/** How much may still come out of a body of which so much has come, and so much come out. */
export function mostOut(bytesIn: u64, bytesOut: u64): u32 {
  const most = bytesIn * MOST_TIMES + ROOM;
  return most > bytesOut ? <u32>min<u64>(most - bytesOut, u32.MAX_VALUE) : 0;
}

export const GZIP: u32 = 1;
export const DEFLATE: u32 = 2;

// Where the decoder stands.
/** In the frame of gzip or zlib, before the blocks. */
export const IN_FRAME: u32 = 0;
const BLOCK: u32 = 1;
const STORED_SIZE: u32 = 2;
const STORED: u32 = 3;
const SIZES: u32 = 4; // of the code lengths of a dynamic block
const CODE_LENGTHS: u32 = 5;
const LENGTHS: u32 = 6;
const SYMBOL: u32 = 7;
const LENGTH_EXTRA: u32 = 8;
const DISTANCE: u32 = 9;
const DISTANCE_EXTRA: u32 = 10;
/** Behind the blocks. */
export const IN_TRAILER: u32 = 11;
export const ENDED: u32 = 12;

@unmanaged
export class Inflater {
  coding: u32; // GZIP or DEFLATE
  place: u32; // IN_FRAME ..
  step: u32; // inside of the frame or the trailer
  flags: u32; // of the gzip frame; of DEFLATE: 1 when there is a zlib frame
  hold: u64; // bits that have come and are not used
  bits: u32; // how many
  isLast: bool; // the current block is the last one
  left: u32; // bytes or lengths that are due
  literals: u32; // numbers of lengths of a dynamic block
  distances: u32;
  symbol: u32; // of a length or distance that waits for its extra bits
  length: u32; // of a copy
  check: u32; // CRC-32 or Adler-32 of what has come out, before that CRC-32 of the gzip header
  expected: u32;
  bytesIn: u64;
  bytesOut: u64;
}

// Behind the state: the window, the lengths of a dynamic block, and its tables.
const LENGTHS_AT: u32 = WINDOW;
const LITERAL_TABLE: u32 = LENGTHS_AT + 320;
const DISTANCE_TABLE: u32 = LITERAL_TABLE + SIZE_TABLE;
const SIZE: u32 = <u32>offsetof<Inflater>() + DISTANCE_TABLE + SIZE_TABLE;

@inline
function behind(s: Inflater, offset: u32): usize {
  return changetype<usize>(s) + offsetof<Inflater>() + offset;
}

@inline
export function windowOf(s: Inflater): usize {
  return behind(s, 0);
}

@inline
export function literalTable(s: Inflater): usize {
  return behind(s, LITERAL_TABLE);
}

@inline
export function distanceTable(s: Inflater): usize {
  return behind(s, DISTANCE_TABLE);
}

/** A decoder of the coding, or 0 when memory ran out. */
export function openInflater(coding: u32): usize {
  const at = allocate(SIZE);
  if (at == 0) return 0;
  memory.fill(at, 0, offsetof<Inflater>());
  const s = changetype<Inflater>(at);
  s.coding = coding;
  s.check = coding == GZIP ? 0 : 1;
  return at;
}

/** Gives it back; the window held values. */
export function closeInflater(at: usize): void {
  if (at == 0) return;
  memory.fill(at, 0, SIZE);
  release(at, SIZE);
}

// The input of the current call, how much of its output is older, and how much that may become.
let from: usize = 0;
let end: usize = 0;
let started: u32 = 0;
let allowed: u32 = 0;

/** Whether so many bits are there. */
@inline
export function has(s: Inflater, bits: u32): bool {
  while (s.bits < bits) {
    if (from == end) return false;
    s.hold |= <u64>load<u8>(from++) << <u64>s.bits;
    s.bits += 8;
  }
  return true;
}

/** Takes bits that are there. */
@inline
export function take(s: Inflater, bits: u32): u32 {
  const value = <u32>(s.hold & (((<u64>1) << <u64>bits) - 1));
  s.hold >>= <u64>bits;
  s.bits -= bits;
  return value;
}

@inline
function emit(s: Inflater, byte: u32, out: Buffer): void {
  out.byte(byte);
  s.bytesOut++;
}

@inline
function skipToByte(s: Inflater): void {
  take(s, s.bits & 7);
}

const order = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** The codes that a block without own ones uses: RFC 1951, 3.2.6. */
function useFixedTables(s: Inflater): void {
  const lengths = behind(s, LENGTHS_AT);
  for (let i: u32 = 0; i < 288; i++) store<u8>(lengths + i, i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  buildTable(literalTable(s), lengths, 288);
  for (let i: u32 = 0; i < 32; i++) store<u8>(lengths + i, 5);
  buildTable(distanceTable(s), lengths, 32);
}

// The answers of a step that does not go on.
const MORE: i32 = -1; // more input is needed
const WRONG: i32 = -2;

/** The next symbol, MORE or WRONG. */
@inline
function nextSymbol(s: Inflater, table: usize): i32 {
  has(s, MAX_BITS);
  const symbol = symbolIn(table, s.hold);
  if (symbol < 0) return s.bits < MAX_BITS && from == end ? MORE : WRONG;
  if (codeBits > s.bits) return MORE;
  take(s, codeBits);
  return symbol;
}

/** Reads the lengths of the codes of a dynamic block: RFC 1951, 3.2.7. MORE, WRONG or 0. */
function readLengths(s: Inflater): i32 {
  const lengths = behind(s, LENGTHS_AT);
  const total = s.literals + s.distances;
  while (s.left < total) {
    // With these nothing more comes while the symbol is read, so that it can be put back.
    has(s, MAX_BITS + 7);
    const before = s.hold;
    const beforeBits = s.bits;
    const symbol = nextSymbol(s, literalTable(s));
    if (symbol < 0) return symbol;
    if (symbol < 16) {
      store<u8>(lengths + s.left++, symbol);
      continue;
    }
    const extra: u32 = symbol == 16 ? 2 : symbol == 17 ? 3 : 7;
    if (s.bits < extra) {
      s.hold = before;
      s.bits = beforeBits;
      return MORE;
    }
    const times = (symbol == 18 ? 11 : 3) + take(s, extra);
    if (s.left + times > total || (symbol == 16 && s.left == 0)) return WRONG;
    const value = symbol == 16 ? <u32>load<u8>(lengths + s.left - 1) : 0;
    memory.fill(lengths + s.left, <u8>value, times);
    s.left += times;
  }
  // A block without an end could never be left.
  if (load<u8>(lengths + 256) == 0) return WRONG;
  if (!buildTable(literalTable(s), lengths, s.literals)) return WRONG;
  return buildTable(distanceTable(s), lengths + s.literals, s.distances) ? 0 : WRONG;
}

/** One step of the blocks; MORE, WRONG, or 0 to go on. */
function readBlocks(s: Inflater, out: Buffer): i32 {
  switch (s.place) {
    case BLOCK: {
      if (!has(s, 3)) return MORE;
      s.isLast = take(s, 1) != 0;
      const kind = take(s, 2);
      if (kind == 3) return WRONG;
      if (kind == 0) {
        skipToByte(s);
        s.place = STORED_SIZE;
      } else if (kind == 1) {
        useFixedTables(s);
        s.place = SYMBOL;
      } else {
        s.place = SIZES;
      }
      return 0;
    }
    case STORED_SIZE: {
      if (!has(s, 32)) return MORE;
      s.left = take(s, 16);
      if ((take(s, 16) ^ 0xffff) != s.left) return WRONG;
      s.place = STORED;
      return 0;
    }
    case STORED:
      for (; s.left && s.bits; s.left--) emit(s, take(s, 8), out);
      if (s.left) {
        const size = min<u32>(s.left, <u32>(end - from));
        out.append(from, size);
        s.bytesOut += size;
        from += size;
        s.left -= size;
        if (s.left) return MORE;
      }
      s.place = s.isLast ? IN_TRAILER : BLOCK;
      return 0;
    case SIZES:
      if (!has(s, 14)) return MORE;
      s.literals = take(s, 5) + 257;
      s.distances = take(s, 5) + 1;
      s.length = take(s, 4) + 4;
      if (s.literals > 286 || s.distances > 30) return WRONG;
      memory.fill(behind(s, LENGTHS_AT), 0, 320);
      s.left = 0;
      s.place = CODE_LENGTHS;
      return 0;
    case CODE_LENGTHS:
      while (s.left < s.length) {
        if (!has(s, 3)) return MORE;
        store<u8>(behind(s, LENGTHS_AT) + load<u8>(order + s.left++), take(s, 3));
      }
      if (!buildTable(literalTable(s), behind(s, LENGTHS_AT), 19)) return WRONG;
      memory.fill(behind(s, LENGTHS_AT), 0, 320);
      s.left = 0;
      s.place = LENGTHS;
      return 0;
    case LENGTHS: {
      const verdict = readLengths(s);
      if (verdict == 0) s.place = SYMBOL;
      return verdict;
    }
    case SYMBOL: {
      from = readRun(s, from, end, out, started, allowed);
      const symbol = nextSymbol(s, literalTable(s));
      if (symbol < 0) return symbol;
      if (symbol < 256) {
        emit(s, symbol, out);
      } else if (symbol == 256) {
        s.place = s.isLast ? IN_TRAILER : BLOCK;
      } else {
        if (<u32>symbol > LAST_LENGTH) return WRONG;
        s.symbol = symbol - FIRST_LENGTH;
        s.place = LENGTH_EXTRA;
      }
      return 0;
    }
    case LENGTH_EXTRA: {
      const extra = lengthExtra(s.symbol);
      if (!has(s, extra)) return MORE;
      s.length = lengthBase(s.symbol) + take(s, extra);
      s.place = DISTANCE;
      return 0;
    }
    case DISTANCE: {
      const symbol = nextSymbol(s, distanceTable(s));
      if (symbol < 0) return symbol;
      if (<u32>symbol > LAST_DISTANCE) return WRONG;
      s.symbol = symbol;
      s.place = DISTANCE_EXTRA;
      return 0;
    }
    default: {
      const extra = distanceExtra(s.symbol);
      if (!has(s, extra)) return MORE;
      const distance = distanceBase(s.symbol) + take(s, extra);
      if (<u64>distance > s.bytesOut) return WRONG;
      if (!out.reserve(LONGEST_COPY)) return 0;
      copyBack(windowOf(s), out.at + started, out.at + out.length, <u32>s.bytesOut, distance, s.length);
      out.length += s.length;
      s.bytesOut += s.length;
      s.place = SYMBOL;
      return 0;
    }
  }
}

/**
 * Decodes the next chunk, the last one when `last`, and appends it to `out`, which holds at most `most` bytes afterwards
 * and one run more. Returns an outcome.
 */
export function inflate(s: Inflater, at: usize, length: u32, last: bool, most: u32, out: Buffer): u32 {
  started = out.length;
  allowed = most;
  from = at;
  end = at + length;
  s.bytesIn += length;
  let verdict: i32 = 0;
  while (verdict == 0 && s.place != ENDED) {
    if (out.failed) return INTERNAL;
    if (out.length > most) return COMPRESSED_RATIO;
    if (s.place == IN_FRAME) verdict = readFrame(s, BLOCK);
    else if (s.place == IN_TRAILER) {
      checkBytes(s, out.at + started, out.length - started);
      verdict = readTrailer(s);
      // What has been summed up is not again, and no copy follows.
      if (verdict == MORE) return last || out.failed ? COMPRESSED_DATA : 0;
    } else verdict = readBlocks(s, out);
  }
  if (out.failed) return INTERNAL;
  if (verdict == WRONG || (s.place == ENDED && (from != end || s.bits >= 8))) return COMPRESSED_DATA;
  if (s.place < IN_TRAILER) {
    checkBytes(s, out.at + started, out.length - started);
    keepLast(windowOf(s), out.at + out.length, <u32>s.bytesOut, out.length - started);
  }
  return last && s.place != ENDED ? COMPRESSED_DATA : 0;
}
