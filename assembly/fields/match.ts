// Which rule a header, cookie or query parameter falls under, by its name.
// Invariants: names are compared as bytes (header names come in lower case from the host); the first field in policy
// order decides; the time of a glob is bounded by pattern times name.

import {
  FIELD_FLAGS,
  FIELD_FLAG_GLOB,
  FIELD_LOCATION,
  FIELD_PATTERN,
  NO_RULE,
  SIZE_FIELD,
  SIZE_REF,
} from "../policy/format.gen";

export function same(a: usize, b: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(a + i) != load<u8>(b + i)) return false;
  }
  return true;
}

/** Whether the name fits the pattern, in which `*` stands for any run of bytes. */
export function globMatches(pattern: usize, patternLength: u32, name: usize, length: u32): bool {
  let p: u32 = 0;
  let n: u32 = 0;
  let star: u32 = patternLength; // behind the last * seen
  let retry: u32 = 0;
  let starred = false;
  while (n < length) {
    if (p < patternLength && load<u8>(pattern + p) == 0x2a) {
      starred = true;
      star = ++p;
      retry = n;
    } else if (p < patternLength && load<u8>(pattern + p) == load<u8>(name + n)) {
      p++;
      n++;
    } else if (starred) {
      p = star;
      n = ++retry;
    } else {
      return false;
    }
  }
  while (p < patternLength && load<u8>(pattern + p) == 0x2a) p++;
  return p == patternLength;
}

/** The rule of the first field of the table (header offset `table`) that names it, or NO_RULE. */
export function fieldRule(policy: usize, table: usize, location: u32, name: usize, length: u32): u32 {
  const count = load<u32>(policy + table, 4);
  let field = policy + load<u32>(policy + table);
  for (let i: u32 = 0; i < count; i++, field += SIZE_FIELD) {
    if (<u32>load<u8>(field, FIELD_LOCATION) != location) continue;
    const pattern = policy + load<u32>(field, FIELD_PATTERN);
    const size = load<u32>(field, FIELD_PATTERN + 4);
    const hit =
      load<u8>(field, FIELD_FLAGS) & FIELD_FLAG_GLOB
        ? globMatches(pattern, size, name, length)
        : size == length && same(pattern, name, length);
    if (hit) return <u32>load<u16>(field);
  }
  return NO_RULE;
}

/** Whether the table has a field of a location from `first` to `last`. */
export function hasFields(policy: usize, table: usize, first: u32, last: u32): bool {
  const count = load<u32>(policy + table, 4);
  const fields = policy + load<u32>(policy + table);
  for (let i: u32 = 0; i < count; i++) {
    if (<u32>load<u8>(fields + i * SIZE_FIELD, FIELD_LOCATION) - first <= last - first) return true;
  }
  return false;
}

/** Whether one of the refs of the table at header offset `table` is, as a glob, the name. */
export function anyMatches(policy: usize, table: usize, name: usize, length: u32): bool {
  const count = load<u32>(policy + table, 4);
  let ref = policy + load<u32>(policy + table);
  for (let i: u32 = 0; i < count; i++, ref += SIZE_REF) {
    if (globMatches(policy + load<u32>(ref), load<u32>(ref, 4), name, length)) return true;
  }
  return false;
}
