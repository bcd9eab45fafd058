/**
 * PAN tokens a second: the wasm, loop inside, against @noble/ciphers FF1 doing nothing but the cipher, on the same nine
 * digits (BIN of six kept, check digit solved) in the same run.
 */
import { FF1 } from "@noble/ciphers/ff1.js";
import { KEY, Tokens, TWEAK } from "../support/token.ts";
import type { Contender } from "./contenders/contender.ts";
import { microseconds } from "./measure.ts";

const PAN = "4111111111111111";
const TIMES = 1000;

export interface TokenFigures {
  wasmPerSecond: number;
  noblePerSecond: number;
  ratio: number;
}

export async function tokenFigures(): Promise<TokenFigures> {
  const tokens = await Tokens.load();
  const wasm: Contender = {
    name: "wasm",
    prepare() {
      const operands = tokens.operands({ format: "pan", keepFirst: 6 }, "string", PAN, tokens.realm);
      return () => {
        if (tokens.wasm.repeat(...operands, TIMES) !== 0) throw new Error("a token was refused");
        return tokens;
      };
    },
  };
  const noble: Contender = {
    name: "@noble/ciphers",
    prepare() {
      const cipher = FF1(10, KEY.subarray(0, 32), TWEAK);
      const digits = [...PAN.slice(6, 15)].map(Number);
      return () => cipher.encrypt(digits);
    },
  };
  const [own, theirs] = microseconds([wasm, noble], new Uint8Array());
  const wasmPerSecond = (TIMES * 1e6) / own!;
  const noblePerSecond = 1e6 / theirs!;
  return { wasmPerSecond, noblePerSecond, ratio: wasmPerSecond / noblePerSecond };
}
