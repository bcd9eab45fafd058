// Whole numbers modulo a power of a radix, for FF1: in a u64 (`Small`), or in little-endian u32 limbs (`Large`).
// Invariants: radix, exponent and sizes are public; everything else is secret, so neither branches nor addresses depend
// on it, and it is never divided by the machine's division, whose time varies: quotients come from reciprocals of
// public numbers, never too great and at most 3 too small, and masked subtractions correct them.

/** The greatest modulus that `Small` takes: intermediate remainders stay below 4 m <= 2^63. */
export const SMALL_LIMIT: u64 = 1 << 61;
/** Bytes of a number in limbs: the modulus 256^256 = 2^2048 has 65, and a limb of zero stands above what is reduced. */
export const LARGE_BYTES: usize = 272;

/** The high half of a product of two u64. */
function high64(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/** floor(2^96 / (d + 1)) for a d with its highest bit set. */
function reciprocal(d: u64): u64 {
  d++;
  if (d == 0) return 1 << 32;
  let quotient: u64 = 1;
  let rest: u64 = 0 - d; // 2^64 - d
  for (let bit = 0; bit < 32; bit++) {
    const carry = rest >> 63;
    rest <<= 1;
    const fits = carry | u64(rest >= d);
    rest -= d * fits;
    quotient = (quotient << 1) | fits;
  }
  return quotient;
}

/** `value` minus `m` when that is not negative; both below 2^63. */
@inline
function lessOnce(value: u64, m: u64): u64 {
  const rest = value - m;
  return rest + (m & (0 - (rest >> 63)));
}

/** A modulus of at most SMALL_LIMIT. */
@unmanaged
export class Small {
  m: u64 = 0;
  /** floor((2^64 - 1) / m) up to 2^32; above, the reciprocal of m with its highest bit shifted to bit 63. */
  inverse: u64 = 0;
  /** That shift; 0 up to 2^32. */
  shift: u64 = 0;

  set(m: u64): void {
    this.m = m;
    if (m <= 0x1_0000_0000) {
      this.shift = 0;
      this.inverse = 0xffffffff_ffffffff / m;
    } else {
      this.shift = clz<u64>(m);
      this.inverse = reciprocal(m << this.shift);
    }
  }

  /** (first * 2^32 + last) mod m when `isWide`, else first mod m; an m above 2^32 takes the wide form only. */
  @inline
  reduce(first: u64, last: u64, isWide: bool): u64 {
    if (this.shift != 0) return this.step(this.step(first >> 32, first & 0xffffffff), last);
    const r = this.whole(first);
    return isWide ? this.whole((r << 32) | last) : r;
  }

  add(a: u64, b: u64): u64 {
    return lessOnce(a + b, this.m);
  }

  subtract(a: u64, b: u64): u64 {
    return lessOnce(a + this.m - b, this.m);
  }

  /** value mod m for m up to 2^32. The quotient is at most 1 too small: value * (1/m - inverse / 2^64) < 1. */
  private whole(value: u64): u64 {
    return lessOnce(value - high64(value, this.inverse) * this.m, this.m);
  }

  /** (rest * 2^32 + next) mod m for m above 2^32 and rest < m; the quotient is at most 3 too small. */
  private step(rest: u64, next: u64): u64 {
    const quotient = high64(rest << this.shift, this.inverse);
    const value = ((rest << 32) | next) - quotient * this.m;
    return lessOnce(lessOnce(lessOnce(value, this.m), this.m), this.m);
  }
}

/** A modulus in limbs, above 2^32. */
@unmanaged
export class Large {
  limbs: usize = 0;
  count: u32 = 0;
  /** How far the highest limb is shifted for its highest bit to stand at bit 31. */
  shift: u32 = 0;
  inverse: u64 = 0;

  /** The modulus radix^exponent, at `limbs`; a limb of zero stands below, see `leading`. */
  set(limbs: usize, radix: u32, exponent: u32): void {
    memory.fill(limbs, 0, LARGE_BYTES);
    store<u32>(limbs, 1);
    let count: u32 = 1;
    for (let i: u32 = 0; i < exponent; i++) {
      multiplyAdd(limbs, count, radix, 0);
      if (load<u32>(limbs + (count << 2)) != 0) count++;
    }
    this.limbs = limbs;
    this.count = count;
    this.shift = clz<u32>(load<u32>(limbs + (count << 2) - 4));
    this.inverse = reciprocal(leading(limbs + (count << 2), this.shift));
  }

  /** y mod the modulus, in place; y has `count` limbs, at least as many as the modulus, and one of zero above them. */
  reduce(y: usize, count: u32): void {
    const size = this.count << 2;
    for (let at = y + ((count - this.count) << 2); at >= y; at -= 4) {
      // The window at .. at + size holds rest * 2^32 + limb with rest < modulus.
      const quotient = high64(leading(at + size + 4, this.shift), this.inverse);
      let borrow: u64 = 0;
      let carry: u64 = 0;
      for (let i: u32 = 0; i < size; i += 4) {
        carry += quotient * <u64>load<u32>(this.limbs + i);
        const difference = <u64>load<u32>(at + i) - (carry & 0xffffffff) - borrow;
        store<u32>(at + i, <u32>difference);
        borrow = difference >> 63;
        carry >>= 32;
      }
      store<u32>(at + size, <u32>(<u64>load<u32>(at + size) - carry - borrow));
      // As in `Small`, the quotient is at most 3 too small.
      this.lessOnce(at);
      this.lessOnce(at);
      this.lessOnce(at);
    }
  }

  /** a = (a + b) mod the modulus; both are below it. */
  add(a: usize, b: usize): void {
    const size = this.count << 2;
    store<u32>(a + size, <u32>addMasked(a, b, size, 0xffffffff));
    this.lessOnce(a);
  }

  /** a = (a - b) mod the modulus; both are below it. */
  subtract(a: usize, b: usize): void {
    const size = this.count << 2;
    const borrow = subtractLimbs(a, b, size);
    addMasked(a, this.limbs, size, <u32>(0 - borrow));
  }

  /** Takes the modulus off the count + 1 limbs at `x` when that leaves no negative number. */
  private lessOnce(x: usize): void {
    const size = this.count << 2;
    const top = <u64>load<u32>(x + size) - subtractLimbs(x, this.limbs, size);
    store<u32>(x + size, <u32>(top + addMasked(x, this.limbs, size, <u32>(0 - (top >> 63)))));
  }
}

/** The highest 64 bits of a number that ends at `end`, shifted left by `shift` < 32 bits. Three limbs are read. */
function leading(end: usize, shift: u32): u64 {
  const high = (<u64>load<u32>(end - 4) << 32) | load<u32>(end - 8);
  return (high << shift) | ((<u64>load<u32>(end - 12) << shift) >> 32);
}

/** x = x * factor + addend over `count` limbs and one above, which takes the carry. */
export function multiplyAdd(x: usize, count: u32, factor: u64, addend: u64): void {
  const end = x + (count << 2);
  for (; x < end; x += 4) {
    addend += <u64>load<u32>(x) * factor;
    store<u32>(x, <u32>addend);
    addend >>= 32;
  }
  store<u32>(end, <u32>addend);
}

function subtractLimbs(x: usize, y: usize, size: u32): u64 {
  let borrow: u64 = 0;
  for (let i: u32 = 0; i < size; i += 4) {
    const difference = <u64>load<u32>(x + i) - load<u32>(y + i) - borrow;
    store<u32>(x + i, <u32>difference);
    borrow = difference >> 63;
  }
  return borrow;
}

function addMasked(x: usize, y: usize, size: u32, mask: u32): u64 {
  let carry: u64 = 0;
  for (let i: u32 = 0; i < size; i += 4) {
    carry += <u64>load<u32>(x + i) + (load<u32>(y + i) & mask);
    store<u32>(x + i, <u32>carry);
    carry >>= 32;
  }
  return carry;
}

/** NUM(X), SP 800-38G, algorithm 1, into a u64. */
export function smallFrom(numerals: usize, count: u32, radix: u64): u64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < count; i++) value = value * radix + load<u8>(numerals + i);
  return value;
}

/** STR(value), SP 800-38G, algorithm 3, from a u64 below radix^count. */
export function smallTo(value: u64, numerals: usize, count: u32, radix: u64): void {
  const inverse = 0xffffffff_ffffffff / radix;
  while (count-- != 0) {
    // At most 1 too small, as in `Small.whole`.
    let quotient = high64(value, inverse);
    const rest = value - quotient * radix;
    const numeral = lessOnce(rest, radix);
    quotient += u64(numeral != rest);
    store<u8>(numerals + count, <u32>numeral);
    value = quotient;
  }
}

/** NUM(X), SP 800-38G, algorithm 1, into `limbs` limbs. */
export function largeFrom(numerals: usize, count: u32, radix: u32, x: usize, limbs: u32): void {
  memory.fill(x, 0, LARGE_BYTES);
  for (let i: u32 = 0; i < count; i++) multiplyAdd(x, limbs, radix, load<u8>(numerals + i));
}

/** STR(x), SP 800-38G, algorithm 3; x is left as 0. */
export function largeTo(x: usize, limbs: u32, numerals: usize, count: u32, radix: u64): void {
  while (count-- != 0) store<u8>(numerals + count, divide(x, limbs, radix));
}

/** x = floor(x / radix) for a radix of at most 256; the rest. */
export function divide(x: usize, limbs: u32, radix: u64): u32 {
  // A rest and 16 bits behind it are less than 2^24, and this inverse is at most 1 over 2^40 / radix: the product is
  // less than 2^-16 over the true quotient, not enough for the next whole number, so that its floor is exact.
  const inverse: u64 = 0x100_0000_0000 / radix + 1;
  let rest: u64 = 0;
  for (let at = x + (limbs << 2) - 2; at >= x; at -= 2) {
    const value = (rest << 16) | load<u16>(at);
    const quotient = (value * inverse) >> 40;
    store<u16>(at, <u32>quotient);
    rest = value - quotient * radix;
  }
  return <u32>rest;
}
