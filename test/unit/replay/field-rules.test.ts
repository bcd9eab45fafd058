// Random rules on fields of all kinds at once, judged by the leak proof: headers, cookies, parameters, segments of paths,
// forms, parts, file names and trailers, in requests and answers, with actions on the whole, on finds, and the other way.
// What leaves is the same however it is cut, and nothing is refused for a reason that no rule and no field gave.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import type { Result } from "../../../scripts/replay/run.ts";
import { Bench, json, textOf } from "./support.ts";

const pan = "4111111111111111";
const mail = "ann@example.org";
const types = ["CREDIT_CARD", "EMAIL_ADDRESS", "US_SSN"];
const rounds = Number(process.env.FUZZ_RUNS ?? 150);
const seed = Number(process.env.FUZZ_SEED ?? 20261125);

type Name = string;
const names: fc.Arbitrary<Name> = fc.constantFrom(
  "card",
  "mail",
  "note",
  "x-a",
  "card[number]",
  "user.mail",
  pan,
  mail,
);
const patterns = fc.constantFrom("card", "mail", "note", "x-a", "card*", "*a*", "4111*", "*");
const places = ["header", "cookie", "query", "form", "multipart", "multipart-filename"] as const;

const inPlace = fc.tuple(fc.constantFrom(...places), patterns).map(([place, pattern]) => `${place}:${pattern}`);
const anywhere = fc.constantFrom("named:card", "named:mail", "named:note");
const inPath = fc.constantFrom("path:/a/{x}/**", "path:/a/*/{y}");
const selectors = (more: fc.Arbitrary<string>) =>
  fc.uniqueArray(fc.oneof({ weight: 5, arbitrary: inPlace }, { weight: 2, arbitrary: anywhere }, more), {
    minLength: 1,
    maxLength: 4,
  });

const keep = fc.nat({ max: 4 });
const tokens = fc.constantFrom(
  { format: "opaque" },
  { format: "email" },
  { format: "pan", keepFirst: 6, luhn: "valid" },
  { format: "alphanumeric" },
);
const replacing: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom("redact", { redact: { with: "x y" } }, { redact: { with: "a=1&b;c" } }),
  fc.record({ keepFirst: keep, keepLast: keep }).map((mask) => ({ mask })),
  fc.constantFrom({ hash: { length: 12 } }, { hash: {} }, { truncate: { keepFirst: 4 } }),
  tokens.map((tokenize) => ({ tokenize })),
);

const on = fc.constantFrom("request", "response", ["request", "response"]);
const whole = fc
  .oneof(
    { weight: 4, arbitrary: replacing },
    { weight: 2, arbitrary: fc.constantFrom("strip", "pass") },
    fc.constant("block"),
  )
  .chain((action) => {
    const more = action === "strip" ? anywhere : fc.oneof(anywhere, inPath);
    return fc.record({ on, select: selectors(more), action: fc.constant(action) });
  });
const finding = fc
  .tuple(
    fc.oneof({ weight: 6, arbitrary: replacing }, fc.constantFrom("strip", "pass"), fc.constant("block")),
    fc.subarray(types, { minLength: 1 }),
    fc.boolean(),
  )
  .chain(([action, detect, isWhole]) => {
    const everywhere = fc.constant("any:");
    const select =
      action === "strip"
        ? isWhole
          ? selectors(anywhere)
          : selectors(everywhere)
        : selectors(fc.oneof(everywhere, inPath));
    return fc.record({
      on,
      select,
      detect: fc.constant(detect),
      ...(isWhole && { whole: fc.constant(true) }),
      action: fc.constant(action),
    });
  });
/** A token is undone by a rule of the other direction. */
const revealing = fc.record({
  on: fc.constant("response"),
  select: fc.uniqueArray(inPlace, { minLength: 1, maxLength: 4 }),
  action: fc.constant({ reveal: "tokens" }),
});
const tokenizing = fc.record({
  name: fc.constant("tokens"),
  select: fc.uniqueArray(inPlace, { minLength: 1, maxLength: 3 }),
  action: tokens.map((tokenize) => ({ tokenize })),
});

const policies = fc
  .tuple(
    tokenizing,
    fc.array(fc.oneof({ weight: 4, arbitrary: whole }, { weight: 4, arbitrary: finding }, revealing), {
      minLength: 1,
      maxLength: 6,
    }),
    fc.nat(),
    fc.oneof({ weight: 4, arbitrary: fc.constant("pass") }, fc.constantFrom("redact", "strip", "block")),
  )
  .map(([first, others, at, unmatched]) => {
    const rules: object[] = others.map((rule, index) => ({ name: `r${index}`, ...rule }));
    rules.splice(at % (rules.length + 1), 0, first);
    // Forms and parts are read under every policy.
    rules.push({
      name: "reads",
      on: ["request", "response"],
      select: ["form:never", "multipart:never"],
      action: "redact",
    });
    return { unmatched, limits: { hold: "1KiB", value: "512B" }, rules };
  });

const values = fc.constantFrom(
  "",
  "1",
  "plain",
  pan,
  "4111 1111 1111 1111",
  mail,
  `to ${mail}, from 536-90-4399`,
  "Zoë & co; 50 %",
  "a=b",
  "%41",
  `${mail} `.repeat(40),
);
const field = fc.tuple(names, values);
const fields = fc.array(field, { maxLength: 5 });

/** The text with some of its characters as escapes, by the bits of a number. */
const escaped = (text: string, bits: number): string =>
  [...text]
    .map((character, at) =>
      /[\w.~*-]/.test(character) && (bits >> (at % 30)) & 1
        ? character
        : [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
    )
    .join("");
const pairs = (list: readonly [string, string][], bits: number, between: string): string =>
  list.map(([name, value], at) => `${escaped(name, bits >> at)}=${escaped(value, bits >> (at + 3))}`).join(between);

const lineSafe = (text: string): string => text.trim();
const headersOf = (list: readonly [string, string][]): [string, string][] =>
  list.map(([name, value]) => [/^[\w-]+$/.test(name) ? name.replace(/^\d/, "n$&") : "x-b", lineSafe(value)]);
const partsOf = (list: readonly [string, string][], bits: number): string => {
  const written = list.map(([name, value], at) => {
    const file = (bits >> at) & 1 ? `; filename="${value.slice(0, 60).replace(/[;%="]/g, "_")}"` : "";
    const line = (bits >> at) & 2 ? `X-Id: ${value.slice(0, 60)}\r\n` : "";
    return `--XX\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${line}\r\n${value}\r\n`;
  });
  return `${written.join("")}--XX--\r\n`;
};

type Part = readonly [type: [string, string], body: string];
const bodies: fc.Arbitrary<Part> = fc.oneof(
  fc
    .tuple(fields, fc.nat())
    .map(([list, bits]): Part => [["content-type", "application/x-www-form-urlencoded"], pairs(list, bits, "&")]),
  fc
    .tuple(fc.array(field, { minLength: 1, maxLength: 4 }), fc.nat())
    .map(([list, bits]): Part => [["content-type", "multipart/form-data; boundary=XX"], partsOf(list, bits)]),
  fields.map((list): Part => [json, JSON.stringify(Object.fromEntries(list))]),
);

interface Given {
  path: string;
  headers: [string, string][];
  cookies: string;
  body: Part;
  trailers: [string, string][];
}
const messages: fc.Arbitrary<Given> = fc
  .tuple(values, fields, fields, fields, bodies, fields, fc.nat())
  .map(([segment, query, headers, cookies, body, trailers, bits]) => ({
    path: `/a/${escaped(segment === "" ? "s" : segment, bits)}/${escaped("b c", bits)}?${pairs(query, bits, "&")}`,
    headers: headersOf(headers),
    cookies: pairs(cookies, bits, "; "),
    body,
    trailers: headersOf(trailers),
  }));

const recordingOf = (sent: Given, answer: Given): Recording => {
  const [type, body] = sent.body;
  const [answerType, answerBody] = answer.body;
  const setCookies = answer.cookies === "" ? [] : answer.cookies.split("; ");
  return {
    id: "one",
    request: {
      method: "POST",
      path: sent.path,
      headers: [type, ...(sent.cookies === "" ? [] : [["cookie", sent.cookies] as const]), ...sent.headers],
      body: new Uint8Array(Buffer.from(body)),
      ...(sent.trailers.length > 0 && { trailers: sent.trailers }),
    },
    response: {
      status: 200,
      headers: [answerType, ...setCookies.map((one) => ["set-cookie", `${one}; Path=/`] as const), ...answer.headers],
      body: new Uint8Array(Buffer.from(answerBody)),
      ...(answer.trailers.length > 0 && { trailers: answer.trailers }),
    },
  };
};

/** What left, in a form that two runs can be compared in: framing follows how a message was cut. */
const leftOf = ({ outcome, reason, request, response }: Result) => {
  const message = (left: typeof request) =>
    left && [
      left.headers.filter(
        ([name]) => !/^(content-length|transfer-encoding|x-request-id|x-emergency-tunnel)$/.test(name),
      ),
      textOf(left.body),
      left.trailers,
    ];
  return outcome === "forwarded" ? [message(request), message(response)] : [outcome, reason];
};

/** Refusals that a rule gave, or a field that receivers read in two ways. */
const reasons = [
  "rule_block",
  "unmatched_block",
  "form_separator",
  "form_name",
  "path_ambiguous",
  "multipart_header",
  "trailers",
];
const tally: Record<string, number> = {};

test("whatever the rules are, what leaves is what they say", { timeout: 300_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      policies,
      fc.array(fc.tuple(messages, messages), { minLength: 4, maxLength: 4 }),
      fc.nat(),
      async (policy, exchanges, cut) => {
        let bench: Bench;
        try {
          bench = new Bench(policy);
        } catch (error) {
          // A rule that the compiler refuses says why; there is nothing to run.
          const code = /error\[([a-z-]+)\]/.exec(String(error))![1]!;
          tally[code] = (tally[code] ?? 0) + 1;
          return;
        }
        for (const [sent, answer] of exchanges) {
          const recording = recordingOf(sent, answer);
          const whole = await bench.run(recording);
          const { outcome, reason } = whole.result;
          tally[reason ?? outcome] = (tally[reason ?? outcome] ?? 0) + 1;
          expect([...reasons, undefined]).toContain(reason);
          expect(bench.findings(whole)).toEqual([]);
          const run = await bench.run(recording, cut % 2 ? "each" : { random: cut });
          expect(leftOf(run.result)).toEqual(leftOf(whole.result));
        }
      },
    ),
    { numRuns: rounds, seed },
  );
  // Most messages are for their values, not for a refusal.
  expect(tally.forwarded).toBeGreaterThan(2 * rounds);
});
