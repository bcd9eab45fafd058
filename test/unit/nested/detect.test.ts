// Rules that detect in what a text spells, in each place that is decoded: the finds go, all else stays, and the leak proof,
// which decodes on its own, agrees.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { Bench, json, request, textOf } from "../replay/support.ts";

const card = "4111111111111111";
const url = (text: string) => Buffer.from(text).toString("base64url");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const percent = encodeURIComponent;
const token = (claims: string) => `${url('{"alg":"ES256"}')}.${url(claims)}.${url("signature")}`;
const unsigned = (claims: string) => `${url('{"alg":"none","typ":"JWT"}')}.${url(claims)}.`;
const part = (value: string) => `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${value}\r\n--x--\r\n`;

const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];
const multipart: [string, string] = ["content-type", "multipart/form-data; boundary=x"];

/** Where a text may stand, as a message and out of what left. */
const carriers: Record<string, { put: (text: string) => Recording; get: (sent: Sent) => string | undefined }> = {
  "header:x-a": { put: (text) => request("{}", { headers: [json, ["x-a", text]] }), get: (sent) => sent.header("x-a") },
  "cookie:a": {
    put: (text) => request("{}", { headers: [json, ["cookie", `b=1; a=${percent(text)}`]] }),
    get: (sent) => decodeURIComponent(/; a=(.*)$/.exec(sent.header("cookie") ?? "")?.[1] ?? ""),
  },
  "query:a": {
    put: (text) => request("{}", { path: `/?b=1&a=${percent(text)}` }),
    get: (sent) => new URLSearchParams(sent.header(":path")?.slice(2)).get("a") ?? undefined,
  },
  "form:a": {
    put: (text) => request(`b=1&a=${percent(text)}`, { headers: [form] }),
    get: (sent) => new URLSearchParams(sent.body).get("a") ?? undefined,
  },
  "multipart:a": {
    put: (text) => request(part(text), { headers: [multipart] }),
    get: (sent) => /\r\n\r\n(.*)\r\n--x--\r\n$/s.exec(sent.body)?.[1],
  },
  "json:$.a": {
    put: (text) => request(JSON.stringify({ b: 1, a: text })),
    get: (sent) => (JSON.parse(sent.body) as { a: string }).a,
  },
};

interface Sent {
  readonly body: string;
  readonly header: (name: string) => string | undefined;
}

async function sent(bench: Bench, recording: Recording): Promise<Sent> {
  const run = await bench.run(recording, "each");
  expect(bench.findings(run)).toEqual([]);
  const { outcome, reason, request: left } = run.result;
  expect([outcome, reason]).toEqual(["forwarded", undefined]);
  return {
    body: textOf(left?.body),
    header: (name) => left?.headers.find((one) => one[0] === name)?.[1],
  };
}

const before = `{"n":{"t":"pan ${card}.","d":[${card},1]},"other":"5500005555555559"}`;
const after = `{"n":{"t":"pan [redacted].","d":[0,1]},"other":"5500005555555559"}`;

const spellings: [chain: string, spell: (text: string) => string, spellAgain: (text: string) => string][] = [
  ["|json:$.n", (text) => text, (text) => text],
  ["|base64|json:$.n", base64, base64],
  ["|base64url|json:$.n", url, url],
  ["|jwt:$.n", token, unsigned],
  ["|base64|base64|json:$.n", (text) => base64(base64(text)), (text) => base64(base64(text))],
  ["|json:$.s|json:$.n", (text) => JSON.stringify({ s: text }), (text) => JSON.stringify({ s: text })],
];

describe.each(Object.entries(carriers))("%s", (location, { put, get }) => {
  test.each(spellings)("%s", async (chain, spell, spellAgain) => {
    const bench = new Bench({
      rules: [{ name: "find", select: location + chain, detect: ["CREDIT_CARD"], action: "redact" }],
    });
    expect(get(await sent(bench, put(spell(before))))).toBe(spellAgain(after));
    const clean = spell('{"n":["nothing"],"other":7}');
    expect(get(await sent(bench, put(clean)))).toBe(clean);
  });

  test("a text in base64", async () => {
    const bench = new Bench({
      rules: [{ name: "find", select: `${location}|base64`, detect: ["CREDIT_CARD"], action: "redact" }],
    });
    expect(get(await sent(bench, put(base64(`pan ${card}.`))))).toBe(base64("pan [redacted]."));
    expect(get(await sent(bench, put(base64("no pan"))))).toBe(base64("no pan"));
  });
});

test("variables of GraphQL, in a body, a batch and a GET", async () => {
  const bench = new Bench({
    rules: [{ name: "find", select: "graphql:variables.note", detect: ["CREDIT_CARD"], action: "redact" }],
  });
  const call = (note: string) => `{"query":"query($note:String){q(n:$note)}","variables":{"note":"${note}"}}`;
  const both = [`pay ${card}`, "pay [redacted]"] as const;
  expect((await sent(bench, request(call(both[0])))).body).toBe(call(both[1]));
  expect((await sent(bench, request(`[${call(both[0])}]`))).body).toBe(`[${call(both[1])}]`);
  const path = (note: string) => `/?variables=${percent(`{"note":"${note}"}`)}`;
  const left = await sent(bench, request("{}", { path: path(both[0]) }));
  expect(left.header(":path")).toBe(path(both[1]));
});

test.each([
  [
    "json:$.token",
    (text: string) => request(JSON.stringify({ token: text })),
    (body: string) => JSON.parse(body).token,
  ],
  ["form:token", (text: string) => request(`token=${text}`, { headers: [form] }), (body: string) => body.slice(6)],
])("%s: a rule on the whole does not keep those behind it from what the text spells", async (place, put, get) => {
  const bench = new Bench({
    rules: [
      { name: "subject", select: `${place}|jwt:$.sub`, action: { mask: {} } },
      { name: "opaque", select: place, action: "redact" },
      { name: "find", select: "any:", detect: ["CREDIT_CARD"], action: "redact" },
    ],
  });
  const claims = (sub: string, note: string) => JSON.stringify({ sub, note });
  expect(get((await sent(bench, put(token(claims("ann", card))))).body)).toBe(unsigned(claims("***", "[redacted]")));
  expect(decodeURIComponent(get((await sent(bench, put("opaque"))).body))).toBe("[redacted]");
});

test("any: looks into names in a document in a document in a field", async () => {
  const bench = new Bench({
    rules: [
      { name: "inside", select: "form:a|json:$.s|json:$.n", action: "pass" },
      { name: "find", select: "any:", detect: ["CREDIT_CARD"], action: "redact" },
    ],
  });
  const { put, get } = carriers["form:a"]!;
  const text = (name: string) => JSON.stringify({ s: `{"m":{"${name}":[1]}}` });
  expect(get(await sent(bench, put(text(card))))).toBe(text("[redacted]"));
});

/** Each card and address of its own, so that one that stays does not look like another that must go. */
function distinct(text: string): string {
  let count = 0;
  const next = () => {
    const digits = `400000${String(++count).padStart(9, "0")}`;
    const sum = [...digits].reduce((all, digit, at) => all + (at % 2 ? Number(digit) : luhn(Number(digit))), 0);
    return digits + ((10 - (sum % 10)) % 10);
  };
  return text.replace(/CARD|-1/g, next).replace(/MAIL/g, () => `jane${++count}@example.com`);
}

const luhn = (digit: number): number => (digit > 4 ? digit * 2 - 9 : digit * 2);

test("random rules, places and documents, judged by the proof", async () => {
  const chains = spellings.map(([chain, spell]) => ({ chain: chain.replace(/\.n$/, ""), spell }));
  const texts = fc.constantFrom("CARD", "x CARD y", "MAIL", "plain", "", 7, -1, null, true);
  const documents = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, texts, fc.array(tie("value"), { maxLength: 3 }), tie("object")),
    object: fc.dictionary(fc.constantFrom("n", "m", "CARD"), tie("value"), { maxKeys: 3, minKeys: 1 }),
  })).object;
  const rule = (location: string, chain: string) =>
    fc.record({
      select: fc.constantFrom(
        `${location}${chain}.n`,
        `${location}${chain}..m`,
        `${location}${chain}[*]`,
        location,
        "any:",
      ),
      detect: fc.constantFrom(["CREDIT_CARD"], ["EMAIL_ADDRESS"], ["CREDIT_CARD", "EMAIL_ADDRESS"]),
      action: fc.constantFrom("redact", { mask: { keepLast: 4 } }, "pass"),
    });
  const cases = fc
    .tuple(fc.constantFrom(...Object.keys(carriers)), fc.constantFrom(...chains))
    .chain(([location, one]) =>
      fc.record({
        location: fc.constant(location),
        spell: fc.constant(one.spell),
        // The first makes sure that the text is decoded.
        first: fc.constantFrom(`${location}${one.chain}.n`, `${location}${one.chain}.m`),
        rules: fc.array(rule(location, one.chain), { minLength: 1, maxLength: 3 }),
        unmatched: fc.constantFrom("pass", "redact"),
        document: documents,
      }),
    );
  await fc.assert(
    fc.asyncProperty(cases, async ({ location, spell, first, rules, unmatched, document }) => {
      const bench = new Bench({
        unmatched,
        rules: [
          { name: "first", select: first, detect: ["CREDIT_CARD"], action: "redact" },
          ...rules.map((one, index) => ({ name: `r${index}`, ...one })),
        ],
      });
      const run = await bench.run(carriers[location]!.put(spell(distinct(JSON.stringify(document)))));
      expect(bench.findings(run)).toEqual([]);
      expect(run.result.outcome).toBe("forwarded");
    }),
    { numRuns: 200, seed: 20261125 },
  );
}, 120_000);
