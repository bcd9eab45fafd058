// Several presets in one policy: which of their rules goes first, and what the others still get.
import { join } from "node:path";
import { expect, test } from "vitest";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { bodyOf, json, machine, send } from "../filter/support.ts";

const folder = join(import.meta.dirname, "../../../policies/presets");
const active: [string, string] = ["x-emergency-tunnel", "t"];
const card = "4111 1111 1111 1111";

/** A policy of the presets alone. */
const all = (names: string[]) => {
  const policy = { name: "p", activation: { verify: "presence" }, extends: names, rules: [] };
  const { compiled, diagnostics } = compilePolicy({
    path: join(folder, "../p.json"),
    text: JSON.stringify(policy),
  });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return compiled!;
};

test("a card number in a text does not keep the text from the rule that another preset has for it", () => {
  const plugin = machine().vm.plugin("both", all(["pci-dss", "hipaa-safe-harbor", "secrets"]).binary);
  const value = { note: `Ann pays with ${card}`, password: `my ${card}`, text1: `pay ${card} now` };
  const left = JSON.parse(bodyOf(send(plugin, { headers: [json, active], body: JSON.stringify(value) })));
  expect([left.note, left.password]).toEqual(["[redacted]", "[redacted]"]);
  expect(left.text1).toMatch(/^pay 4111 11.. .... .... now$/);
  expect(left.text1).not.toContain(card);
});

test("the rules that look everywhere come last, in the order of the presets", () => {
  const names = all(["pci-dss", "gdpr"]).rules.map(({ name }) => name);
  expect(names.filter((name) => name.includes("anywhere"))).toEqual([
    "pci-pan-anywhere",
    "gdpr-anywhere",
    "gdpr-ip-anywhere",
  ]);
  expect(names.slice(-3)).toEqual(["pci-pan-anywhere", "gdpr-anywhere", "gdpr-ip-anywhere"]);
});
