// Bytes of strings that are no UTF-8 are refused, and all that are pass: at each edge of the encoding (RFC 3629, section 4),
// at every cut, against TextDecoder.
import { beforeAll, expect, test } from "vitest";
import { Engine } from "../../support/engine.ts";
import { binaryOf } from "../../support/engine-policy.ts";

const leads = [
  0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5,
];
const seconds = [0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc2];
const others = [0x41, 0x80, 0xbf, 0xf1];

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
  engine.use(binaryOf({ rules: [{ name: "a", select: "json:$.a", action: "redact" }] }));
});

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

test.each(["", "a text of some more than thirty-two bytes: "])("behind %j", (before) => {
  let valid = 0;
  for (const lead of [...leads, 0xff]) {
    for (const second of seconds) {
      for (const third of others) {
        for (const fourth of others) {
          const bytes = Buffer.of(lead, second, third, fourth);
          const body = Buffer.concat([Buffer.from(`{"b":"${before}`), bytes, Buffer.from('","a":1}')]);
          const expected = isUtf8(bytes) ? undefined : "json_utf8";
          if (!expected) valid++;
          const from = body.length - 12;
          for (let cut = from; cut < from + 5; cut++) {
            const { error, output } = engine.rewrite([body.subarray(0, cut), body.subarray(cut)]);
            expect(error, bytes.toString("hex")).toBe(expected);
            if (!expected) expect(Buffer.from(output).subarray(0, from + 4)).toEqual(body.subarray(0, from + 4));
          }
        }
      }
    }
  }
  expect(valid).toBeGreaterThan(100);
});
