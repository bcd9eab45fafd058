// ip: an address keeps its first bits, the rest becomes zero.
// RFC 4291, section 2.2 (text of IPv6); RFC 5952 (its canonical text, which comes out). No zone, port or prefix length.
// Invariants: addresses are eight 16-bit groups in host order; an IPv4 address that an IPv6 address carries never keeps
// more than the bits that IPv4 may.

import { isDigit } from "../../bytes/text";
import { Buffer } from "../../bytes/buffer";
import { appendDecimal } from "../text";
import { DONE, NUMBER, REDACT } from "../types";

const GROUPS: u32 = 8;
const MAPPED_BITS: u32 = 96;

@lazy const groups = memory.data(16, 16);

export function generalizeIp(v4: u32, v6: u32, type: u32, at: usize, length: u32, out: Buffer): u32 {
  if (type == NUMBER) return REDACT;
  memory.fill(groups, 0, GROUPS << 1);
  if (readV4(at, at + length, 0)) {
    keepBits(v4);
    appendV4(out, 0);
  } else if (readV6(at, at + length)) {
    keepBits(keptBits(v4, v6));
    appendV6(out);
  } else return REDACT;
  memory.fill(groups, 0, GROUPS << 1);
  return DONE;
}

@inline
function group(index: u32): u32 {
  return load<u16>(groups + (index << 1));
}

@inline
function setGroup(index: u32, value: u32): void {
  store<u16>(groups + (index << 1), value);
}

/** Four decimal octets without zeros in front, as inet_pton reads them, into two groups. */
function readV4(at: usize, end: usize, index: u32): bool {
  let address: u32 = 0;
  for (let octets: u32 = 0; octets < 4; octets++) {
    if (octets != 0 && (at >= end || load<u8>(at++) != 0x2e)) return false;
    const start = at;
    let octet: u32 = 0;
    while (at < end && at - start < 3 && isDigit(load<u8>(at))) octet = octet * 10 + (load<u8>(at++) - 0x30);
    if (at == start || octet > 255 || (at - start > 1 && load<u8>(start) == 0x30)) return false;
    address = (address << 8) | octet;
  }
  if (at != end) return false;
  setGroup(index, address >> 16);
  setGroup(index + 1, address);
  return true;
}

/** Groups of one to four hexadecimal digits, "::" at most once for one group or more, IPv4 as the last two groups. */
function readV6(at: usize, end: usize): bool {
  let count: u32 = 0;
  let gap: i32 = -1;
  if (end - at >= 2 && load<u8>(at) == 0x3a && load<u8>(at, 1) == 0x3a) {
    gap = 0;
    at += 2;
  }
  while (at < end) {
    if (count == GROUPS) return false;
    if (count <= GROUPS - 2 && readV4(at, end, count)) {
      count += 2;
      break;
    }
    const start = at;
    let value: u32 = 0;
    while (at < end && at - start < 4 && hexValue(load<u8>(at)) < 16) value = (value << 4) | hexValue(load<u8>(at++));
    if (at == start) return false;
    setGroup(count++, value);
    if (at == end) break;
    if (load<u8>(at++) != 0x3a || at == end) return false;
    if (load<u8>(at) == 0x3a) {
      if (gap >= 0) return false;
      gap = <i32>count;
      at++;
    }
  }
  if (gap < 0) return count == GROUPS;
  if (count == GROUPS) return false;
  const tail = count - gap;
  memory.copy(groups + ((GROUPS - tail) << 1), groups + (gap << 1), tail << 1);
  memory.fill(groups + (gap << 1), 0, (GROUPS - count) << 1);
  return true;
}

/** Value of a hexadecimal digit, 16 or more for any other byte. */
function hexValue(byte: u32): u32 {
  if (isDigit(byte)) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}

/** Addresses that carry an IPv4 address: mapped (RFC 4291), 6to4 (RFC 3056), NAT64 (RFC 6052), compatible (RFC 4291). */
function keptBits(v4: u32, v6: u32): u32 {
  if (isMapped()) return MAPPED_BITS + v4;
  if (group(0) == 0x2002) return min(v6, 16 + v4);
  const nat64 = group(0) == 0x64 && group(1) == 0xff9b && zeros(2, 6);
  return nat64 || zeros(0, 6) ? min(v6, MAPPED_BITS + v4) : v6;
}

function isMapped(): bool {
  return zeros(0, 5) && group(5) == 0xffff;
}

/** True when the groups [from, to) are zero. */
function zeros(from: u32, to: u32): bool {
  for (let i = from; i < to; i++) if (group(i) != 0) return false;
  return true;
}

function keepBits(bits: u32): void {
  for (let i: u32 = 0; i < GROUPS; i++) {
    const from = i << 4;
    if (bits <= from) setGroup(i, 0);
    else if (bits < from + 16) setGroup(i, group(i) & (0xffff << (from + 16 - bits)));
  }
}

function appendV4(out: Buffer, index: u32): void {
  for (let i: u32 = 0; i < 4; i++) {
    if (i != 0) out.byte(0x2e);
    appendDecimal(out, load<u8>(groups + (index << 1) + (i ^ 1)), 1);
  }
}

/** RFC 5952, section 4: lower case, no zeros in front, "::" for the first of the longest runs of two zero groups or more. */
function appendV6(out: Buffer): void {
  const hexGroups: u32 = isMapped() ? 6 : GROUPS;
  let runFrom = GROUPS;
  let runLength: u32 = 1;
  for (let i: u32 = 0; i < hexGroups; i++) {
    let n: u32 = 0;
    while (i + n < hexGroups && group(i + n) == 0) n++;
    if (n > runLength) {
      runFrom = i;
      runLength = n;
    }
  }
  for (let i: u32 = 0; i < hexGroups; i++) {
    if (i == runFrom) {
      out.byte(0x3a);
      out.byte(0x3a);
      i += runLength - 1;
      continue;
    }
    if (i != 0 && i != runFrom + runLength) out.byte(0x3a);
    appendHex(out, group(i));
  }
  // Section 5: a mapped address ends in the dotted form.
  if (hexGroups != GROUPS) {
    out.byte(0x3a);
    appendV4(out, hexGroups);
  }
}

function appendHex(out: Buffer, value: u32): void {
  let shift: u32 = 12;
  while (shift > 0 && value >> shift == 0) shift -= 4;
  for (let s = <i32>shift; s >= 0; s -= 4) {
    const digit = (value >> s) & 15;
    out.byte(digit + (digit < 10 ? 0x30 : 0x57));
  }
}
