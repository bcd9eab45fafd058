// Every payload family of the corpora under a policy of its own: what the policy selects is gone, all else is byte for
// byte as it was (the leak proof's independent readers say so), however the body is cut; what nobody selects in leaves
// untouched; and what cannot be read is refused for its reason.
import { describe, expect, test } from "vitest";
import type { Chunking } from "../../../scripts/host/index.ts";
import type { Run } from "../../../scripts/replay/run.ts";
import { corpus, titleOf } from "../../support/corpora.ts";
import { Bench } from "../replay/support.ts";
import { compressed, families, foldersOf, lines, type Payload, payloadsOf } from "./payloads.ts";

const limits = { hold: "1MiB", value: "256KiB" };
const rule = (name: string, select: string | string[], action: unknown) => ({ name, select, action });

const card = [
  rule("number", ["json:$..number", "json:$..card_number"], { tokenize: { format: "pan" } }),
  rule("cvc", ["json:$..cvc", "json:$..security_code"], "strip"),
  rule("holder", ["json:$..holderName", "json:$..name", "json:$..given_name"], "redact"),
  rule("mail", ["json:$..email", "json:$..email_address", "json:$..shopperEmail"], { tokenize: { format: "email" } }),
  rule("address", ["json:$..address", "json:$..billingAddress", "json:$..shipping"], { mask: { keepFirst: 1 } }),
  rule("reference", ["json:$..reference", "json:$..id", "json:$..pspReference"], { hash: { length: 10 } }),
  rule("amount", ["json:$..amount", "json:$..value"], { generalize: { number: 100 } }),
];

/** A policy for each family, about what a service of its kind would hide. */
const policies: Record<string, object[]> = {
  adyen: card,
  "fhir-r4": [
    rule("name", "json:$..name", "redact"),
    rule("telecom", "json:$..telecom[*].value", { mask: { keepLast: 2 } }),
    rule("birth", ["json:$..birthDate", "json:$..date"], { generalize: { date: "year" } }),
    rule("identifier", "json:$..identifier", { tokenize: { format: "opaque" } }),
    rule("text", "json:$..div", { truncate: { keepFirst: 20 } }),
    rule("photo", ["json:$..photo", "json:$..attachment"], "strip"),
  ],
  form: [rule("all", "form:*", { mask: { keepFirst: 1 } }), rule("charset", "form:_charset_", "pass")],
  "github-webhooks": [
    rule("login", ["json:$..login", "json:$..email"], { hash: { length: 12 } }),
    rule("url", ["json:$..url", "json:$..avatar_url"], "redact"),
    rule("body", "json:$..body", { truncate: { keepFirst: 10 } }),
    rule("sender", ["json:$.sender", "json:$.installation"], "strip"),
    rule("id", "json:$..id", { mask: { keepLast: 2 } }),
  ],
  graphql: [rule("variables", "json:$..variables", { mask: {} }), rule("query", "json:$..query", "redact")],
  har: [
    rule("cookies", ["json:$..cookies", "json:$..headers[*].value"], "redact"),
    rule("form", "form:*", { mask: {} }),
    rule("parts", ["multipart:*", "multipart-filename:*"], "redact"),
    rule("any", "json:$..*", { mask: { keepFirst: 2 } }),
  ],
  iso20022: [
    rule("iban", "xml://IBAN", { tokenize: { format: "iban" } }),
    rule("party", ["xml://Nm", "xml://PstlAdr"], "redact"),
    rule("remittance", "xml://RmtInf", "strip"),
  ],
  multipart: [
    rule("parts", "multipart:*", { redact: { with: "gone" } }),
    rule("files", "multipart-filename:*", "redact"),
  ],
  paypal: card,
  soap: [
    rule("header", "xml:/Envelope/Header", { mask: {} }),
    rule("leaves", "xml:/Envelope/Body/*/*", { hash: { length: 12 } }),
    rule("type", "xml://@type", "strip"),
  ],
  sse: [
    rule("text", ["json:$..text", "json:$..content"], { mask: { keepFirst: 1 } }),
    rule("id", ["json:$..id", "json:$..signature"], { hash: { length: 8 } }),
    rule("usage", "json:$..usage", "strip"),
  ],
  stripe: card,
  xml: [rule("all", ["xml:/*/@*", "xml:/*"], { mask: {} })],
};

/** In every policy, what selects nothing: the formats are read all the same. */
const idle = [rule("none", ["json:$['nil']['nil']", "form:nil", "multipart:nil", "xml://Nil"], "redact")];

/** Why a body of a family may be refused, with what is wrong in it. */
const refusals: Record<string, RegExp> = {
  // Percent signs in names that begin no escape.
  form: /^form_name$/,
  // A block that the specification prints with a comma too many.
  graphql: /^json_syntax$/,
  // Archives of uploads: bodies with bare line feeds or without a boundary, a picture, a zip.
  har: /^(multipart_(boundary|delimiter)|unsupported_media_type)$/,
  // Recorded browsers and test suites of lax readers, preambles and broken headers among them.
  multipart: /^(multipart_(boundary|delimiter|header|encoding)|unsupported_charset)$/,
  // Not well-formed, or a multipart body without its headers.
  soap: /^xml_syntax$/,
  // Streams whose data is no JSON.
  sse: /^json_syntax$/,
  xml: /^(xml_(doctype|syntax|utf8)|unsupported_charset)$/,
};

const named = (payloads: Payload[]) => payloads.map((one) => ({ ...one, title: one.name }));
const cutsOf = ({ body }: Payload): Chunking[] =>
  body.length <= 2000
    ? ["each", 2, 7, { random: body.length }]
    : [Math.ceil(body.length / 40), { random: body.length }];

const send = (bench: Bench, { name, headers, body }: Payload, chunk?: Chunking): Promise<Run> =>
  bench.run({ id: name, request: { method: "POST", path: "/", headers, body } }, chunk);

const leftOf = ({ result }: Run): Buffer | undefined => result.request && Buffer.from(result.request.body);

/** What left, or why nothing did; the same at every cut, and as the policy says. */
async function outcomeOf(bench: Bench, payload: Payload): Promise<Buffer | string> {
  const whole = await send(bench, payload);
  expect(bench.findings(whole)).toEqual([]);
  const { outcome, reason } = whole.result;
  if (outcome !== "forwarded") expect([outcome, leftOf(whole)]).toEqual(["blocked", undefined]);
  for (const chunk of cutsOf(payload)) {
    const cut = await send(bench, payload, chunk);
    expect([cut.result.outcome, cut.result.reason], JSON.stringify(chunk)).toEqual([outcome, reason]);
    if (outcome === "forwarded") expect(leftOf(cut)!.equals(leftOf(whole)!), JSON.stringify(chunk)).toBe(true);
  }
  return outcome === "forwarded" ? leftOf(whole)! : (reason ?? outcome);
}

test.skipIf(!corpus("payloads"))(titleOf("every folder has its policy, or the reason why not", "payloads"), () => {
  expect(foldersOf().filter((folder) => families[folder] === undefined)).toEqual([]);
  for (const [family, read] of Object.entries(families)) expect(typeof read === "string").toBe(!policies[family]);
});

for (const [family, rules] of Object.entries(policies)) {
  const folder = `payloads/${family}`;
  describe.skipIf(!corpus(folder))(titleOf(family, folder), () => {
    const own = new Bench({ limits, rules });
    const denying = new Bench({ limits, rules, unmatched: "redact" });
    const quiet = new Bench({ limits, rules: idle });
    const payloads = payloadsOf(family);

    test("has payloads, and most of them go through", async () => {
      expect(payloads.length).toBeGreaterThan(0);
      const outcomes = await Promise.all(payloads.map(async (one) => (await send(own, one)).result.outcome));
      const through = outcomes.filter((outcome) => outcome === "forwarded").length;
      // The XML suite is about what is refused: nearly all of it declares a document type.
      expect(through).toBeGreaterThan(family === "xml" ? 150 : payloads.length / 3);
    });

    test.each(named(payloads))("$title", async (one) => {
      const left = await outcomeOf(own, one);
      if (!Buffer.isBuffer(left)) {
        expect(left).toMatch(refusals[family] ?? /^never$/);
        return;
      }
      await outcomeOf(denying, one);
      const same = leftOf(await send(quiet, one, { random: 7 }));
      expect(same!.equals(one.body)).toBe(true);
    });
  });
}

describe.skipIf(!corpus("payloads"))(titleOf("documents on other ways", "payloads"), () => {
  const json = ["adyen", "fhir-r4", "github-webhooks", "paypal", "stripe"];

  test.each(json)("%s, a document a line", async (family) => {
    const body = lines(family, payloadsOf(family));
    expect(Buffer.isBuffer(await outcomeOf(new Bench({ limits, rules: policies[family]! }), body))).toBe(true);
  });

  test.each([...json, "soap", "iso20022", "sse"])("%s, compressed: as if it had come plain", async (family) => {
    const rules = policies[family]!;
    const decoding = new Bench({ limits, rules, compressed: "decode" });
    const refusing = new Bench({ limits, rules });
    for (const one of payloadsOf(family)) {
      const before = await send(decoding, one);
      const after = await send(decoding, compressed(one), { random: one.body.length });
      expect([after.result.outcome, after.result.reason], one.name).toEqual([
        before.result.outcome,
        before.result.reason,
      ]);
      expect(leftOf(after), one.name).toEqual(leftOf(before));
      expect(decoding.findings(after), one.name).toEqual([]);
      if (before.result.outcome === "forwarded" && one.body.length > 0)
        expect((await send(refusing, compressed(one))).result.reason, one.name).toBe("content_encoding");
    }
  });
});
