// Plugins in one VM: each its policy, a push that is refused changes nothing, a stream keeps the policy it began with.
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { ConfigurationRefused } from "../../../scripts/host/index.ts";
import { HEADER, RULE, RULE_FLAG, VERSION } from "../../../scripts/policy/constants.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { bodyOf, json, key, machine, send } from "./support.ts";

const redact = (name: string) =>
  binaryOf({ name: `p-${name}`, rules: [{ name: "r", select: `json:$.${name}`, action: "redact" }] });
const body = '{"a":"1","b":"2"}';
const [afterA, afterB] = ['{"a":"[redacted]","b":"2"}', '{"a":"1","b":"[redacted]"}'];

test("several plugins in one VM", () => {
  const { vm } = machine();
  const a = vm.plugin("a", redact("a"));
  const b = vm.plugin("b", redact("b"));
  expect([bodyOf(send(a, { body })), bodyOf(send(b, { body })), bodyOf(send(a, { body }))]).toEqual([
    afterA,
    afterB,
    afterA,
  ]);
  a.close();
  expect(bodyOf(send(b, { body }))).toBe(afterB);
});

test("a new policy takes over, a stream that is under way keeps its own", () => {
  const { vm } = machine();
  const plugin = vm.plugin("a", redact("a"));
  const stream = plugin.stream();
  stream.requestHeaders([[":method", "POST"], [":path", "/"], json], false);
  stream.requestBody(Buffer.from(body.slice(0, 5)), false);
  expect(plugin.configure(redact("b"))).toBe(true);
  expect(bodyOf(send(plugin, { body }))).toBe(afterB);
  stream.requestBody(Buffer.from(body.slice(5)), true);
  expect(Buffer.concat(stream.upstream.body).toString()).toBe(afterA);
  stream.close();
});

const good = redact("a");
const changed = (at: number, value: number): Uint8Array => {
  const copy = Uint8Array.from(good);
  copy[at] = value;
  return copy;
};

/** A rule that strips, and would keep the structure; the checksum is right. */
const flagged = Uint8Array.from(binaryOf({ rules: [{ name: "r", select: "json:$.a", action: "strip" }] }));
{
  const view = new DataView(flagged.buffer);
  view.setUint8(view.getUint32(HEADER.RULES, true) + RULE.FLAGS, RULE_FLAG.KEEP_STRUCTURE);
  const crc = crc32(flagged.subarray(HEADER.CRC_FROM), crc32(flagged.subarray(0, HEADER.CRC)));
  view.setUint32(HEADER.CRC, crc, true);
}

test.each([
  ["empty", new Uint8Array(0), /is empty/],
  ["foreign", Buffer.from('{"name":"a policy in JSON"}'), /not a frostglass policy/],
  ["of another version", changed(4, VERSION + 1), /format version/],
  ["of the version before", changed(4, VERSION - 1), /format version/],
  ["truncated", good.subarray(0, good.length - 1), /truncated/],
  ["cut inside its header", good.subarray(0, 6), /truncated/],
  ["too long", Buffer.concat([good, Buffer.alloc(1)]), /damaged/],
  ["damaged", changed(good.length - 1, good.at(-1)! ^ 1), /damaged/],
  ["of a flag that its action does not have", flagged, /damaged/],
  ["damaged base64", Buffer.from(`${Buffer.from(good).toString("base64").slice(0, -8)}!!!!`), /damaged/],
])("a policy that is %s is refused with a clear line, and the good one stays", (_title, binary, line) => {
  const { vm, log } = machine();
  const plugin = vm.plugin("a", good);
  expect(plugin.configure(binary)).toBe(false);
  expect(log.at(-1)).toMatch(/^error frostglass: policy refused: /);
  expect(log.at(-1)).toMatch(line);
  expect(bodyOf(send(plugin, { body }))).toBe(afterA);
});

test("every damaged byte is noticed", () => {
  const { vm } = machine();
  const plugin = vm.plugin("a", good);
  for (let at = 0; at < good.length; at++)
    expect(plugin.configure(changed(at, good[at]! ^ 0x10)), `byte ${at}`).toBe(false);
});

test("a policy as base64 text", () => {
  const { vm } = machine();
  for (const encoding of ["base64", "base64url"] as const) {
    const plugin = vm.plugin("a", Buffer.from(Buffer.from(good).toString(encoding)));
    expect(bodyOf(send(plugin, { body }))).toBe(afterA);
  }
});

test("a policy as the one member of a JSON object, in any spacing", () => {
  const { vm } = machine();
  const text = Buffer.from(good).toString("base64");
  for (const object of [`{"policy":"${text}"}`, `{"policy": "${text}"}`, ` {\n "policy" : "${text}"\t}\r\n`]) {
    expect(bodyOf(send(vm.plugin("a", Buffer.from(object)), { body }))).toBe(afterA);
  }
});

test("any other JSON object is no policy", () => {
  const { vm } = machine();
  const text = Buffer.from(good).toString("base64");
  const whole = `{"policy":"${text}"}`;
  const others = [
    `{"policy":"${text}"} x`,
    `{"policy":"${text}","more":1}`,
    `{"Policy":"${text}"}`,
    `{"policy":["${text}"]}`,
    `{"policy":"${text.slice(1)}"}`,
    `{"policy":"x"}`,
    `{"policy":""}`,
    ...Array.from({ length: 16 }, (_, cut) => whole.slice(0, cut + 1)),
    ...Array.from({ length: 16 }, (_, cut) => whole.slice(0, whole.length - cut - 1)),
  ];
  const plugin = vm.plugin("a", good);
  for (const other of others) expect(plugin.configure(Buffer.from(other)), other.slice(0, 40)).toBe(false);
  expect(bodyOf(send(plugin, { body }))).toBe(afterA);
});

const hashing = binaryOf({ rules: [{ name: "r", select: "json:$.a", action: "hash" }] });

test.each([
  ["missing", {}, /FROSTGLASS_KEY is not set/],
  ["short", { FROSTGLASS_KEY: "00".repeat(31) }, /does not hold 32 bytes/],
  ["no key at all", { FROSTGLASS_KEY: "correct horse battery staple" }, /does not hold 32 bytes/],
])(
  "a key that is %s is refused at configuration, and not shown",
  (_title, environment: Record<string, string>, line) => {
    const { vm, log } = machine(environment);
    expect(() => vm.plugin("a", hashing)).toThrow(ConfigurationRefused);
    expect(log.at(-1)).toMatch(line);
    const value = environment.FROSTGLASS_KEY;
    if (value) expect(log.join("\n")).not.toContain(value);
  },
);

test("a key in hex and in base64url is the same key", () => {
  const forms = [key, Buffer.from(key, "hex").toString("base64url"), Buffer.from(key, "hex").toString("base64")];
  const hashes = forms.map((form) => bodyOf(send(machine({ FROSTGLASS_KEY: form }).vm.plugin("a", hashing), { body })));
  expect(new Set(hashes).size).toBe(1);
});

test("memory does not grow with configurations, nor with streams that come and go in any order", () => {
  const { vm } = machine();
  const plugin = vm.plugin("a", good);
  const round = () => {
    const open = Array.from({ length: 40 }, () => plugin.stream());
    for (const stream of open) {
      stream.requestHeaders([[":method", "POST"], [":path", "/"], json], false);
      stream.requestBody(Buffer.from(body.slice(0, 7)), false);
    }
    expect(plugin.configure(redact("b"))).toBe(true);
    expect(plugin.configure(good)).toBe(true);
    const order = open.map((_stream, index) => (index * 17) % open.length);
    for (const index of order) open[index]!.requestBody(Buffer.from(body.slice(7)), index % 3 !== 0);
    for (const index of order.reverse()) open[index]!.close();
  };
  round();
  const before = vm.memoryBytes;
  for (let turn = 0; turn < 200; turn++) round();
  expect(vm.memoryBytes).toBe(before);
  expect(bodyOf(send(plugin, { body }))).toBe(afterA);
});
