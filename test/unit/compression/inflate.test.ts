// The fast ways of inflate at their edges, judged by zlib: copies by sixteen, the ring behind a call, words of input, sums.
import { constants, deflateRawSync, deflateSync, gzipSync, type ZlibOptions } from "node:zlib";
import { expect, test } from "vitest";
import { type Chunking, type Plugin, runExchange } from "../../../scripts/host/index.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { json, machine } from "../filter/support.ts";

const rules = [{ name: "pan", select: "json:$.pan", action: "redact" }];
const limits = { value: "1MiB" };
const { vm } = machine();
const plugin: Plugin = vm.plugin("decoding", binaryOf({ compressed: "decode", limits, rules }));

const encoders = { gzip: gzipSync, deflate: deflateSync, raw: deflateRawSync };
type Coding = keyof typeof encoders;
const codings = Object.keys(encoders) as Coding[];

/** Sends the text as a document, cut so, and expects it back. */
function expectBack(coding: Coding, text: string, chunk: Chunking | undefined, options: ZlibOptions = {}): void {
  const plain = Buffer.from(JSON.stringify(text));
  const body = encoders[coding](plain, options);
  const headers: [string, string][] = [json, ["content-encoding", coding === "raw" ? "deflate" : coding]];
  const request = { method: "POST", path: "/", headers, body };
  const result = runExchange(plugin, { request }, { holdHeaders: true, ...(chunk !== undefined && { chunk }) });
  expect([result.outcome, result.reason]).toEqual(["forwarded", undefined]);
  expect(Buffer.from(result.request!.body).equals(plain)).toBe(true);
}

/** A text in which little comes twice: digits of a counter, mixed. */
const mixed = (letters: number): string =>
  Array.from({ length: Math.ceil(letters / 4) }, (_, index) =>
    (Math.imul(index + 1, 0x9e3779b1) >>> 0).toString(36).padStart(8, "0").slice(-4),
  )
    .join("")
    .slice(0, letters);

test("copies that overlap themselves: every distance below three blocks, short and long", () => {
  for (let distance = 1; distance <= 48; distance++) {
    const pattern = mixed(distance);
    for (const length of [3, 4, 15, 16, 17, 31, 32, 33, 257, 258, 259, 600]) {
      const text = `${pattern.repeat(Math.ceil(length / distance) + 1).slice(0, distance + length)}${mixed(80)}`;
      expectBack("deflate", text, undefined, { level: 9 });
      expectBack("gzip", text, [5, 9, 17], { strategy: constants.Z_FIXED });
    }
  }
});

test("copies out of what earlier calls put out, up to the whole window before", () => {
  for (const gap of [300, 4096, 32_000, 32_400, 32_700]) {
    const head = mixed(258);
    const text = `${head}${mixed(gap + 258).slice(258)}${head}${head.slice(0, 40)}`.repeat(3);
    for (const chunk of [1, 7, 8, 9, 1000, 16_384, undefined]) expectBack("raw", text, chunk, { level: 9 });
  }
});

test("sums of every length around a block and around a run of Adler-32, of low and of high bytes", () => {
  const lengths = [...Array(70).keys(), 5534, 5535, 5536, 5549, 5550, 5551, 5552, 5553, 5566, 11_104, 70_000];
  for (const letter of ["~", "\u{10ffff}", "7"]) {
    for (const length of lengths) {
      const text = letter === "7" ? mixed(length) : `${mixed(length >> 4)}${letter.repeat(length)}`;
      if (letter !== "7" && length > 20_000) continue;
      for (const coding of codings) expectBack(coding, text, undefined, { level: 1 });
    }
  }
});

test("codes longer than a look-up decides, in pieces of every size below a few words", () => {
  // Letters whose numbers are those of Fibonacci have the longest codes there are.
  let [one, two] = [1, 1];
  let text = "";
  for (let letter = 0; letter < 20; letter++) {
    text += String.fromCharCode(0x41 + letter).repeat(one);
    [one, two] = [two, one + two];
  }
  // Each letter far from its like.
  const letters = Array.from({ length: text.length }, (_, index) => text[Math.imul(index, 7919) % text.length]).join(
    "",
  );
  for (let size = 1; size <= 40; size++) expectBack("gzip", letters, size, { strategy: constants.Z_HUFFMAN_ONLY });
});

test("stored blocks at every cut of their first bytes", () => {
  const text = mixed(70_000);
  for (let cut = 1; cut <= 40; cut++) expectBack("gzip", text, [cut, 3, 8], { level: 0 });
});
