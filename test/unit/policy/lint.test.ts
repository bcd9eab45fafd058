// Lint findings, one case a trap, and the harmless neighbour of each.

import { describe, expect, test } from "vitest";
import { lintPolicy } from "../../../scripts/policy/lint/index.ts";
import { compileSound } from "./support.ts";

const codes = (policy: object, strict = false) =>
  lintPolicy(compileSound(policy), { strict }).map(
    ({ code, message }) => `${code}: ${message.split(" ").slice(0, 7).join(" ")}`,
  );

type Short = [select: string | string[], action: unknown, on?: string | string[]];
const rules = (...list: Short[]) =>
  codes({
    rules: list.map(([select, action, on = "request"], index) => ({ name: `r${index}`, select, action, on })),
  }).map((line) => line.split(":")[0]);

describe("never", () => {
  test.each<[string, Short[], string[]]>([
    ["a query in an answer", [["query:a", "redact", "response"]], ["unreachable-rule"]],
    ["a path in an answer", [["path:/a/{b}", "redact", "response"]], ["unreachable-rule"]],
    ["a query in a request", [["query:a", "redact", ["request", "response"]]], []],
    ["a query among others", [[["query:a", "json:$.a"], "redact", "response"]], []],
    ["a name in an answer", [["named:a", "redact", "response"]], []],
  ])("%s", (_, list, expected) => expect(rules(...list)).toEqual(expected));

  test.each<[threshold: number | undefined, score: number, contextScore: number | undefined, expected: number]>([
    [undefined, 0.3, undefined, 1],
    [undefined, 0.5, undefined, 0],
    [undefined, 0.3, 0.6, 0],
    [0.2, 0.3, undefined, 0],
    [0.9, 0.3, 0.6, 1],
  ])("a threshold of %s and a detector of %s, %s with context", (threshold, score, contextScore, expected) => {
    const detectors = [{ name: "TICKET", pattern: "TCK-[0-9]{6}", score, contextScore }];
    const rule = { name: "r", select: "any:", detect: ["CREDIT_CARD", "TICKET", "US_*"], threshold, action: "redact" };
    const found = codes(JSON.parse(JSON.stringify({ detectors, rules: [rule] })));
    expect(found.filter((line) => line.startsWith("never-found: r never finds TICKET"))).toHaveLength(expected);
  });
});

describe("headers by which a gateway routes", () => {
  const rule = (select: string, action: unknown, on = "request") => ({
    name: select.replaceAll(/[^\w-]/g, "_"),
    select,
    action,
    on,
  });
  const listener = { verify: "presence" };
  test.each<[string, object, object[], string[]]>([
    ["stripped by a pattern", listener, [rule("header:x-forwarded-*", "strip")], ["unrouted"]],
    ["emptied", listener, [rule("header:*", { redact: { with: "" } })], ["unrouted"]],
    ["redacted", listener, [rule("header:x-forwarded-*", "redact")], []],
    ["passed before", listener, [rule("header:x-forwarded-proto", "pass"), rule("header:x-*", "strip")], []],
    ["of answers", listener, [rule("header:x-*", "strip", "response")], []],
    ["others", listener, [rule("header:x-forwarded-f*", "strip")], []],
    ["in a cluster", { clusters: ["tunnel"] }, [rule("header:x-*", "strip")], []],
  ])("%s", (_, activation, list, expected) => {
    expect(codes({ activation, rules: list }).map((line) => line.split(":")[0])).toEqual(expected);
  });

  const decoding = rule("header:*|json:$.a", "redact");
  const finding = { ...rule("header:x-*", "redact"), detect: ["EMAIL_ADDRESS"] };
  test.each<[string, string, object[], string[]]>([
    ["emptied as what it is not", "empty", [decoding], ["unrouted"]],
    ["of another header", "empty", [rule("header:x-card|json:$.a", "redact")], []],
    ["passed as a whole", "empty", [decoding, rule("header:x-*", "pass")], []],
    ["looked into as a whole", "empty", [decoding, finding], []],
    ["stripped as a whole", "empty", [decoding, rule("header:x-*", "strip")], ["unrouted"]],
    ["refused", "block", [decoding], []],
  ])("decoded and %s", (_, unsupported, list, expected) => {
    expect(codes({ activation: listener, unsupported, rules: list }).map((line) => line.split(":")[0])).toEqual(
      expected,
    );
  });
});

describe("reach", () => {
  test.each<[string, Short[], string[]]>([
    [
      "the same selector earlier",
      [
        ["json:$.a", "pass"],
        ["json:$.a", "redact"],
      ],
      ["unreachable-rule"],
    ],
    [
      "another spelling of it",
      [
        ["json:$['a']", "pass"],
        ["json:$.a", "redact"],
      ],
      ["unreachable-rule"],
    ],
    [
      "in the other direction",
      [
        ["json:$.a", "pass"],
        ["json:$.a", "redact", "response"],
      ],
      [],
    ],
    [
      "a wider one earlier",
      [
        ["json:$..*", "mask"],
        ["json:$.a.b", "hash"],
      ],
      ["unreachable-rule"],
    ],
    [
      "a wider one later",
      [
        ["json:$.a.b", "redact"],
        ["json:$..*", "mask"],
      ],
      [],
    ],
    [
      "below a strip",
      [
        ["json:$.a", "strip"],
        ["json:$.a.b", "mask"],
      ],
      ["unreachable-rule"],
    ],
    [
      "below a later strip",
      [
        ["json:$.a.b", "mask"],
        ["json:$.a", "strip"],
      ],
      ["unreachable-rule"],
    ],
    [
      "below an earlier mask",
      [
        ["json:$.a", "mask"],
        ["json:$.a.b", "redact"],
      ],
      ["unreachable-rule"],
    ],
    [
      "below a later mask",
      [
        ["json:$.a.b", "redact"],
        ["json:$.a", "mask"],
      ],
      [],
    ],
    [
      "below an earlier redact that keeps the structure",
      [
        ["json:$.a", { redact: { keepStructure: true } }],
        [["json:$.a.b", "xml://A"], "strip"],
      ],
      ["unreachable-selector"],
    ],
    [
      "below a later redact that keeps the structure",
      [
        ["json:$.a.b", "strip"],
        ["json:$.a", { redact: { keepStructure: true } }],
      ],
      [],
    ],
    [
      "below a pass",
      [
        ["json:$.a", "pass"],
        ["json:$.a.b", "redact"],
      ],
      [],
    ],
    [
      "names of members beside the values under them, and below names that another rule takes",
      [
        ["json:$.users", "redact"],
        [["json-key:$.users[*]", "json-key:$.users[*].notes[*]"], "hash"],
      ],
      [],
    ],
    [
      "a template of other segments, of which a star is one",
      [
        ["path:/orgs/*/members/{name}", "redact"],
        [["path:/orgs/*/teams/*/members/{name}", "path:/orgs/{org}/members/*"], "redact"],
      ],
      [],
    ],
    [
      "a template that an earlier one takes, whatever its parameter is called",
      [
        ["path:/orgs/*/members/{name}", "redact"],
        ["path:/orgs/acme/members/{user}", "pass"],
      ],
      ["unreachable-rule"],
    ],
    [
      "names of members that an earlier selector takes",
      [
        ["json-key:$.users[*]", "hash"],
        ["json-key:$.users.ann", "pass"],
      ],
      ["unreachable-rule"],
    ],
    ["nothing", [["json:$[3:1]", "redact"]], ["unreachable-rule"]],
    ["the name of a document, which has none", [["json-key:$", "hash"]], ["unreachable-rule"]],
    [
      "one of two",
      [
        ["json:$.a", "strip"],
        [["json:$.a.b", "json:$.c"], "redact"],
      ],
      ["unreachable-selector"],
    ],
    [
      "a glob earlier",
      [
        ["header:x-*", "pass"],
        ["header:x-a*", "redact"],
      ],
      ["unreachable-rule"],
    ],
    [
      "a glob later",
      [
        ["header:x-a", "pass"],
        ["header:x-*", "redact"],
      ],
      [],
    ],
    [
      "another location",
      [
        ["header:a", "pass"],
        ["cookie:a", "redact"],
      ],
      [],
    ],
  ])("%s", (_, list, expected) => {
    expect(rules(...list)).toEqual(expected);
  });
});

describe("PCI DSS", () => {
  const keep = (keepFirst: number, keepLast: number) => ({ mask: { keepFirst, keepLast } });
  const code: Short = ["json:$..cvv", "strip"];
  test.each<[string, Short[], string[]]>([
    ["6 and 4", [["json:$..card.number", keep(6, 4)], code], []],
    ["8 and 4", [["json:$..pan", keep(8, 4)], code], ["pci-truncation"]],
    ["6 and 5", [["json:$..pan", { truncate: { keepFirst: 6, keepLast: 5 } }], code], ["pci-truncation"]],
    ["no card number", [["json:$..order.number", keep(9, 9)]], []],
    [
      "hash and mask",
      [["json:$.pan", "hash"], ["json:$.old.card_number", keep(0, 4)], code],
      ["pci-hash-and-truncate"],
    ],
    ["hash and full mask", [["json:$.pan", "hash"], ["json:$.old.pan", "mask"], code], []],
    ["a masked code", [["json:$..cvv", "mask"]], ["pci-authentication-data"]],
    ["a hashed track", [["header:x-track-2", "hash"]], ["pci-authentication-data"]],
    ["no code at all", [["json:$..pan", keep(6, 4)]], ["pci-authentication-data-missing"]],
  ])("%s", (_, list, expected) => {
    expect(rules(...list)).toEqual(expected);
  });
});

describe("settings", () => {
  test("unsupported bodies pass", () => {
    expect(codes({ unsupported: "pass" })).toMatchInlineSnapshot(`
      [
        "unsupported-pass: with "unsupported": "pass" bodies that cannot be",
      ]
    `);
  });

  test("unsupported bodies pass out of the tunnel alone, or into it", () => {
    expect(codes({ unsupported: { response: "pass" } })).toEqual([]);
    expect(codes({ unsupported: { request: "pass", response: "block" } })).toEqual([
      'unsupported-pass: with "unsupported": "pass" bodies that cannot be',
    ]);
  });

  test("presence proves nothing", () => {
    expect(codes({ activation: { verify: "presence" } })).toEqual([]);
    expect(codes({ activation: { verify: "presence" }, unmatched: "redact" }, true)).toMatchInlineSnapshot(`
      [
        "verify-presence: whoever sends the header x-emergency-tunnel activates the",
      ]
    `);
  });

  test("rules that look everywhere stand behind those by name", () => {
    const found = { name: "found", select: "any:", detect: ["CREDIT_CARD"], action: "redact" };
    const note = { name: "note", select: "json:$..note", action: "redact" };
    const back = { name: "back", on: "response", select: "json:$..b", action: "redact" };
    const told = (rules: object[]) =>
      codes({ rules, unmatched: "redact" }, true).filter((code) => code.startsWith("finds"));
    expect(told([note, found])).toEqual([]);
    expect(told([found, back, { ...note, action: "pass" }])).toEqual([]);
    expect(told([found, note])).toEqual(["finds-before-names: of a value in which found finds"]);
  });

  test("only strict", () => {
    const policy = { rules: [{ name: "h", select: "json:$.a", action: { hash: { length: 8 } } }] };
    expect(codes(policy)).toEqual([]);
    expect(codes(policy, true)).toMatchInlineSnapshot(`
      [
        "implicit-key: rules hash or tokenize, and no policy",
        "unmatched-pass: values that no rule names leave unchanged",
        "short-hash: the hash of h keeps only 32",
      ]
    `);
  });
});

test("names that become equal hide each other's values", () => {
  const tokenize = { format: "email" };
  expect(rules(["json-key:$.a[*]", "redact"], [["json:$.b", "json-key:$.c[*]"], { mask: {} }])).toEqual([
    "equal-names",
    "equal-names",
  ]);
  expect(rules(["json-key:$.a[*]", { tokenize }], ["json-key:$.b[*]", "hash"])).toEqual([]);
  expect(rules(["json:$.a[*]", "redact"])).toEqual([]);
});

test("a token that keeps digits is a truncation too", () => {
  const tokenize = { format: "pan", keepFirst: 8, keepLast: 2, luhn: "any" };
  expect(rules(["json:$.pan", { tokenize }], ["header:pan", "hash"], ["json:$.cvv", "strip"])).toEqual([
    "pci-hash-and-truncate",
    "pci-truncation",
  ]);
});

describe("keys", () => {
  const token = { name: "id", select: "json:$.id", action: { tokenize: { format: "uuid" } } };
  const back = { name: "back", on: "response", select: "json:$.id", action: { reveal: "id" } };

  test("tokens that presence alone turns back", () => {
    const found = (activation: object) => codes({ activation, rules: [token, back] });
    expect(found({ verify: "presence" })[0]).toMatch(/^reveal-by-presence/);
    expect(found({ clusters: ["tunnel"] })).toEqual([]);
  });

  test("one key for tokens of sessions and of values", () => {
    const found = (env: string) => {
      const jwt = { algorithm: "HS256", key: { env }, audience: "a" };
      return codes({ activation: { verify: "jwt", jwt }, rules: [token], keys: { root: { env: "K" } } }).join();
    };
    expect(found("K")).toMatch(/^shared-key/);
    expect(found("OTHER")).toBe("");
  });

  test("a key that nobody named, when strict", () => {
    const found = (policy: object) => codes({ rules: [token], ...policy }, true).join();
    expect(found({})).toContain("implicit-key");
    expect(found({ keys: { root: { env: "K" } } })).not.toContain("implicit-key");
    expect(codes({ rules: [] }, true).join()).not.toContain("implicit-key");
  });
});
