// Names in the filter: the index that it makes of the text of a policy finds each of them, and nothing else; a text that
// is not as docs/internals.md draws it is refused.
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { HEADER, SYMBOL } from "../../../scripts/policy/constants.ts";
import { spellings } from "../../../scripts/policy/spelling.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { bodyOf, machine, send } from "../filter/support.ts";

const policyOf = (names: readonly string[]) =>
  binaryOf({
    rules: names.map((name, index) => ({
      name: `r${index}`,
      select: `json:$[${JSON.stringify(name)}]`,
      action: { redact: { with: `${index % 7}` } },
    })),
  });

test("each name leads to its own rule, whatever else is named, for random names", () => {
  const name = fc.string({ unit: fc.constantFrom(..."aA_-é漢"), maxLength: 24 });
  const names = fc.uniqueArray(name, { minLength: 2, maxLength: 120 });
  const { vm } = machine();
  fc.assert(
    fc.property(names, (all) => {
      const listed = all.slice(0, all.length / 2 + 1);
      const plugin = vm.plugin("names", policyOf(listed));
      const body = JSON.stringify(Object.fromEntries(all.map((one) => [one, "x"])));
      const left = JSON.parse(bodyOf(send(plugin, { body }))) as Record<string, string>;
      expect(left).toEqual(
        Object.fromEntries(all.map((one, index) => [one, index < listed.length ? `${index % 7}` : "x"])),
      );
      plugin.close();
    }),
    { numRuns: 60 },
  );
});

test("words lead to all their spellings and to no other, for random words", () => {
  const word = fc.constantFrom("card", "number", "id", "ip", "1", "x2", "cvv2", "a");
  const family = fc.array(word, { minLength: 1, maxLength: 4 }).filter(([first]) => first !== "1");
  const { vm } = machine();
  fc.assert(
    fc.property(fc.uniqueArray(family, { selector: String, minLength: 1, maxLength: 12 }), (families) => {
      const names = [...new Set(families.flatMap((words) => spellings(words.join(" "))))];
      const binary = binaryOf({
        rules: [{ name: "r", select: names.map((name) => `named:${name}`), action: "redact" }],
      });
      // Of which the policy has the words alone.
      expect(Buffer.from(binary).includes("cardNumber")).toBe(false);
      const near = names.flatMap((name) => [`${name}x`, name.slice(0, -1), name.replaceAll("_", "-").toUpperCase()]);
      const all = [...new Set([...names, ...near])].filter((name) => name !== "");
      const plugin = vm.plugin("words", binary);
      const body = JSON.stringify(Object.fromEntries(all.map((name) => [name, "x"])));
      expect(JSON.parse(bodyOf(send(plugin, { body })))).toEqual(
        Object.fromEntries(all.map((name) => [name, names.includes(name) ? "[redacted]" : "x"])),
      );
      plugin.close();
    }),
    { numRuns: 60 },
  );
});

test("many policies one after another take the memory of the first ones", () => {
  const { vm } = machine();
  const binaries = [10, 300, 2000].map((count) => policyOf(Array.from({ length: count }, (_, at) => `name${at}`)));
  const round = (): void => {
    for (const binary of binaries) vm.plugin("names", binary).close();
  };
  round();
  const settled = vm.memoryBytes;
  for (let again = 0; again < 20; again++) round();
  expect(vm.memoryBytes).toBe(settled);
});

const good = policyOf(["a", "bb", "ccc"]);
const headerOf = (binary: Uint8Array) => new DataView(binary.buffer, binary.byteOffset);
const text = headerOf(good).getUint32(HEADER.SYMBOLS, true);

/** A copy that its checksum says nothing against. */
function forged(change: (view: DataView) => void): Uint8Array {
  const copy = Uint8Array.from(good);
  const view = headerOf(copy);
  change(view);
  const crc = crc32(copy.subarray(HEADER.CRC_FROM), crc32(copy.subarray(0, HEADER.CRC)));
  view.setUint32(HEADER.CRC, crc, true);
  return copy;
}

const u32 = (at: number, change: (value: number) => number) =>
  forged((view) => {
    view.setUint32(at, change(view.getUint32(at, true)), true);
  });
const u8 = (at: number, value: number) =>
  forged((view) => {
    view.setUint8(at, value);
  });

test.each([
  ["a text that begins in the header", u32(HEADER.SYMBOLS, () => HEADER.SYMBOLS)],
  ["a text that ends behind the policy", u32(HEADER.SYMBOLS + 4, () => good.length)],
  ["a last name without an end", u32(HEADER.SYMBOLS + 4, (length) => length - 1)],
  ["a last name that ends no class", u8(text + 8, SYMBOL.END)],
  ["fewer classes than the states list", u8(text + 1, SYMBOL.END)],
  ["more names than are said", u8(text + 3, SYMBOL.END)],
  ["fewer names than are said", u32(HEADER.SYMBOL_COUNT, (count) => count + 1)],
  ["words in the place of a name", u8(text + 2, SYMBOL.WORDS)],
  ["a length that is not noted", u32(HEADER.SYMBOL_LENGTHS, (bits) => bits & ~2)],
  ["a length that no name has", u32(HEADER.SYMBOL_LENGTHS, (bits) => bits | 16)],
  ["too few slots", u32(HEADER.SLOTS_LOG2, () => 3)],
  ["too many slots", u32(HEADER.SLOTS_LOG2, () => 19)],
])("%s: refused as damaged", (_, binary) => {
  const { vm, log } = machine();
  const plugin = vm.plugin("names", good);
  expect(plugin.configure(binary)).toBe(false);
  expect(log.at(-1)).toMatch(/damaged/);
});
