// hash: against node:crypto, for every type, length and encoding; what stays in memory.

import { createHmac, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, REDACT, type Rule } from "../../support/actions.ts";

const actions = await Actions.load();
const key = Uint8Array.from({ length: 32 }, (_, i) => i * 7 + 1);
const hmac = (value: string | Uint8Array) => createHmac("sha256", key).update(value);

describe("hash", () => {
  it("is the HMAC of the text, whole or its first characters", () => {
    const lengths = fc.constantFrom(0, 1, 8, 42, 43, 44, 63, 64, 65, 0xffffffff);
    const encodings = fc.constantFrom("hex" as const, "base64url" as const);
    const values = fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, lengths, encodings, fc.constantFrom("string", "text"), (value, length, encoding, type) => {
        const expected = hmac(value).digest(encoding);
        const result = actions.transform({ action: "hash", length, encoding }, type, value, key);
        expect(result).toBe(length === 0 ? expected : expected.slice(0, length));
      }),
      { numRuns: 2000 },
    );
  });

  it("covers all bytes of a long value and of one that is no UTF-8", () => {
    for (const size of [1, 63, 64, 65, 16384]) {
      const value = randomBytes(size);
      expect(actions.transform({ action: "hash" }, "text", value, key)).toBe(hmac(value).digest("hex"));
    }
  });

  it("makes of a number an integer of 15 digits that JavaScript holds exactly", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,5})?$/), (value) => {
        const first = hmac(value).digest().readBigUInt64BE();
        const result = actions.transform({ action: "hash", length: 4 }, "number", value, key);
        expect(result).toBe(String(10n ** 14n + (first % (9n * 10n ** 14n))));
        expect(result).toMatch(/^[1-9][0-9]{14}$/);
        expect(Number.isSafeInteger(Number(result))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("redacts without a key", () => {
    expect(actions.transform({ action: "hash" }, "string", "secret")).toEqual(REDACT);
    expect(actions.transform({ action: "hash" }, "number", "17")).toEqual(REDACT);
  });

  it("leaves neither key nor code in working memory", () => {
    const secret = randomBytes(32);
    const rule: Rule = { action: "hash", length: 8 };
    actions.transform(rule, "string", "4111111111111111", secret);
    const working = Buffer.from(actions.get(0, actions.wasm.dataEnd()));
    const pads = [0x00, 0x36, 0x5c].map((pad) => secret.map((byte) => byte ^ pad));
    const code = createHmac("sha256", secret).update("4111111111111111").digest();
    for (const needle of [...pads, code, Buffer.from("4111111111111111")]) {
      expect(working.includes(Buffer.from(needle.subarray(0, 8)))).toBe(false);
    }
  });
});
