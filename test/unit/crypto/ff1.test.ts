/** FF1: against @noble/ciphers over all radices and sizes, at the borders of the arithmetic, and what it refuses. */
import { FF1 } from "@noble/ciphers/ff1.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CryptoModule, ff1Refusals } from "../../vectors/wasm.ts";
import { bytesOf, bytesUpTo, property } from "./seeded.ts";

const module = new CryptoModule();

const minNumerals = (radix: number): number => {
  let n = 0;
  for (let domain = 1; domain < 1_000_000; domain *= radix) n++;
  return n;
};

/** Both directions at once; numerals are drawn from their whole range and from its ends, where carries are. */
function agrees(radix: number, key: Uint8Array, tweak: Uint8Array, plain: number[]): void {
  const cipher = module.ff1(false, radix, key, tweak, plain);
  expect(cipher).toEqual(FF1(radix, key, tweak).encrypt(plain));
  expect(module.ff1(true, radix, key, tweak, cipher)).toEqual(plain);
}

const plainOf = (radix: number, n: number): fc.Arbitrary<number[]> => {
  const list = (numeral: fc.Arbitrary<number>) => fc.array(numeral, { minLength: n, maxLength: n });
  return fc.oneof(list(fc.nat({ max: radix - 1 })), list(fc.constantFrom(0, radix - 1)));
};

const inputs = (radices: fc.Arbitrary<number>, maxNumerals: number): fc.Arbitrary<[number, number[]]> =>
  radices.chain((radix) =>
    fc
      .integer({ min: minNumerals(radix), max: maxNumerals })
      .chain((n) => fc.tuple(fc.constant(radix), plainOf(radix, n))),
  );

test("decimal numbers up to 40 digits", () => {
  property(2000, [bytesOf(16, 24, 32), bytesUpTo(64), inputs(fc.constant(10), 40)], (key, tweak, [radix, plain]) => {
    agrees(radix, key, tweak, plain);
  });
});

test("every radix", () => {
  property(
    2000,
    [bytesOf(16, 24, 32), bytesUpTo(64), inputs(fc.integer({ min: 2, max: 256 }), 80)],
    (key, tweak, x) => {
      agrees(x[0], key, tweak, x[1]);
    },
  );
});

test("up to 512 numerals", () => {
  property(60, [bytesOf(32), bytesUpTo(64), inputs(fc.constantFrom(2, 10, 36, 62, 255, 256), 512)], (key, tweak, x) => {
    agrees(x[0], key, tweak, x[1]);
  });
  for (const radix of [2, 3, 10, 16, 255, 256]) {
    agrees(radix, new Uint8Array(32).fill(radix), new Uint8Array(64), new Array(512).fill(radix - 1));
  }
});

test("every size at which a half changes its number of bytes, limbs or path", () => {
  const key = new Uint8Array(16).fill(0x5a);
  for (const radix of [2, 4, 10, 16, 100, 255, 256]) {
    for (let n = minNumerals(radix); n <= 140; n++) {
      agrees(radix, key, new Uint8Array(n % 65), new Array(n).fill(radix - 1));
      agrees(radix, key, new Uint8Array(n % 65), new Array(n).fill(0));
    }
  }
});

describe("refusals", () => {
  const refuses = (radix: number, tweakBytes: number, plain: number[], code: number): void => {
    for (const isDecryption of [false, true]) {
      const run = () => module.ff1(isDecryption, radix, new Uint8Array(32), new Uint8Array(tweakBytes), plain);
      expect(run, `radix ${radix}, ${plain.length} numerals`).toThrow(ff1Refusals[code]!);
    }
  };

  test.each([0, 1, 257, 65535, 65536, 0xffffffff])("radix %i", (radix) => refuses(radix, 0, new Array(20).fill(0), 1));
  test("513 numerals", () => refuses(10, 0, new Array(513).fill(0), 2));
  test("a tweak of 65 bytes", () => refuses(10, 65, new Array(20).fill(0), 3));
  test("every domain below 1,000,000, and none from there on", () => {
    for (let radix = 2; radix <= 256; radix++) {
      const least = minNumerals(radix);
      for (let n = 0; n < least; n++) refuses(radix, 0, new Array(n).fill(0), 4);
      expect(module.ff1(false, radix, new Uint8Array(16), new Uint8Array(), new Array(least).fill(0))).toHaveLength(
        least,
      );
    }
  });
  test("a numeral outside the radix, wherever it stands, leaves the input as it is", () => {
    for (const radix of [2, 10, 255]) {
      for (const bad of [radix, 255]) {
        for (let at = 0; at < 25; at++) {
          const plain = new Array(25).fill(0);
          plain[at] = bad;
          refuses(radix, 0, plain, 5);
        }
      }
    }
  });
});
