// Bytes against bytes, and against patterns in which `*` stands for any run of bytes.
// Invariant: the time of a pattern is bounded by its length times the name's.

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
