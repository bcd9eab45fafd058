/** Property runs with a seed that is printed, so that any run can be had again: SEED=... npm test. */
import fc from "fast-check";

export const seed = Number(process.env.SEED ?? Date.now() % 0x7fffffff);

export function property<Ts extends [unknown, ...unknown[]]>(
  numRuns: number,
  arbitraries: { [K in keyof Ts]: fc.Arbitrary<Ts[K]> },
  check: (...values: Ts) => void,
): void {
  console.info(`fast-check seed ${seed}, ${numRuns} runs`);
  fc.assert(fc.property(...arbitraries, check), { seed, numRuns });
}

export const bytesUpTo = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
export const bytesOf = (...lengths: number[]): fc.Arbitrary<Uint8Array> =>
  fc.constantFrom(...lengths).chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
