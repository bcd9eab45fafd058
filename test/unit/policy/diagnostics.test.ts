// Every diagnostic, pinned: where it points and what it says. All problems of a policy come at once.

import { expect, test } from "vitest";
import { DETECTOR_TYPES } from "../../../scripts/detect/detectors/index.ts";
import { formatDiagnostic } from "../../../scripts/policy/index.ts";
import { compileText } from "./support.ts";

const said = (own: string, files?: Record<string, string>) => compileText(own, files).diagnostics.map(formatDiagnostic);

/** One property of a rule in an otherwise sound policy. */
const rule = (properties: object) =>
  said(JSON.stringify({ name: "p", activation: { always: true }, rules: [{ name: "r", ...properties }] })).map((line) =>
    line.replace(/^own\.json:1:\d+: /, ""),
  );
const select = (text: string) => rule({ select: text, action: "strip" });
const action = (value: unknown) => rule({ select: "json:$.a", action: value });

test("text that is not strict JSON", () => {
  expect(said('{ "name": "a", // c\n "name": "b", "rules": [], }')).toMatchInlineSnapshot(`
    [
      "own.json:1:16: error[json-syntax]: JSON has no comments; take it out, or say it in a "description"",
      "own.json:2:2: error[duplicate-key]: the key "name" stands twice in one object; keep one of them",
      "own.json:2:28: error[json-syntax]: property name expected; write strict JSON (RFC 8259), without comments and trailing commas",
    ]
  `);
  expect(said("")).toMatchInlineSnapshot(`
    [
      "own.json:1:1: error[json-syntax]: value expected; write strict JSON (RFC 8259), without comments and trailing commas",
    ]
  `);
  expect(said('\uFEFF{"name":"x"}')).toMatchInlineSnapshot(`
    [
      "own.json:1:1: error[json-syntax]: the file begins with a byte order mark; save it as UTF-8 without one",
    ]
  `);
});

test("a file that is nested deeper than anybody can walk is a diagnostic like any other", () => {
  expect(said(`{"name":${"[".repeat(100_000)}`)).toEqual([
    "own.json:1:1: error[json-syntax]: the file is nested too deeply; name a policy",
  ]);
});

test.each([5, -1, 50, 1.5])("a threshold or score that is a number out of its range: %d", (value) => {
  const bound = value < 0 ? ">= 0" : "<= 1";
  expect(rule({ select: "any:", detect: ["CREDIT_CARD"], threshold: value, action: "redact" })).toEqual([
    expect.stringContaining(`error[out-of-range]: \`rules.0.threshold\` must be ${bound}; expected: `),
  ]);
  const detector = { name: "T", pattern: "TCK-[0-9]{3}", score: value, contextScore: value };
  expect(said(JSON.stringify({ name: "p", detectors: [detector], rules: [] }))).toEqual([
    expect.stringContaining(`\`detectors.0.score\` must be ${bound}`),
    expect.stringContaining(`\`detectors.0.contextScore\` must be ${bound}`),
  ]);
});

test("what the schema refuses", () => {
  const policy = {
    name: "Check_out",
    activatoin: {},
    activation: { verify: "presence", always: "yes" },
    unmatched: "redct",
    limits: { hold: "64KB", depth: 5000 },
    rules: [{ select: 7, action: "striip" }, 5],
  };
  expect(said(JSON.stringify(policy, null, 1))).toMatchInlineSnapshot(`
    [
      "own.json:2:10: error[wrong-format]: \`name\` is "Check_out", which does not fit ^[a-z0-9-]{1,63}$; expected: Names the policy in metrics, logs and refusals: 1 to 63 characters of a-z, 0-9 and hyphen (example: "checkout")",
      "own.json:3:2: error[unknown-property]: the policy has no property \`activatoin\`; did you mean \`activation\`?",
      "own.json:6:13: error[wrong-type]: \`activation.always\` is a string; make it a boolean",
      "own.json:8:15: error[unknown-value]: \`unmatched\` is "redct"; did you mean \`redact\`?",
      "own.json:10:11: error[wrong-format]: \`limits.hold\` is "64KB", which does not fit ^(0|[1-9][0-9]{0,14})(B|KiB|MiB|GiB)?$; expected: A number with a unit: B, KiB, MiB or GiB (example: "64KiB")",
      "own.json:11:12: error[out-of-range]: \`limits.depth\` must be <= 1024; expected: The deepest nesting of a body (example: 128)",
      "own.json:14:3: error[missing-property]: \`rules.0\` lacks \`name\`; add it",
      "own.json:15:14: error[wrong-type]: \`rules.0.select\` is an integer; expected: The values that the rule acts on: one selector \`location:expression\`, or a list (example: "json:$..card.number")",
      "own.json:16:14: error[unknown-value]: \`rules.0.action\` is "striip"; did you mean \`strip\`?",
      "own.json:18:3: error[wrong-type]: \`rules.1\` is an integer; make it an object",
    ]
  `);
  expect(said("[]")).toMatchInlineSnapshot(`
    [
      "own.json:1:1: error[wrong-type]: the policy is an array; make it an object",
    ]
  `);
});

test("actions", () => {
  expect([
    ...action("tokenize"),
    ...action("truncate"),
    ...action(null),
    ...action({ strip: {}, mask: {} }),
    ...action({ strip: true }),
    ...action({ strip: { x: 1 } }),
    ...action({ mask: { keepfirst: 1, char: "ab" } }),
    ...action({ hash: { length: 44, encoding: "base64url" } }),
    ...action({ truncate: {} }),
    ...action({ truncate: { length: 1, keepFirst: 1 } }),
    ...action({ truncate: { keepFirst: 0 } }),
    ...action({ generalize: { zip: 3, age: 90 } }),
    ...action({ tokenize: { format: "pan" } }),
    ...action({ reveal: "pan" }),
    ...rule({ select: "header:x", action: { redact: { with: "é" } } }),
    ...rule({ select: "cookie:x", action: { redact: { with: "a;b" } } }),
    ...rule({ select: "json:$.a", action: "strip", detect: ["EMAIL_ADDRESS"] }),
    ...rule({ select: [], action: "strip", on: ["request", "request"] }),
  ]).toMatchInlineSnapshot(`
    [
      "error[missing-parameters]: the action \`tokenize\` needs parameters; write {"tokenize": {"format": "pan"}}",
      "error[missing-parameters]: the action \`truncate\` needs parameters; write {"truncate": {"keepFirst": 6, "keepLast": 4}}",
      "error[wrong-type]: \`rules.0.action\` is null; expected: What happens to a selected value: a name, or an object with the name as its only key and the parameters below it. null and "" stay as they are under redact, mask, hash, truncate and generalize (example: "redact")",
      "error[too-many-properties]: \`rules.0.action\` has more than one key; keep exactly one",
      "error[wrong-type]: \`rules.0.action.strip\` is a boolean; make it an object",
      "error[unknown-property]: \`rules.0.action.strip\` has no property \`x\`; remove it",
      "error[unknown-property]: \`rules.0.action.mask\` has no property \`keepfirst\`; did you mean \`keepFirst\`?",
      "error[wrong-format]: \`rules.0.action.mask.char\` is "ab", which does not fit ^[^\\u0000-\\u001f\\u007f-\\u009f"\\\\\\ud800-\\udfff]$; expected: The one character that stands for a masked one (example: "*")",
      "error[out-of-range]: base64url has only 43 characters; keep at most 43, or leave it out",
      "error[missing-property]: \`rules.0.action.truncate\` is empty; expected: Characters that stay at the start, at the end, or both (example: {"keepFirst":6,"keepLast":4})",
      "error[conflict]: length and keepFirst say the same thing twice; keep one of them",
      "error[out-of-range]: this truncation keeps nothing; keep something, or use "redact"",
      "error[too-many-properties]: \`rules.0.action.generalize\` has more than one key; keep exactly one",
      "error[unknown-rule]: there is no rule pan; name a rule whose action is tokenize",
      "error[reveal-to-tunnel]: on request a reveal would send originals to the hotfix; let it act "on": "response" or "egress-request"",
      "error[invalid-replacement]: the replacement holds a character that no header may hold; use visible ASCII, or split the rule",
      "error[invalid-replacement]: the replacement holds a character that no cookie may hold; use visible ASCII without " , ; and \\, or split the rule",
      "error[out-of-range]: \`rules.0.select\` is an empty list; add at least one item",
      "error[out-of-range]: \`rules.0.on\` lists the same item twice; keep one of them",
    ]
  `);
});

test("selectors", () => {
  expect([
    ...select("foo"),
    ...select("jsn:$.a"),
    ...select("form:"),
    ...select("path:/{a}|base64"),
    ...select("form:a|base32"),
    ...select("header:a|jwt"),
    ...select("graphql:query.card"),
    ...select("xml://Data|base64|base32"),
    ...select("path:/a/{b}|jwt:$["),
    ...select("grpc:shop.Orders/Pay:note|base64|base32"),
    ...select("graphql:variables.card["),
    ...select("cookie:a|base64|json:$.b["),
    ...select("form:a|json:$.b["),
    ...select("any:"),
    ...select("header:X Card"),
    ...select("cookie:"),
    ...select("json:$.a|base64|base64|base64|base64|base64"),
    ...select("json:$.a|json:$.b|json:$[?@.a]"),
    ...select("json:$.a||json:$.b"),
    ...select("json-key:$.a|graphql:$.b[*]"),
    ...select("json:a"),
    ...select("json:$.a "),
    ...select("json:$.a b"),
    ...select("json:$[a]"),
    ...select("json:$[01]"),
    ...select("json:$[9007199254740992]"),
    ...select("json:$['a"),
    ...select("json:$['\\ud800']"),
    ...select("json:$['\ud800']"),
    ...select("json:$[?1]"),
    ...select("json:$[?len(@.a)]"),
    ...select("json:$[?@.a == @.*]"),
    ...select("json:$[?@.a]"),
    ...select("json:$[-1, 1:-1, ::-1]"),
    ...select("json:$[::5000]"),
    ...select("xml:Pan"),
    ...select("xml:/"),
    ...select("xml://a:Pan"),
    ...select("xml:/Pan[1]"),
    ...select("xml:/Pan/text()"),
    ...select("xml:/Pan/@a/b"),
    ...select("xml:/../Pan"),
    ...select("xml://A|//B"),
    ...select("xml://(card number)"),
    ...select("xml://1a"),
  ]).toMatchInlineSnapshot(`
    [
      "error[invalid-selector]: the selector "foo" has no location; write location:expression, as in "json:$.card.number"",
      "error[invalid-selector]: there is no location "jsn"; use named, json, json-key, xml, text, any, grpc, proto, graphql, header, cookie, query, form, multipart, multipart-filename, path",
      "error[invalid-selector]: the form name is empty; write form:NAME, with * for any characters",
      "error[conflict]: a path without one of its segments is another path; use "redact", "hash" or "tokenize"",
      "error[invalid-selector]: there is no decoder "base32"; write |json:$.PATH, |jwt:$.CLAIM, |graphql:$..ARGUMENT, |base64 or |base64url",
      "error[invalid-selector]: there is no decoder "jwt"; write |json:$.PATH, |jwt:$.CLAIM, |graphql:$..ARGUMENT, |base64 or |base64url",
      "error[invalid-selector]: graphql: selects variables, and arguments in the text of a query; write graphql:variables.card.number or graphql:arguments.card.number",
      "error[invalid-selector]: there is no decoder "base32"; write |json:$.PATH, |jwt:$.CLAIM, |graphql:$..ARGUMENT, |base64 or |base64url",
      "error[invalid-jsonpath]: expected a selector, found the end; write a quoted name, index or *",
      "error[invalid-selector]: there is no decoder "base32"; write |json:$.PATH, |jwt:$.CLAIM, |graphql:$..ARGUMENT, |base64 or |base64url",
      "error[invalid-jsonpath]: expected a selector, found the end; write a quoted name, index or *",
      "error[invalid-jsonpath]: expected a selector, found the end; write a quoted name, index or *",
      "error[invalid-jsonpath]: expected a selector, found the end; write a quoted name, index or *",
      "error[missing-detect]: any: selects text in which something has to be found; add "detect": ["CREDIT_CARD", "EMAIL_ADDRESS"]",
      "error[invalid-selector]: no header name holds this character; write header:NAME, with * for any characters",
      "error[invalid-selector]: the cookie name is empty; write cookie:NAME, with * for any characters",
      "error[invalid-selector]: more than 4 decoders stand behind one another; select the value as a whole further out",
      "error[not-streamable]: a filter needs the whole element before its first byte can leave; select by path alone, or use [*]",
      "error[invalid-jsonpath]: expected ".", ".." or "[", found "|"; quote unusual names: ["na me"]",
      "error[unsupported-feature]: names in GraphQL are not selected one by one; look into all of them with "any:" and "detect"",
      "error[invalid-jsonpath]: a JSONPath starts with "$", found "a"; write "$" first",
      "error[invalid-jsonpath]: blanks follow the JSONPath; remove them",
      "error[invalid-jsonpath]: expected ".", ".." or "[", found " "; quote unusual names: ["na me"]",
      "error[invalid-jsonpath]: expected a selector, found "a"; write a quoted name, index or *",
      "error[invalid-jsonpath]: 01 is not an integer of JSONPath; write it without leading zeros, and zero as 0",
      "error[invalid-jsonpath]: 9007199254740992 is out of range; stay within 2^53 - 1",
      "error[invalid-jsonpath]: the string has no end; close it with '",
      "error[invalid-jsonpath]: an escape is half of a surrogate pair; write both halves, high before low",
      "error[invalid-jsonpath]: a lone surrogate stands in a string; use whole code points",
      "error[invalid-jsonpath]: a literal alone is no test; compare it with something",
      "error[invalid-jsonpath]: there is no function len; use one of length, count, match, search, value",
      "error[invalid-jsonpath]: this path can yield several nodes; compare a path of names and indexes",
      "error[not-streamable]: a filter needs the whole element before its first byte can leave; select by path alone, or use [*]",
      "error[not-streamable]: a negative index counts from an end that is not known yet; count from the start, or use [*]",
      "error[not-streamable]: a negative bound counts from an end that is not known yet; count from the start, or use [*]",
      "error[not-streamable]: a negative step starts at an end that is not known yet; use a positive step from the start",
      "error[too-long-period]: the slice steps repeat together only every 5000 elements; keep their least common multiple at 4096 or below",
      "error[invalid-xpath]: the path does not begin at the document; write steps as in /Document/Pan, //Pan, //Card/@number, /Order/*",
      "error[invalid-xpath]: the path ends before its last step; write steps as in /Document/Pan, //Pan, //Card/@number, /Order/*",
      "error[invalid-xpath]: a prefix is the sender's choice; write the local name alone: it matches in any namespace",
      "error[invalid-xpath]: predicates are not enforced by this version; select all elements of the name, or by a longer path",
      "error[invalid-xpath]: functions and node tests are not part of these paths; select the element: rules act on its text",
      "error[invalid-xpath]: nothing is below an attribute; write steps as in /Document/Pan, //Pan, //Card/@number, /Order/*",
      "error[invalid-xpath]: axes other than child, descendant (//) and attribute (@) cannot be followed in a stream; write steps as in /Document/Pan, //Pan, //Card/@number, /Order/*",
      "error[invalid-xpath]: several paths in one; list the selectors: ["xml://A", "xml://B"]",
      "error[invalid-xpath]: no XML name has a blank; write it as the elements have it",
      "error[invalid-xpath]: no step begins so; write steps as in /Document/Pan, //Pan, //Card/@number, /Order/*",
    ]
  `);
});

test("a problem inside a selector has its column, across escapes", () => {
  const text = String.raw`{"name":"p","activation":{"always":true},"rules":[
  {"name":"r","select":["json:$[\"a\"].é[-1]"],"action":"strip"}]}`;
  const [diagnostic] = compileText(text).diagnostics;
  expect([diagnostic?.line, diagnostic?.column]).toEqual([2, text.split("\n")[1]!.indexOf("-1") + 1]);
});

test("names", () => {
  const rules = ["a", "a", "unmatched"].map((name) => ({ name, select: "json:$.a", action: "strip" }));
  expect(said(JSON.stringify({ name: "p", activation: { always: true }, rules }, null, 1))).toMatchInlineSnapshot(`
    [
      "own.json:13:12: error[duplicate-rule]: the rule name a is taken by own.json:7; name each rule differently",
      "own.json:18:12: error[reserved-name]: the rule name "unmatched" is reserved for what no rule names; choose another name",
    ]
  `);
});

test("limits", () => {
  const policy = { name: "p", activation: { always: true }, limits: { hold: "17MiB", value: 0, body: "0" } };
  expect(said(JSON.stringify(policy, null, 1))).toMatchInlineSnapshot(`
    [
      "own.json:7:11: error[out-of-range]: limits.hold is 17825792 bytes; choose 0 to 16777216 bytes",
      "own.json:8:12: error[out-of-range]: limits.value is 0 bytes; choose 1 to 1048576 bytes",
      "own.json:9:11: error[out-of-range]: limits.body is 0 bytes; choose 1 to 9007199254740991 bytes",
    ]
  `);
});

const activation = (value: unknown) => said(JSON.stringify({ name: "p", activation: value }, null, 1));

test("activation", () => {
  const fine = [{}, { verify: "presence" }, { clusters: ["t"] }, { header: "x-a", clusters: ["t"] }];
  expect([...said('{"name":"p"}'), ...fine.flatMap(activation)]).toEqual([]);
});

test("extends", () => {
  const own = '{"name":"own","activation":{"always":true},"extends":["none","./own.json","a"]}';
  const a = '{"name":"a","extends":["./b.json"],"rules":[{"name":"x","select":"json:$.a"}]}';
  expect(said(own, { a, b: '{"name":"b","extends":["./a.json"]}' })).toMatchInlineSnapshot(`
    [
      "own.json:1:55: error[unknown-policy]: there is no policy "none"; name a preset of policies/presets, or a file as ./NAME.json",
      "own.json:1:62: error[extends-cycle]: the policy extends itself: own.json -> own.json; remove one of these extends",
      "a.json:1:45: error[missing-property]: \`rules.0\` lacks \`action\`; add it",
      "b.json:1:24: error[extends-cycle]: the policy extends itself: own.json -> a.json -> b.json -> a.json; remove one of these extends",
    ]
  `);
});

test("too many rules that each detect something of its own below names of their own", () => {
  const types = DETECTOR_TYPES.filter((type) => type.startsWith("DE_") || type.startsWith("KR_"));
  const rules = types.slice(0, 16).map((type, index) => ({
    name: `r${index}`,
    select: `named:name${index}`,
    detect: [type],
    action: "redact",
  }));
  const { diagnostics } = compileText(JSON.stringify({ name: "p", activation: { always: true }, rules }));
  expect(diagnostics.map(({ code, remedy }) => `${code}: ${remedy}`)).toEqual([
    "too-many-states: let fewer rules detect below names of their own, since each more doubles the states: list the names in one rule, or select any:",
  ]);
  const listed = [{ ...rules[0], select: rules.map(({ select }) => select) }];
  expect(
    compileText(JSON.stringify({ name: "p", activation: { always: true }, rules: listed })).compiled,
  ).toBeDefined();
});

test("too big an automaton", () => {
  expect(select(`json:$..a${".*".repeat(20)}`)).toMatchInlineSnapshot(`
    [
      "error[too-many-states]: the selectors together need more than 65535 states; use fewer wildcards after a descendant segment (..), and fewer full paths beside descendant ones",
    ]
  `);
});

test.each(["0".repeat(64), "Qm9vdHN0cmFwIGtleSBtYXRlcmlhbCwgMzIgYnl0ZXM0", "not a name: s3cr3t"])(
  "a key written into a policy is refused, and not said again: %#",
  (key) => {
    for (const keys of [
      { root: { env: key } },
      { root: key },
      { previous: [{ env: key, id: "a", until: "2026-01-01T00:00:00Z" }] },
    ]) {
      const { diagnostics, compiled } = compileText(JSON.stringify({ name: "p", keys }));
      expect(compiled).toBeUndefined();
      expect(JSON.stringify(diagnostics)).not.toContain(key);
    }
  },
);

test.each([
  ["json:$..card.cvc", { format: "digits" }, "strip"],
  ["json:$.card['exp_month']", { format: "digits" }, "redact"],
  ["header:x-last4", { format: "digits" }, "mask"],
  ["form:pin", { format: "alphanumeric" }, "strip"],
  ["xml://Card/@cvv2", { format: "digits" }, "strip"],
  ["json:$.a", { format: "digits", length: 5 }, ""],
  ["json:$.pan", { format: "pan", keepFirst: 6, keepLast: 4 }, ""],
])("a tokenize of %s %j has too few values", (select, tokenize, remedy) => {
  const text = JSON.stringify({ name: "p", rules: [{ name: "r", select, action: { tokenize } }] });
  const { diagnostics } = compileText(text);
  expect(diagnostics.map(({ code }) => code)).toEqual(["small-domain"]);
  expect(diagnostics[0]!.remedy).toContain(remedy);
});
