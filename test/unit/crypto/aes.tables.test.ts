/** The vectors in assembly/crypto/aes.ts follow from what its head says about the pair basis. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../../scripts/wasm.ts";

/** Multiplication in GF(2^8) of FIPS 197, section 4.2. */
function times(a: number, b: number): number {
  let product = 0;
  for (let x = a, y = b; y > 0; y >>= 1) {
    if (y & 1) product ^= x;
    x = (x << 1) ^ (x & 0x80 ? 0x11b : 0);
  }
  return product;
}

const power = (a: number, n: number): number => (n === 0 ? 1 : times(a, power(a, n - 1)));
const inverse = (a: number): number => power(a, 254);

const w = 0x5c;
const t = 0x12;
const u = power(t, 16);
const norm = times(t, u);
const sixteen = Array.from({ length: 16 }, (_, i) => i);
/** GF(2^4) inside GF(2^8), by its coordinates over 1, w, w^2, w^3. */
const field = sixteen.map((x) => [0, 1, 2, 3].reduce((sum, bit) => sum ^ (x & (1 << bit) ? power(w, bit) : 0), 0));
const coordinates = (a: number): number => field.indexOf(a);

const toPair = new Map<number, number>();
for (const i of sixteen) {
  for (const k of sixteen) toPair.set(times(field[i]!, t) ^ times(field[i]! ^ field[k]!, u), (i << 4) | k);
}
const pair = (a: number): number => toPair.get(a)!;

/** The affine map of FIPS 197, section 5.1.1, without its constant. */
function linear(a: number): number {
  let image = 0;
  for (let bit = 0; bit < 8; bit++) {
    const sum = [0, 4, 5, 6, 7].reduce((parity, shift) => parity ^ (a >> ((bit + shift) % 8)), 0);
    image |= (sum & 1) << bit;
  }
  return image;
}

const [forP, forQ] = [times(norm, t) ^ times(norm ^ 1, u), times(norm ^ 1, t) ^ times(norm, u)];
const sbox = (factor: number) => field.map((a) => (a === 0 ? 0 : linear(times(inverse(a), factor))));
const [p, q] = [sbox(forP), sbox(forQ)];

test("the basis is what the head of the file says", () => {
  expect(power(w, 4) ^ w ^ 1).toBe(0);
  expect(t ^ u).toBe(1);
  expect(norm).toBe(0x0d);
  expect(toPair.size).toBe(256);
});

test("every vector", () => {
  const expected = [
    sixteen.map((x) => pair(x)),
    sixteen.map((x) => pair(x << 4)),
    field.map((a) => (a === 0 ? 0x80 : coordinates(inverse(a)))),
    field.map((a) => (a === 0 ? 0x80 : coordinates(inverse(times(norm, a))))),
    p.map(pair),
    q.map(pair),
    p.map((a) => pair(times(2, a))),
    q.map((a) => pair(times(2, a))),
    p,
    q,
  ];
  const source = readFileSync(join(packageRoot, "assembly", "crypto", "aes.ts"), "utf8");
  const table = /VECTORS = memory\.data<u8>\(\[(.*?)\]/s.exec(source)?.[1] ?? "";
  expect([...table.matchAll(/0x([0-9a-f]{2}),/g)].map((match) => Number.parseInt(match[1]!, 16))).toEqual(
    expected.flat(),
  );
});
