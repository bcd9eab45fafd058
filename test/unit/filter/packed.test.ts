// A plugin configuration that is the gzip of a policy: read in every form that hosts hand it over in, refused when it is
// damaged or too large, and its memory given back.
import { gzipSync } from "node:zlib";
import { gzipSync as gzip } from "fflate";
import { expect, test } from "vitest";
import { VERSION } from "../../../scripts/policy/constants.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { bodyOf, machine, send } from "./support.ts";

const redact = (name: string, more: object = {}) =>
  binaryOf({ name: `p-${name}`, rules: [{ name: "r", select: `json:$.${name}`, action: "redact" }], ...more });
const good = redact("a");
const other = redact("b");
const packed = gzipSync(other);
const body = '{"a":"1","b":"2"}';
const [afterA, afterB] = ['{"a":"[redacted]","b":"2"}', '{"a":"1","b":"[redacted]"}'];

const named = (flags: number, fields: string) =>
  Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 255]), Buffer.from(fields), packed.subarray(10)]);

test.each([
  ["of zlib", packed],
  ["of zlib without compression", gzipSync(other, { level: 0 })],
  ["of fflate, as manifests have it", gzip(other, { level: 9, mtime: 0 })],
  ["of a named file, as gzip(1) writes it", named(8, "p-b.fgpb\0")],
])("gzip %s, as bytes, base64 and JSON", (_, bytes) => {
  const { vm } = machine();
  const text = Buffer.from(bytes).toString("base64");
  const url = Buffer.from(bytes).toString("base64url");
  for (const form of [bytes, text, url, `{"policy":"${text}"}`, ` {\n "policy" : "${text}"\t}\r\n`]) {
    expect(bodyOf(send(vm.plugin("p", Buffer.from(form)), { body }))).toBe(afterB);
  }
});

const changed = (at: number, value: number): Buffer => {
  const copy = Buffer.from(packed);
  copy[at < 0 ? copy.length + at : at]! ^= value;
  return copy;
};
const tooLarge = /larger than 16 MiB/;

test.each<[string, Uint8Array, RegExp]>([
  ["cut in its header", packed.subarray(0, 9), /damaged/],
  ["cut in its trailer", packed.subarray(0, 17), /damaged/],
  ["with a wrong checksum", changed(-8, 1), /damaged/],
  ["with a wrong length", changed(-4, 1), /damaged/],
  ["with a length of 0", Buffer.concat([packed.subarray(0, -4), Buffer.alloc(4)]), /damaged/],
  ["that says it is too large", changed(-1, 1), tooLarge],
  ["with bytes behind it", Buffer.concat([packed, Buffer.from([1, 0, 0, 0])]), /damaged/],
  ["with a second member", Buffer.concat([packed, packed]), /damaged/],
  ["of a gzip", gzipSync(packed), /not a frostglass policy/],
  ["of base64", gzipSync(Buffer.from(other).toString("base64")), /not a frostglass policy/],
  ["of nothing", gzipSync(""), /damaged/],
  ["of a truncated policy", gzipSync(other.subarray(0, -1)), /truncated/],
  ["of a policy of another version", gzipSync(other.with(4, VERSION + 1)), /format version/],
  ["of more than 16 MiB", gzipSync(Buffer.concat([other, Buffer.alloc(16 << 20)])), tooLarge],
  ["in damaged base64", Buffer.from(packed.toString("base64").replace(/.{8}$/, "!!!!")), /damaged/],
  ["with another member beside it", Buffer.from(`{"policy":"${packed.toString("base64")}","x":1}`), /not a frostglass/],
])("gzip %s is refused with a clear line, and the good policy stays", (_, bytes, line) => {
  const { vm, log } = machine();
  const plugin = vm.plugin("p", good);
  expect(plugin.configure(bytes)).toBe(false);
  expect(log.at(-1)).toMatch(/^error frostglass: policy refused: /);
  expect(log.at(-1)).toMatch(line);
  expect(bodyOf(send(plugin, { body }))).toBe(afterA);
});

test("a policy of more than 16 MiB is refused, gzip or not", () => {
  const { vm, log } = machine();
  const plugin = vm.plugin("p", good);
  expect(plugin.configure(Buffer.concat([other, Buffer.alloc(16 << 20)]))).toBe(false);
  expect(log.at(-1)).toMatch(tooLarge);
});

test("of each byte that is changed or missing: refused, or the same policy", () => {
  const { vm } = machine();
  const plugin = vm.plugin("p", good);
  for (let at = 0; at < packed.length; at++) {
    expect(plugin.configure(packed.subarray(0, at)), `cut at ${at}`).toBe(false);
    // Time and system in the header, and bits behind the last block, say nothing of the policy (RFC 1952, 2.3.1).
    if (!plugin.configure(changed(at, 0x10))) continue;
    expect(bodyOf(send(plugin, { body }))).toBe(afterB);
    expect(plugin.configure(good)).toBe(true);
  }
});

test("memory does not grow with configurations, good and bad ones, large and small ones", () => {
  const { vm } = machine();
  const plugin = vm.plugin("p", good);
  const clusters = (letter: string) => Array.from({ length: 2000 }, (_, index) => `${letter.repeat(100)}${index}`);
  const large = (letter: string) => redact("b", { activation: { always: true, clusters: clusters(letter) } });
  const forms = ["x", "y"].map(large).flatMap((binary) => {
    const bytes = gzipSync(binary);
    const text = bytes.toString("base64");
    return [bytes, Buffer.from(`{"policy":"${text}"}`), bytes.subarray(0, -20), Buffer.from(text.slice(0, -4)), binary];
  });
  const round = () => {
    const loaded = [...forms, packed, good].map((form) => plugin.configure(form));
    expect(loaded).toEqual([true, true, false, false, true, true, true, false, false, true, true, true]);
  };
  round();
  const before = vm.memoryBytes;
  for (let turn = 0; turn < 20; turn++) round();
  expect(vm.memoryBytes).toBe(before);
  expect(bodyOf(send(plugin, { body }))).toBe(afterA);
});
