// What stands around deflate blocks: the header and trailer of gzip (RFC 1952, section 2.3) and of zlib (RFC 1950,
// section 2.2), whose checksums (checksum.ts) must be right: that of what comes out, and that of a gzip header, where it has
// one. A deflate coding without the zlib header is raw blocks, as some servers send it.

import { adler32, crc32 } from "./checksum";
import { DEFLATE, ENDED, GZIP, Inflater, has, take } from "./inflate";

const MORE: i32 = -1;
const WRONG: i32 = -2;

// Flags of the gzip header.
const HEADER_CRC: u32 = 2;
const EXTRA: u32 = 4;
const NAME: u32 = 8;
const COMMENT: u32 = 16;
const RESERVED: u32 = 0xe0;

// Steps of the gzip header.
const FIXED: u32 = 0;
const EXTRA_SIZE: u32 = 1;
const IN_EXTRA: u32 = 2;
const IN_NAME: u32 = 3;
const IN_COMMENT: u32 = 4;
const IN_HEADER_CRC: u32 = 5;

/** Reads on before the blocks; 0 when `next` follows, MORE or WRONG. */
export function readFrame(s: Inflater, next: u32): i32 {
  if (s.coding == DEFLATE) return readZlib(s, next);
  if (s.step == FIXED) {
    if (s.left == 0) {
      if (!has(s, 32)) return MORE;
      const head = takeHead(s, 4);
      if ((head & 0xffffff) != 0x088b1f || (head >> 24) & RESERVED) return WRONG;
      s.flags = head >> 24;
      s.left = 6;
    }
    if (!skip(s)) return MORE;
    s.step = s.flags & EXTRA ? EXTRA_SIZE : IN_NAME;
  }
  if (s.step == EXTRA_SIZE) {
    if (!has(s, 16)) return MORE;
    s.left = takeHead(s, 2);
    s.step = IN_EXTRA;
  }
  if (s.step == IN_EXTRA) {
    if (!skip(s)) return MORE;
    s.step = IN_NAME;
  }
  if (s.step == IN_NAME) {
    if (s.flags & NAME && !skipText(s)) return MORE;
    s.step = IN_COMMENT;
  }
  if (s.step == IN_COMMENT) {
    if (s.flags & COMMENT && !skipText(s)) return MORE;
    s.step = IN_HEADER_CRC;
  }
  if (s.flags & HEADER_CRC) {
    if (!has(s, 16)) return MORE;
    if (take(s, 16) != (s.check & 0xffff)) return WRONG;
  }
  s.step = 0;
  s.left = 0;
  s.check = 0;
  s.place = next;
  return 0;
}

const taken = memory.data(4, 4);

/** Takes so many bytes of the gzip header, which are in its checksum. */
function takeHead(s: Inflater, bytes: u32): u32 {
  const value = take(s, bytes << 3);
  store<u32>(taken, value);
  s.check = crc32(s.check, taken, bytes);
  return value;
}

function readZlib(s: Inflater, next: u32): i32 {
  if (!has(s, 16)) return MORE;
  const head = <u32>s.hold & 0xffff;
  const isFrame = (head & 15) == 8 && ((head & 255) >> 4) <= 7 && (((head & 255) << 8) | (head >> 8)) % 31 == 0;
  if (isFrame) {
    // A preset dictionary is none that anybody has here.
    if (head & 0x2000) return WRONG;
    take(s, 16);
    s.flags = 1;
  }
  s.place = next;
  return 0;
}

/** Skips `left` bytes; false when more must come. */
function skip(s: Inflater): bool {
  while (s.left) {
    if (!has(s, 8)) return false;
    takeHead(s, 1);
    s.left--;
  }
  return true;
}

/** Skips a text and the zero behind it. */
function skipText(s: Inflater): bool {
  while (has(s, 8)) {
    if (takeHead(s, 1) == 0) return true;
  }
  return false;
}

/** Adds what has come out to the checksum. */
export function checkBytes(s: Inflater, at: usize, length: u32): void {
  s.check = s.coding == GZIP ? crc32(s.check, at, length) : adler32(s.check, at, length);
}

/** Reads on behind the blocks; 0 at the end, MORE or WRONG. */
export function readTrailer(s: Inflater): i32 {
  if (s.step == 0) {
    take(s, s.bits & 7);
    s.step = 1;
  }
  if (s.coding == GZIP) {
    if (s.step == 1) {
      if (!has(s, 32)) return MORE;
      if (take(s, 32) != s.check) return WRONG;
      s.step = 2;
    }
    if (!has(s, 32)) return MORE;
    if (take(s, 32) != <u32>s.bytesOut) return WRONG;
  } else if (s.flags) {
    if (!has(s, 32)) return MORE;
    if (bswap<u32>(take(s, 32)) != s.check) return WRONG;
  }
  s.place = ENDED;
  return 0;
}
