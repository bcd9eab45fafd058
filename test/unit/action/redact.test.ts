// redact: the replacement of every kind, and when a rule's own replacement counts.

import { describe, expect, it } from "vitest";
import { Actions, type Rule, type Type } from "../../support/actions.ts";

const actions = await Actions.load();

const defaults: [Type, string][] = [
  ["string", '"[redacted]"'],
  ["number", "0"],
  ["boolean", "false"],
  ["object", "{}"],
  ["array", "[]"],
  ["text", "[redacted]"],
];

describe("redact", () => {
  it.each(defaults)("a %s becomes %s", (type, expected) => {
    expect(actions.redacted({ action: "redact" }, type)).toBe(expected);
  });

  it.each(defaults.map(([type]) => type))("the rule's replacement stands for a %s", (type) => {
    const rule: Rule = { action: "redact", json: '{"gone":true}', text: "gone" };
    expect(actions.redacted(rule, type)).toBe(type === "text" ? "gone" : '{"gone":true}');
  });

  it("a replacement that is nothing as a text is nothing there", () => {
    expect(actions.redacted({ action: "redact", json: "null" }, "text")).toBe("");
    expect(actions.redacted({ action: "redact", json: '""' }, "text")).toBe("");
  });

  const others: Rule[] = [
    { action: "mask", keepFirst: 1, keepLast: 9, char: "*", skip: "- " },
    { action: "generalize", to: "zip", digits: 3, restricted: [36, 59, 63] },
    { action: "generalize", to: "ip", v4: 24, v6: 48 },
    { action: "hash", length: 12, encoding: "base64url" },
    { action: "strip" },
  ];
  it.each(others)("parameters of $action are no replacement", (rule) => {
    for (const [type, expected] of defaults) expect(actions.redacted(rule, type)).toBe(expected);
  });
});
