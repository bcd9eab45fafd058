/** FF1 cases as every vector format has them: an alphabet or numerals, both directions, and what is refused on purpose. */
import { accepted, type Outcome } from "./tally.ts";
import { type CryptoModule, Refused } from "./wasm.ts";

/** Numerals of a text; a character outside the alphabet becomes 255, for the wasm to refuse. */
export function numeralsOf(text: string, alphabet: string): number[] {
  const symbols = [...alphabet];
  return [...text].map((symbol) => (symbols.includes(symbol) ? symbols.indexOf(symbol) : 255));
}

/** Why FF1 in the filter refuses this size although SP 800-38G (2016) or the vector allows it. */
export function ff1Purpose(radix: number, numerals: number, tweakBytes: number): string | undefined {
  if (radix > 256) return "the radix is over 256";
  if (numerals > 512) return "more than 512 numerals";
  if (tweakBytes > 64) return "a tweak of more than 64 bytes";
  if (BigInt(radix) ** BigInt(numerals) < 1_000_000n) return "a domain below 1,000,000 (SP 800-38G Rev. 1)";
  return undefined;
}

export interface Ff1Case {
  radix: number;
  key: Uint8Array;
  tweak: Uint8Array;
  plain: readonly number[];
  cipher: readonly number[];
}

/** Encrypts, compares, decrypts, compares. */
export function runFf1(module: CryptoModule, { radix, key, tweak, plain, cipher }: Ff1Case): Outcome {
  try {
    const encrypted = module.ff1(false, radix, key, tweak, plain);
    if (encrypted.join() !== cipher.join()) return { kind: "wrong", why: `encrypts to ${encrypted}, not ${cipher}` };
    const decrypted = module.ff1(true, radix, key, tweak, cipher);
    return decrypted.join() === plain.join()
      ? accepted
      : { kind: "wrong", why: `decrypts to ${decrypted}, not ${plain}` };
  } catch (error) {
    if (error instanceof Refused) return { kind: "rejected", why: error.message };
    throw error;
  }
}
