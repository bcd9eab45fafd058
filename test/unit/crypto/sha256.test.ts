// SHA-256: the CAVS vectors, every length across two blocks, every cut; and the wiped working area.

import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Actions } from "../../support/actions.ts";
import { corpus, titleOf } from "../../support/corpora.ts";

const actions = await Actions.load();
const cavs = "crypto/nist-cavs/SHA256ShortMsg.rsp";

/** The digest of the parts one after the other. */
function sha256(...parts: Uint8Array[]): string {
  actions.begin(64 + parts.reduce((sum, part) => sum + part.length, 0));
  const out = actions.put(new Uint8Array(32));
  actions.wasm.sha256Start();
  for (const part of parts) actions.wasm.sha256Update(actions.put(part), part.length);
  actions.wasm.sha256Finish(out);
  return Buffer.from(actions.get(out, 32)).toString("hex");
}

const reference = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");

describe("SHA-256", () => {
  it.skipIf(!corpus(cavs))(titleOf("NIST CAVS 11.0, short messages", cavs), () => {
    const cases = [...readFileSync(corpus(cavs)!, "utf8").matchAll(/Len = (\d+)\s+Msg = (\w+)\s+MD = (\w+)/g)];
    expect(cases.length).toBe(65);
    for (const [, bits, message, digest] of cases) {
      expect(sha256(Buffer.from(message!, "hex").subarray(0, Number(bits) / 8))).toBe(digest);
    }
  });

  it("every length up to three blocks, in one call, agrees with node:crypto", () => {
    for (let length = 0; length <= 192; length++) {
      const data = randomBytes(length);
      actions.begin(256);
      const at = actions.put(Buffer.concat([data, new Uint8Array(32)]));
      actions.wasm.sha256(at, length, at);
      expect(Buffer.from(actions.get(at, 32)).toString("hex")).toBe(reference(data));
    }
  });

  it("every cut of 130 bytes into two, and 70 single bytes, give the same digest", () => {
    const data = randomBytes(130);
    for (let cut = 0; cut <= data.length; cut++) {
      expect(sha256(data.subarray(0, cut), data.subarray(cut))).toBe(reference(data));
    }
    const bytes = data.subarray(0, 70);
    expect(sha256(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toBe(reference(bytes));
  });

  it("a mebibyte in parts of odd sizes", () => {
    const data = randomBytes(1 << 20);
    const parts: Uint8Array[] = [];
    for (let at = 0; at < data.length; at += 4093) parts.push(data.subarray(at, at + 4093));
    expect(sha256(...parts)).toBe(reference(data));
  });

  it("leaves nothing of the message or of its state behind", () => {
    const clean = actions.get(0, actions.wasm.dataEnd());
    sha256(randomBytes(200));
    expect(Buffer.compare(actions.get(0, actions.wasm.dataEnd()), clean)).toBe(0);
  });
});
