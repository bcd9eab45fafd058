// Proof of session in a real Envoy: its own signatures, its own JWT filter, and who gets through.
import { createPublicKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClientResponse } from "../../scripts/envoy/message.ts";
import { cardPolicy, header, json, order, orderAfter, TestGateway } from "../support/envoy.ts";
import { algorithms, jwtOf, mint, secret, signingKey } from "../unit/filter/tokens.ts";

const environment = { TOKEN_KEY: secret.toString("base64url") };
const seconds = () => Math.floor(Date.now() / 1000);
/** Times that hold for an Envoy, whose clock is this machine's. */
const times = (life = 600) => ({ iat: seconds() - 700, exp: seconds() + life });
const policyOf = (activation: object) => ({ ...cardPolicy, activation: { verify: "jwt", ...activation } });

const sendToken = (gateway: TestGateway, token: string | undefined, more: [string, string][] = []) =>
  gateway.send({
    headers: [json, ...(token === undefined ? [] : [["x-emergency-tunnel", token] as [string, string]]), ...more],
    body: Buffer.from(order),
  });

const codeOf = ({ status, body }: ClientResponse) => (status === 403 ? JSON.parse(body.toString()).code : status);

describe.each(algorithms)("%s", (algorithm) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const activation = { jwt: jwtOf(algorithm), sessionHeader: "x-session" };
    gateway = await TestGateway.start({ policy: policyOf(activation), environment });
  });
  afterAll(() => gateway?.stop());

  test("a good token opens the session, again and again", async () => {
    const token = await mint(algorithm, times());
    for (let i = 0; i < 3; i++) {
      expect((await sendToken(gateway, token, [["x-session", "spoofed"]])).status).toBe(200);
      const received = await gateway.production.take();
      expect(received.body.toString()).toBe(orderAfter);
      expect(header(received.headers, "x-emergency-tunnel")).toBeUndefined();
      expect(received.headers.filter(([name]) => name === "x-session")).toEqual([["x-session", "session-1"]]);
    }
  });

  test("expired, foreign and forged ones are refused", async () => {
    const token = await mint(algorithm, times());
    const [head, , signature] = token.split(".");
    const claims = JSON.stringify({ ...times(), jti: "x", aud: "edge", scope: "frostglass:t" });
    const forged = `${head}.${Buffer.from(claims).toString("base64url")}.${signature}`;
    const late = await mint(algorithm, times(-1));
    const foreign = await mint(algorithm, { ...times(), aud: "x" });
    const codes = [];
    for (const sent of [late, foreign, forged, "x"]) codes.push(codeOf(await sendToken(gateway, sent)));
    expect(codes).toEqual(["session_expired", "session_foreign", "session_invalid", "session_invalid"]);
    expect(gateway.production.arrived).toBe(3);
  });

  test("more than one emergency header is refused, whatever each of them proves", async () => {
    const token = await mint(algorithm, times());
    const before = gateway.production.arrived;
    const codes = [];
    for (const second of [token, "x", ""]) {
      codes.push(codeOf(await sendToken(gateway, token, [["x-emergency-tunnel", second]])));
    }
    codes.push(codeOf(await sendToken(gateway, "x", [["x-emergency-tunnel", token]])));
    expect(codes).toEqual(["session_repeated", "session_repeated", "session_repeated", "session_invalid"]);
    expect(gateway.production.arrived).toBe(before);
  });

  test("a session ends in mid-flight, without a reload", async () => {
    const token = await mint(algorithm, times(2));
    expect(codeOf(await sendToken(gateway, token))).toBe(200);
    await expect
      .poll(async () => codeOf(await sendToken(gateway, token)), { timeout: 8000, interval: 200 })
      .toBe("session_expired");
    gateway.production.received.length = 0;
  });

  test("who brings no token is inactive, and tells no session", async () => {
    expect((await sendToken(gateway, undefined, [["x-session", "spoofed"]])).status).toBe(200);
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(order);
    expect(header(received.headers, "x-session")).toBeUndefined();
  });
});

test("ignored and stripped where the policy says so", async () => {
  const policy = policyOf({ jwt: jwtOf("HS256"), invalid: "ignore" });
  const gateway = await TestGateway.start({ policy, environment });
  try {
    for (const token of ["x", await mint("HS256", times(-1))]) {
      expect((await sendToken(gateway, token)).status).toBe(200);
      const received = await gateway.production.take();
      expect(received.body.toString()).toBe(order);
      expect(header(received.headers, "x-emergency-tunnel")).toBeUndefined();
    }
  } finally {
    await gateway.stop();
  }
});

describe("claims that Envoy's own JWT filter has verified", () => {
  const keys = { keys: [{ ...createPublicKey(signingKey("ES256")).export({ format: "jwk" }), alg: "ES256" }] };
  const verifier = {
    name: "envoy.filters.http.jwt_authn",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
      providers: {
        sessions: {
          local_jwks: { inline_string: JSON.stringify(keys) },
          from_headers: [{ name: "x-emergency-tunnel" }],
          payload_in_metadata: "fg",
          // So late Envoy itself takes a token; the filter behind it is stricter.
          clock_skew_seconds: 60,
        },
      },
      rules: [
        {
          match: { prefix: "/" },
          requires: { requires_any: { requirements: [{ provider_name: "sessions" }, { allow_missing: {} }] } },
        },
      ],
    },
  };
  let gateway: TestGateway;
  beforeAll(async () => {
    const jwt = { source: { metadata: "fg" }, audience: "edge" };
    gateway = await TestGateway.start({ policy: policyOf({ jwt, sessionHeader: "x-session" }), before: [verifier] });
  });
  afterAll(() => gateway?.stop());

  test.each([{ aud: "edge" }, { aud: ["other", "edge"] }, { aud: ["edge", "other"] }])(
    "open the session, %j",
    async (changes) => {
      expect((await sendToken(gateway, await mint("ES256", { ...times(), ...changes }))).status).toBe(200);
      const received = await gateway.production.take();
      expect(received.body.toString()).toBe(orderAfter);
      expect(header(received.headers, "x-session")).toBe("session-1");
    },
  );

  test.each<[code: string, life: number, changes: object]>([
    ["session_expired", -5, {}],
    ["session_foreign", 600, { aud: "other" }],
    ["session_foreign", 600, { aud: ["other", "another"] }],
    ["session_foreign", 600, { scope: "frostglass:other" }],
    ["session_invalid", 600, { exp: undefined }],
  ])("%s all the same, with %i seconds left and %j", async (code, life, changes) => {
    expect(codeOf(await sendToken(gateway, await mint("ES256", { ...times(life), ...changes })))).toBe(code);
  });

  test("none, and the request is inactive", async () => {
    expect((await sendToken(gateway, undefined)).status).toBe(200);
    expect((await gateway.production.take()).body.toString()).toBe(order);
  });

  test("a forged token is Envoy's to refuse", async () => {
    expect((await sendToken(gateway, await mint("HS256", times()))).status).toBe(401);
  });
});
