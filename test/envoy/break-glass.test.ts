// The whole way through a real Envoy: client -> edge -> hotfix -> egress -> payment service, and back. The hotfix sees
// tokens and nothing else, the payment service and the customer see originals, and nobody gets in without proof.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BrokenGlass, whole } from "../support/break-glass.ts";
import { mintTestToken, type TestSigner } from "../support/session-tokens.ts";

const pan = "4111111111111111";
const other = "5555555555554444";
const email = "ann.lee@example.org";
const order = (card = pan) =>
  JSON.stringify({ card: { number: card, cvc: "737" }, customer: { email }, note: `call ${email} back` });

const tokenKey = randomBytes(32).toString("base64url");
const environment = { FROSTGLASS_KEY: randomBytes(32).toString("hex"), FROSTGLASS_TOKEN_KEY: tokenKey };

const policy = (jwt: object) => ({
  name: "checkout",
  activation: { verify: "jwt", jwt: { audience: "checkout-edge", ...jwt } },
  keys: { root: { env: "FROSTGLASS_KEY" } },
  egress: { clusters: ["payments"], hosts: ["api.pay.example"] },
  rules: [
    {
      name: "pan",
      select: "json:$.card.number",
      action: { tokenize: { format: "pan", keepFirst: 6, luhn: "valid", domain: "card" } },
    },
    { name: "cvv", select: "json:$.card.cvc", action: "strip" },
    { name: "mail", select: "json:$.customer.email", action: { tokenize: { format: "email" } } },
    { name: "note", select: "json:$.note", action: { tokenize: { format: "opaque" } } },
    { name: "pan-back", on: "response", select: "json:$..number", action: { reveal: "pan" } },
    { name: "note-back", on: "response", select: "json:$..note", action: { reveal: { rule: "note", anywhere: true } } },
    { name: "charge", on: "egress-request", select: "json:$.source", action: { reveal: "pan" } },
    {
      name: "charged",
      on: "egress-response",
      select: "json:$..source",
      action: { tokenize: { format: "pan", keepFirst: 6, domain: "card" } },
    },
  ],
});

const pair = (algorithm: "ES256" | "RS256") => {
  const { publicKey, privateKey } =
    algorithm === "ES256"
      ? generateKeyPairSync("ec", { namedCurve: "P-256" })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { privateKey, publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
};
const ec = pair("ES256");
const rsa = pair("RS256");

const kinds: { algorithm: "HS256" | "ES256" | "RS256"; jwt: object; signer: TestSigner }[] = [
  {
    algorithm: "HS256",
    jwt: { algorithm: "HS256", key: { env: "FROSTGLASS_TOKEN_KEY" } },
    signer: Buffer.from(tokenKey, "base64url"),
  },
  { algorithm: "ES256", jwt: { algorithm: "ES256", publicKey: ec.publicKey }, signer: ec.privateKey },
  { algorithm: "RS256", jwt: { algorithm: "RS256", publicKey: rsa.publicKey }, signer: rsa.privateKey },
];

describe.each(kinds)("session tokens of $algorithm", ({ algorithm, jwt, signer }) => {
  let glass: BrokenGlass;
  const mint = (session: string, claims: Record<string, unknown> = {}) =>
    mintTestToken(signer, algorithm, { session, policy: "checkout", audience: "checkout-edge", ...claims });

  beforeAll(async () => {
    glass = await BrokenGlass.start(policy(jwt), environment);
    // The hotfix: charges the card through the egress listener with the token that it has, and echoes everything.
    glass.hotfix.reply = (request) => ({
      headers: [["content-type", "application/json"]],
      body: (async function* () {
        const body = JSON.parse(request.body.toString()) as { card: { number: string }; note: string };
        const session = request.headers.find(([name]) => name === "x-session-for-egress")?.[1] ?? current;
        const charge = await glass.call("api.pay.example", JSON.stringify({ source: body.card.number }), session);
        yield Buffer.from(
          JSON.stringify({ echo: body.card, charge: JSON.parse(charge.text), note: `said: ${body.note}` }),
        );
      })(),
    });
    glass.payments.reply = (request) => ({
      headers: [["content-type", "application/json"]],
      body: Buffer.from(JSON.stringify({ paid: true, ...(JSON.parse(request.body.toString()) as object) })),
    });
  });
  afterAll(() => glass?.stop());

  let current = "";
  const buy = async (session: string, body = order()) => {
    current = await mint(session);
    return glass.checkout(body, current);
  };

  test("the hotfix sees tokens, the payment service and the customer see originals", async () => {
    const answer = await buy("incident-1");
    expect(answer.status).toBe(200);
    const back = JSON.parse(answer.text) as { echo: { number: string }; charge: { source: string }; note: string };
    expect(back.echo).toEqual({ number: pan });
    expect(back.note).toBe(`said: call ${email} back`);
    expect(JSON.parse(glass.payments.received.at(-1)!.body.toString())).toEqual({ source: pan });
    const memory = glass.memory();
    for (const secret of [pan, "737", email, "ann.lee"]) expect(memory).not.toContain(secret);
    const seen = JSON.parse(glass.hotfix.received.at(-1)!.body.toString()) as { card: { number: string } };
    expect(seen.card.number).toMatch(/^411111\d{10}$/);
    // What the service answered with came back to the hotfix as the token that it knows.
    expect(glass.answers.at(-2)).toBe(JSON.stringify({ paid: true, source: seen.card.number }));
    expect(memory).not.toContain(current);
  });

  test("one session, one token; another session, another token", async () => {
    const tokenOf = async (session: string, card: string) => {
      await buy(session, order(card));
      return (JSON.parse(glass.hotfix.received.at(-1)!.body.toString()) as { card: { number: string } }).card.number;
    };
    const first = await tokenOf("incident-1", pan);
    expect(await tokenOf("incident-1", pan)).toBe(first);
    expect(await tokenOf("incident-2", pan)).not.toBe(first);
    expect(await tokenOf("incident-1", other)).not.toBe(first);
  });

  test("a token of another session is not turned back", async () => {
    await buy("incident-1");
    const { card, note } = JSON.parse(glass.hotfix.received.at(-1)!.body.toString()) as {
      card: { number: string };
      note: string;
    };
    const session = await mint("incident-2");
    const answer = await glass.call("api.pay.example", JSON.stringify({ source: card.number, note }), session);
    expect(answer.status).toBe(200);
    const arrived = whole(glass.payments.received.at(-1)!);
    expect(arrived).not.toContain(pan);
    expect(arrived).not.toContain(email);
    expect(arrived).toContain(note);
  });

  test("a destination that is not allowed gets nothing", async () => {
    const session = await mint("incident-1");
    const before = glass.mail.arrived;
    const answer = await glass.call("mail.example", '{"source":"x"}', session);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toMatchObject({ code: "egress_destination" });
    expect(glass.mail.arrived).toBe(before);
  });

  describe("403 with a problem document, and nothing reaches the hotfix:", () => {
    const now = () => Math.floor(Date.now() / 1000);
    const forge = (token: string) => {
      const [head, , signature] = token.split(".") as [string, string, string];
      const claims = { jti: "x", aud: "checkout-edge", scope: "frostglass:checkout", iat: now(), exp: now() + 600 };
      return [head, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
    };
    const none = () =>
      `${[
        { alg: "none" },
        { jti: "x", aud: "checkout-edge", scope: "frostglass:checkout", iat: now(), exp: now() + 600 },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .join(".")}.`;
    test.each<[string, () => Promise<string> | string]>([
      ["an expired session", () => mint("old", { issued: now() - 1200, expires: now() - 600 })],
      [
        "a session older than an hour, whatever exp says",
        () => mint("old", { issued: now() - 3700, expires: now() + 600 }),
      ],
      ["a forged token", async () => forge(await mint("x"))],
      ["another audience", () => mint("x", { audience: "other" })],
      ["another policy", () => mint("x", { policy: "other" })],
      ["no algorithm", none],
      ["no token at all", () => "let-me-in"],
    ])("%s", async (_title, make) => {
      const before = glass.hotfix.arrived;
      const answer = await glass.checkout(order(), await make());
      expect(answer.status).toBe(403);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(answer.text).not.toContain(pan);
      expect(glass.hotfix.arrived).toBe(before);
    });

    test("a call out without a session", async () => {
      const before = glass.payments.arrived;
      expect((await glass.call("api.pay.example", '{"source":"x"}', undefined)).status).toBe(403);
      expect(glass.payments.arrived).toBe(before);
    });
  });

  test("no value and no key is in the gateway's log", () => {
    for (const secret of [pan, email, tokenKey, environment.FROSTGLASS_KEY]) expect(glass.log).not.toContain(secret);
  });
});
