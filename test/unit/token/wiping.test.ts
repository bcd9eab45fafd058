/** Nothing of a value, a token or what is kept between them stays in the working areas. */
import { expect, test } from "vitest";
import { type Spec, Tokens } from "../../support/token.ts";

test.each<[string, Spec, string]>([
  ["digits alike", { format: "pan", keepFirst: 6 }, "4917610000387526"],
  ["characters of several classes", { format: "alphanumeric", keepFirst: 8 }, "Kp7xQ2mZ9fLwT4vB81ceRh"],
  ["many kept characters", { format: "digits", keepFirst: 40 }, `${"3141592653".repeat(4)}27182818284590`],
  ["a value whose sum, 9, does not fit", { format: "pan", luhn: "invalid" }, "4917610000387521"],
])("%s", async (_, spec, value) => {
  const tokens = await Tokens.load();
  const token = tokens.tokenize(spec, value) ?? "";
  tokens.reveal(spec, token);
  const areas = Buffer.from(new Uint8Array(tokens.wasm.memory.buffer, 0, tokens.wasm.dataEnd()));
  for (const text of [value, token]) {
    const ascii = Buffer.from(text);
    const numerals = ascii.map((byte) => (byte < 0x41 ? byte - 0x30 : (byte & 0x5f) - 0x41));
    for (const spelled of [ascii, numerals]) {
      for (let at = 0; at + 5 <= spelled.length; at++) {
        const part = spelled.subarray(at, at + 5);
        if (part.every((byte) => byte < 2)) continue;
        expect(areas.indexOf(part), `from ${at} of ${text}`).toBe(-1);
      }
    }
  }
});
