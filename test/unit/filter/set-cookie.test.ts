// Set-Cookie as its receivers read it: one cookie and its attributes, or several where headers were joined (.NET, the JDK,
// Ruby, helpers of fetch), and a cookie in whatever is no attribute (Python). The proof says so too.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bench, request, textOf } from "../replay/support.ts";
import { pluginOf, send } from "./support.ts";

const secret = "4111-secret";
const mail = "ann@example.org";
const answer = (rule: object, more: object = {}) =>
  new Bench({ ...more, rules: [{ name: "r", on: "response", ...rule }] });
const recording = (values: string[], name = "set-cookie") => ({
  ...request(undefined),
  response: { status: 200, headers: values.map((value): [string, string] => [name, value]) },
});

/** What left of the header, or the reason of the refusal. */
async function left(bench: Bench, value: string, name = "set-cookie"): Promise<string | undefined> {
  const run = await bench.run(recording([value], name));
  expect(bench.findings(run)).toEqual([]);
  if (run.result.outcome !== "forwarded") {
    expect(textOf(run.result.response?.body)).not.toContain(secret);
    return run.result.reason;
  }
  return run.result.response!.headers.find(([other]) => other === name)?.[1];
}

const card = answer({ select: "cookie:card", action: "redact" });
const date = "Expires=Wed, 21 Oct 2026 07:28:00 GMT";

test.each([
  ["the cookie", `card=${secret}; Path=/`, "card=[redacted]; Path=/"],
  ["joined behind an attribute", `a=1; Path=/, card=${secret}; Path=/x`, "a=1; Path=/, card=[redacted]; Path=/x"],
  ["behind a date", `a=1; ${date}, card=${secret}; ${date}`, `a=1; ${date}, card=[redacted]; ${date}`],
  ["behind a flag, without a blank", `a=1; Secure,card=${secret}`, "a=1; Secure,card=[redacted]"],
  ["JDK: behind a life", `a=1; Max-Age=9, card=${secret}`, "a=1; Max-Age=9, card=[redacted]"],
  ["Python: no attribute", `a=1; card=${secret}; Path=/`, "a=1; card=[redacted]; Path=/"],
  ["a name that PHP reads", `a=1; ca.rd=1; Path=/, [card=${secret}`, "a=1; ca.rd=1; Path=/, [card=[redacted]"],
  ["an empty one", "a=1; card=; Path=/", "a=1; card=; Path=/"],
])("a rule acts on it: %s", async (_, value, expected) => {
  expect(await left(card, value)).toBe(expected);
  expect(await left(card, value, "set-cookie2")).toBe(expected);
});

test.each([
  ["browsers, tough-cookie: without a name", `=card=${secret}; Path=/`],
  ["joined in the value", `a=1, card=${secret}; Path=/`],
  ["Python: behind a blank", `a=1 card=${secret}`],
  ["in the value of the second", `a=1; Path=/, b=2, card=${secret}`],
  ["in what is no path", `a=1; Path=/ card=${secret}`],
  ["in what is no attribute", `a=1; b=2 card=${secret}`],
  ["Python: a semicolon in quotes", `card="x; ${secret}"; Path=/`],
])("refused: %s", async (_, value) => {
  expect(await left(card, value)).toBe("form_separator");
});

test.each([
  ["the value of another cookie", "a=x&card=1; Path=/"],
  ["a date, with its comma", `a=1; ${date}; Path=/`],
  ["dates of other forms", "a=1; expires=Wednesday, 21-Oct-26 07:28:00 GMT; Expires=0; expires=-1; Expires="],
  [
    "all attributes",
    "a=1; Domain=.example.org; Max-Age=-1; Version=1; SameSite=Lax; Priority=High; Partitioned; Discard; Secure",
  ],
  ["signs without anything between", "a=1; ;; Path=/; "],
  ["commas in a value", "a=1,2, 3; Path=/"],
  ["an attribute alone", "a=1; card; Path=/"],
])("left alone: %s", async (_, value) => {
  expect(await left(card, value)).toBe(value);
});

test("a stripped cookie goes with its attributes, one behind it with its separator", async () => {
  const strip = answer({ select: "cookie:card", action: "strip" });
  expect(await left(strip, `card=${secret}; Path=/, a=1; Path=/`)).toBeUndefined();
  expect(await left(strip, `a=1; Path=/, card=${secret}; Path=/x`)).toBe("a=1; Path=/; Path=/x");
  expect(await left(strip, `a=1; card=${secret}; Path=/x`)).toBe("a=1; Path=/x");
});

describe("rules that look everywhere", () => {
  const anywhere = answer({ select: "any:", detect: ["EMAIL_ADDRESS", "DATE_TIME", "CREDIT_CARD"], action: "redact" });

  test.each([
    [`a=${mail}; Path=/`, "a=[redacted]; Path=/"],
    [`a=1; Path=/u/${mail}/x; ${date}`, `a=1; Path=/[redacted]/x; ${date}`],
    ["a=1; Path=/u%20/ann%40example.org", "a=1; Path=/u%20/%5Bredacted%5D"],
    [`a=1; Comment=of ${mail}`, "a=1; Comment=of%20[redacted]"],
    [`a=1; note=${mail}; Path=/, b=${mail}`, "a=1; note=[redacted]; Path=/, b=[redacted]"],
    ["a=1; Expires=4111 1111 1111 1111", "a=1; Expires=[redacted]"],
    ["a=1; Max-Age=4111111111111111", "a=1; Max-Age=[redacted]"],
    [`a=1; ${mail}`, "a=1; [redacted]"],
  ])("%s", async (value, expected) => {
    expect(await left(anywhere, value)).toBe(expected);
  });
});

test("where the hotfix calls out, unmatched takes all but attributes", () => {
  const rules = [{ name: "r", select: "cookie:theme", action: "pass" }];
  const policy = { unmatched: "redact", egress: { hosts: ["*"] }, rules };
  const plugin = pluginOf(policy, "egress");
  const value = `theme=dark; ${date}; note=x; Path=/, b=2; Domain=a.org, c=3; flag`;
  const result = send(plugin, { method: "GET", headers: [], response: { headers: [["set-cookie", value]], body: "" } });
  expect(Object.fromEntries(result.response!.headers)["set-cookie"]).toBe(
    `theme=dark; ${date}; note=[redacted]; Path=/, b=[redacted]; Domain=a.org, c=[redacted]; [redacted]`,
  );
});

test("what is revealed in one hides nothing else in it", async () => {
  const reveal = new Bench({
    rules: [
      { name: "t", select: "json:$.a", action: { tokenize: { format: "opaque" } } },
      { name: "back", on: "response", select: "cookie:a", action: { reveal: "t" } },
      { name: "card", on: "response", select: "cookie:card", action: "redact" },
    ],
  });
  expect(await left(reveal, `a=1, card=${secret}`)).toBe("form_separator");
  expect(await left(reveal, "a=1, b=2; Path=/")).toBe("a=1, b=2; Path=/");
});

test("a cookie that is echoed, either way, is judged as one", async () => {
  const both = new Bench({
    rules: [{ name: "r", on: ["request", "response"], select: "cookie:card", action: "redact" }],
  });
  const headers: [string, string][] = [
    ["cookie", `a=1; card=${secret}`],
    ["set-cookie", `card=${secret}; Path=/`],
  ];
  const run = await both.run({ ...request(undefined, { headers }), response: { status: 200, headers } });
  expect(both.findings(run)).toEqual([]);
  for (const message of [run.result.request!, run.result.response!]) {
    expect(message.headers).toContainEqual(["cookie", "a=1; card=[redacted]"]);
    expect(message.headers).toContainEqual(["set-cookie", "card=[redacted]; Path=/"]);
  }
});

test("a cookie that only some receivers see is found in what left", async () => {
  for (const value of [`a=1, card=${secret}`, `a=1 card=${secret}`]) {
    const run = await card.run(recording([value]));
    const through = { status: 200, headers: [["set-cookie", value]] as [string, string][], body: new Uint8Array() };
    const forwarded = { outcome: "forwarded" as const, isReply: false, responseComplete: true, response: through };
    expect(card.findings(run, () => forwarded).map(({ kind }) => kind)).toContain("unredacted");
  }
  for (const value of [`a=1; Path=/, card=${secret}`, `a=1; card=${secret}`]) {
    const run = await card.run(recording([value]));
    const { response } = run.result;
    const whole = { ...response!, headers: [["set-cookie", value]] as [string, string][] };
    expect(card.findings(run, () => ({ response: whole })).map(({ kind }) => kind)).toContain("leak");
  }
});

const pairs = ["a=1", "card=41", "=x", "card", `n=${mail}`, "b=2,3", 'c="x', 'y"', "note=x y", ""];
const attributes = ["Path=/", "Path=/p/q", "Path=x", date, "Expires=0", "expires=41 41", "Max-Age=9", "Max-Age=x"];
const others = ["Secure", "secure=1", "Domain=a.b", "Domain=a b", "Version=1"];
const piece = fc.constantFrom(...pairs, ...attributes, ...others);
const sign = fc.constantFrom("; ", ";", ", ", ",", " ", " ;", ",  ");
const header = fc
  .tuple(fc.constantFrom(...pairs), fc.array(fc.tuple(sign, piece), { maxLength: 5 }))
  .map((parts) => parts.flat(2).join(""));

test.each([
  ["redact", card],
  ["strip", answer({ select: "cookie:card", action: "strip" })],
  [
    "pass one",
    new Bench({
      rules: [
        { name: "p", on: "response", select: "cookie:a", action: "pass" },
        { name: "r", on: "response", select: "cookie:*", action: "hash" },
      ],
    }),
  ],
  ["detect", answer({ select: "any:", detect: ["EMAIL_ADDRESS", "DATE_TIME"], action: "redact" })],
  ["by name", answer({ select: "named:card", action: { mask: {} } })],
  ["decoded", answer({ select: "cookie:card|base64", action: "redact" }, { unsupported: "pass" })],
])(
  "whatever the header: %s",
  async (_, bench) => {
    const seen = new Set<string | undefined>();
    await fc.assert(
      fc.asyncProperty(fc.array(header, { minLength: 1, maxLength: 2 }), async (values) => {
        const run = await bench.run(recording(values));
        expect(bench.findings(run)).toEqual([]);
        seen.add(run.result.outcome);
      }),
      { numRuns: 500, seed: 11 },
    );
    expect([...seen]).toContain("forwarded");
  },
  120_000,
);
