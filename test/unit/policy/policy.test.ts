// Defaults, inheritance and the forms in which a policy may be written.

import { describe, expect, test } from "vitest";
import { parseSize } from "../../../scripts/policy/sizes.ts";
import { compileSound } from "./support.ts";

const rule = (name: string, select: string, action: unknown = "redact") => ({ name, select, action });

test("defaults", () => {
  const { policy, rules, unmatched, limits } = compileSound({});
  expect({ policy, rules }).toEqual({
    policy: {
      name: "own",
      description: undefined,
      activation: { header: undefined, verify: undefined, keepHeader: false, clusters: [], always: true },
      roots: [{ variable: "FROSTGLASS_KEY", id: "k0", until: 0 }],
      egress: { clusters: [], hosts: [], otherwise: "block" },
      limits: { hold: 65536, value: 16384, depth: 128, body: 1073741824 },
      unmatched: "pass",
      unsupported: { request: "block", response: "block" },
      compressed: "block",
    },
    rules: [],
  });
  expect([unmatched, limits]).toEqual([policy.unmatched, policy.limits]);
});

test.each([
  ["0", 0],
  [17, 17],
  ["17", 17],
  ["17B", 17],
  ["64KiB", 65536],
  ["1MiB", 1048576],
  ["2GiB", 2147483648],
])("the size %j is %i bytes", (size, bytes) => {
  expect(parseSize(size)).toBe(bytes);
});

test.each([
  ["strip", { kind: "strip" }],
  [{ block: {} }, { kind: "block" }],
  ["redact", { kind: "redact" }],
  [{ redact: { with: null } }, { kind: "redact", with: null }],
  ["mask", { kind: "mask", keepFirst: 0, keepLast: 0, char: "*", skip: "" }],
  [{ mask: { skip: ["-", " ", "-"] } }, { kind: "mask", keepFirst: 0, keepLast: 0, char: "*", skip: "- " }],
  ["hash", { kind: "hash", length: 0, encoding: "hex" }],
  [{ truncate: 4 }, { kind: "truncate", keepFirst: 4, keepLast: 0 }],
  [{ truncate: { length: 4, keepLast: 1 } }, { kind: "truncate", keepFirst: 4, keepLast: 1 }],
  [{ generalize: { ip: {} } }, { kind: "generalize", by: "ip", v4: 24, v6: 48 }],
  [
    { tokenize: { format: "pan" } },
    {
      kind: "tokenize",
      token: {
        format: "pan",
        luhn: "valid",
        keepFirst: 0,
        keepLast: 0,
        domain: "pan",
        fallback: "redact",
        length: undefined,
      },
    },
  ],
  [{ generalize: { date: "month" } }, { kind: "generalize", by: "date", to: "month" }],
  [{ generalize: { date: { to: "year", age: 90 } } }, { kind: "generalize", by: "aged", age: 90 }],
])("the action %j", (action, resolved) => {
  expect(compileSound({ rules: [rule("r", "json:$.a", action)] }).rules[0]?.action).toEqual(resolved);
});

test("a rule as an oracle needs it", () => {
  const rules = [{ ...rule("r", "json:$.a"), select: ["json:$.a", "header:X-A*"], on: ["response", "request"] }];
  const [resolved] = compileSound({ rules }).rules;
  expect(resolved).toMatchObject({
    name: "r",
    directions: ["response", "request"],
    selectors: [
      { location: "json", expression: "$.a" },
      { location: "header", expression: "x-a*" },
    ],
  });
});

describe("extends", () => {
  const base = {
    name: "base",
    limits: { depth: 9, hold: "1KiB" },
    unmatched: "strip",
    rules: [rule("base", "json:$.b")],
  };
  const deep = { name: "deep", extends: ["./base.json"], limits: { hold: "2KiB" }, rules: [rule("deep", "json:$.d")] };
  const files = { base, deep };

  test("own rules first, each file once, the nearest setting wins", () => {
    const own = {
      extends: ["./deep.json", "./base.json"],
      limits: { value: "1KiB" },
      rules: [rule("own", "json:$.o")],
    };
    const { rules, limits, unmatched } = compileSound(own, files);
    expect(rules.map(({ name }) => name)).toEqual(["own", "deep", "base"]);
    expect(limits).toEqual({ hold: 2048, value: 1024, depth: 9, body: 1073741824 });
    expect(unmatched).toBe("strip");
  });

  test("a rule knows the file it comes from", () => {
    const { rules } = compileSound({ extends: ["base"] }, files);
    expect(rules[0]?.source.path).toBe("base.json");
  });
});
