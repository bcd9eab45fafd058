// Proof of session: who gets in, who does not, and what each leaves behind.
import { describe, expect, test } from "vitest";
import type { ExchangeResult, Plugin } from "../../../scripts/host/index.ts";
import { OUTCOMES } from "../../../scripts/policy/outcomes.ts";
import { headerOf, json, pluginOf, send } from "./support.ts";
import { algorithms, claims, guarded, jwtOf, mint, now, secret } from "./tokens.ts";

const rules = [{ name: "pan", select: "json:$.pan", action: "redact" }];
const body = '{"pan":"4111"}';
const tunnel = "x-emergency-tunnel";

const sendToken = (plugin: Plugin, token: string | undefined, headers: [string, string][] = [], options = {}) =>
  send(
    plugin,
    { headers: [json, ...(token === undefined ? [] : [[tunnel, token] as [string, string]]), ...headers], body },
    options,
  );

/** "active", "inactive", or the code of the refusal. */
function verdict(result: ExchangeResult): string {
  if (result.outcome !== "forwarded") return result.reason ?? result.outcome;
  return Buffer.from(result.request!.body).toString() === body ? "inactive" : "active";
}

describe.each(algorithms)("%s", (algorithm) => {
  const { plugin } = guarded({ jwt: jwtOf(algorithm) }, { rules });

  test("a good token opens the session, and goes no further", async () => {
    const token = await mint(algorithm);
    for (let i = 0; i < 3; i++) {
      const result = sendToken(plugin, token);
      expect(verdict(result)).toBe("active");
      expect(headerOf(result, tunnel)).toBeUndefined();
    }
  });

  test("no other token does", async () => {
    const token = await mint(algorithm);
    const [head, payload, signature] = token.split(".") as [string, string, string];
    const forged = Buffer.from(JSON.stringify({ ...claims, jti: "other" })).toString("base64url");
    const wrong = [
      "",
      "frostglass",
      `${head}.${payload}`,
      `${head}.${payload}.`,
      `${head}.${forged}.${signature}`,
      `${token}.`,
      `${token}=`,
      ` ${token}`,
      token.slice(0, -4),
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`,
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.${signature}`,
    ];
    for (const other of wrong) expect(verdict(sendToken(plugin, other)), other).toBe("session_invalid");
    expect(verdict(sendToken(plugin, token))).toBe("active");
  });

  test("only the pinned algorithm", async () => {
    for (const other of algorithms.filter((name) => name !== algorithm)) {
      expect(verdict(sendToken(plugin, await mint(other)))).toBe("session_invalid");
    }
  });
});

describe("claims", () => {
  const jwt = jwtOf("HS256");
  const judged = async (changes: Record<string, unknown>, header: object = {}): Promise<string> =>
    verdict(sendToken(guarded({ jwt }, { rules }).plugin, await mint("HS256", changes, header)));

  test.each([
    ["the audience in a list", { aud: ["other", "edge"] }, "active"],
    ["another audience", { aud: "Edge" }, "session_foreign"],
    ["a list without it", { aud: ["other"] }, "session_foreign"],
    ["an empty list", { aud: [] }, "session_foreign"],
    ["no audience", { aud: undefined }, "session_foreign"],
    ["an audience that is an object", { aud: { edge: 1 } }, "session_invalid"],
    ["an audience of numbers", { aud: [1] }, "session_invalid"],
    ["several scopes", { scope: "a frostglass:t b" }, "active"],
    ["a scope for another policy", { scope: "frostglass:t2" }, "session_foreign"],
    ["no scope", { scope: undefined }, "session_foreign"],
    ["scopes in a list", { scope: ["frostglass:t"] }, "session_invalid"],
    ["no session id", { jti: undefined }, "session_invalid"],
    ["an empty session id", { jti: "" }, "session_invalid"],
    ["a session id of 64 bytes", { jti: "x".repeat(64) }, "active"],
    ["a session id of 65 bytes", { jti: "x".repeat(65) }, "session_invalid"],
    ["a session id with a blank", { jti: "a b" }, "session_invalid"],
    ["a session id beyond ASCII", { jti: "é" }, "session_invalid"],
    ["a session id with a line break", { jti: "a\r\nb" }, "session_invalid"],
    ["no exp", { exp: undefined }, "session_invalid"],
    ["no iat", { iat: undefined }, "session_invalid"],
    ["exp as text", { exp: String(now + 600) }, "session_invalid"],
    ["a fraction", { exp: now + 0.5 }, "session_invalid"],
    ["a negative time", { iat: -1 }, "session_invalid"],
    ["exp beyond all time", { exp: Number.MAX_SAFE_INTEGER }, "active"],
    ["exp beyond all numbers", { exp: 1e30 }, "session_invalid"],
    ["claims that nobody reads", { realm: { roles: [[{ a: null }], true, -1.5e3] }, name: "Ünï\u{1f600}" }, "active"],
    ["a claim nested too deeply", { deep: JSON.parse("[".repeat(40) + "]".repeat(40)) }, "session_invalid"],
  ])("%s", async (_name, changes, expected) => {
    expect(await judged(changes)).toBe(expected);
  });

  test("times, to the second", async () => {
    const times: [changes: Record<string, number>, expected: string][] = [
      [{ iat: now - 600, exp: now + 1 }, "active"],
      [{ iat: now - 600, exp: now }, "session_expired"],
      [{ iat: now - 600, exp: now - 1 }, "session_expired"],
      [{ iat: now - 3599, exp: now + 9999 }, "active"],
      [{ iat: now - 3600, exp: now + 9999 }, "session_expired"],
      [{ iat: now + 60 }, "active"],
      [{ iat: now + 61 }, "session_invalid"],
      [{ nbf: now + 60 }, "active"],
      [{ nbf: now + 61 }, "session_invalid"],
    ];
    for (const [changes, expected] of times) expect(await judged(changes), JSON.stringify(changes)).toBe(expected);
  });

  test("what the header may say besides", async () => {
    expect(await judged({}, { typ: "JWT", kid: "k1" })).toBe("active");
    const jwk = { kty: "oct", k: Buffer.alloc(32, 1).toString("base64url") };
    expect(await judged({}, { jwk, jku: "https://evil.example/keys" })).toBe("active");
  });
});

test("the longest life is the policy's", async () => {
  const jwt = { ...jwtOf("HS256"), maxAge: "5m" };
  const clock = { seconds: now };
  const { plugin } = guarded({ jwt }, { rules, clock });
  const token = await mint("HS256");
  for (const [seconds, expected] of [
    [now + 299, "active"],
    [now + 300, "session_expired"],
    [now + 301, "session_expired"],
  ] as const) {
    clock.seconds = seconds;
    expect(verdict(sendToken(plugin, token))).toBe(expected);
  }
});

test("a session ends between two requests, without a reload", async () => {
  const clock = { seconds: now };
  const { plugin } = guarded({ jwt: jwtOf("HS256") }, { rules, clock });
  const token = await mint("HS256");
  expect(verdict(sendToken(plugin, token))).toBe("active");
  clock.seconds = now + 599;
  expect(verdict(sendToken(plugin, token))).toBe("active");
  const open = plugin.stream();
  open.requestHeaders([[":method", "POST"], [":path", "/"], json, [tunnel, token]], false);
  clock.seconds = now + 600;
  expect(verdict(sendToken(plugin, token))).toBe("session_expired");
  // What was admitted in time comes to its end.
  open.requestBody(Buffer.from(body), true);
  expect(Buffer.concat(open.upstream.body).toString()).toBe('{"pan":"[redacted]"}');
  open.close();
});

test("without a clock nobody is admitted", async () => {
  const { plugin } = guarded({ jwt: jwtOf("HS256") }, { rules, clock: { seconds: 0 } });
  expect(verdict(sendToken(plugin, await mint("HS256")))).toBe("internal");
});

describe("no proof", () => {
  const jwt = jwtOf("HS256");
  const cluster = (name: string) => ({ properties: { "xds.cluster_name": name } });

  test("and none needed: the request is inactive", () => {
    expect(verdict(sendToken(guarded({ jwt }, { rules }).plugin, undefined))).toBe("inactive");
  });

  test("is refused, in the words of the table", async () => {
    const late = await mint("HS256", { exp: now });
    const tokens = {
      session_missing: undefined,
      session_invalid: "secret-guess",
      session_expired: late,
      session_foreign: await mint("HS256", { aud: "other" }),
    };
    const { plugin, vm } = guarded({ jwt, always: true }, { rules });
    for (const [code, token] of Object.entries(tokens)) {
      const { status, title, detail } = OUTCOMES.find((outcome) => outcome.code === code)!;
      const { response, request } = sendToken(plugin, token);
      expect(request).toBeUndefined();
      expect(response).toMatchObject({ status: 403 });
      expect(response?.headers).toContainEqual(["content-type", "application/problem+json"]);
      const text = Buffer.from(response!.body).toString();
      const type = `urn:frostglass:problem:${code}`;
      expect(JSON.parse(text)).toEqual({ type, title, status, detail, code, direction: "request", policy: "t" });
      expect(text).not.toContain(token ?? "undefined");
    }
    for (const code of Object.keys(tokens)) expect(vm.metrics.get(`frostglass.requests_total.t.${code}`)).toBe(1n);
  });

  test("is ignored and stripped where the policy says so", async () => {
    const { plugin } = guarded({ jwt, invalid: "ignore" }, { rules });
    for (const token of ["x", await mint("HS256", { exp: now }), await mint("HS256", { aud: "other" })]) {
      const result = sendToken(plugin, token);
      expect(verdict(result)).toBe("inactive");
      expect(headerOf(result, tunnel)).toBeUndefined();
    }
    expect(verdict(sendToken(plugin, await mint("HS256")))).toBe("active");
  });

  test.each(["refuse", "ignore"])("towards the tunnel is refused, whatever %s says of others", async (invalid) => {
    const { plugin } = guarded({ jwt, invalid, clusters: ["tunnel"] }, { rules });
    expect(verdict(sendToken(plugin, undefined, [], cluster("tunnel")))).toBe("session_missing");
    expect(verdict(sendToken(plugin, "x", [], cluster("tunnel")))).toBe("session_invalid");
    const late = await mint("HS256", { exp: now });
    expect(verdict(sendToken(plugin, late, [], cluster("tunnel")))).toBe("session_expired");
    expect(verdict(sendToken(plugin, await mint("HS256"), [], cluster("tunnel")))).toBe("active");
    expect(verdict(sendToken(plugin, undefined, [], cluster("production")))).toBe("inactive");
  });

  test("is refused where everything is active", () => {
    const { plugin } = guarded({ jwt, invalid: "ignore", always: true }, { rules });
    expect(verdict(sendToken(plugin, undefined))).toBe("session_missing");
    expect(verdict(sendToken(plugin, "x"))).toBe("session_invalid");
  });
});

describe("more than one emergency header", () => {
  const jwt = jwtOf("HS256");
  const inCluster = { properties: { "xds.cluster_name": "tunnel" } };

  test("is refused, even when each proves the same session", async () => {
    const [good, other] = [await mint("HS256"), await mint("HS256", { jti: "other" })];
    for (const settings of [{}, { keepHeader: true }, { clusters: ["tunnel"] }, { always: true }]) {
      const { plugin } = guarded({ jwt, ...settings }, { rules });
      for (const second of [good, other, "", "x"]) {
        const result = sendToken(plugin, good, [[tunnel, second]], inCluster);
        expect([result.outcome, result.reason, result.request]).toEqual(["blocked", "session_repeated", undefined]);
        expect(sendToken(plugin, good, [["X-Emergency-Tunnel", second]]).reason).toBe("session_repeated");
      }
      for (const first of ["", "x"]) {
        const result = sendToken(plugin, first, [[tunnel, good]], inCluster);
        expect([result.outcome, result.reason]).toEqual(["blocked", "session_invalid"]);
      }
      expect(verdict(sendToken(plugin, good, [], inCluster))).toBe("active");
    }
  });

  test("without proof, too: nobody could say whose session it is", () => {
    const plugin = pluginOf({ activation: { verify: "presence", header: tunnel }, rules });
    const always = pluginOf({ activation: { verify: "presence", header: tunnel, always: true }, rules });
    for (const [one, two] of [
      ["a", "a"],
      ["a", "b"],
      ["", "b"],
    ] as const) {
      for (const each of [plugin, always]) {
        expect(sendToken(each, one, [[tunnel, two]])).toMatchObject({ reason: "session_repeated", request: undefined });
      }
    }
    expect(verdict(sendToken(plugin, "a"))).toBe("active");
  });

  test("where the policy ignores what proves nothing, all of them go, and the request is inactive", async () => {
    const { plugin } = guarded({ jwt, invalid: "ignore" }, { rules });
    const result = sendToken(plugin, "x", [[tunnel, await mint("HS256")]]);
    expect([verdict(result), headerOf(result, tunnel)]).toEqual(["inactive", undefined]);
    expect(sendToken(plugin, await mint("HS256"), [[tunnel, "x"]]).reason).toBe("session_repeated");
  });
});

describe("the session header", () => {
  const jwt = jwtOf("HS256");
  const spoofed: [string, string][] = [
    ["x-session", "admin"],
    ["x-session", "root"],
  ];

  test.each(["refuse", "ignore"])("tells the proven session, and never what a client wrote (%s)", async (invalid) => {
    const settings = { jwt, invalid, sessionHeader: "X-Session" };
    const { plugin } = guarded(settings, { rules, unmatched: "strip" });
    const sessions = (result: ExchangeResult) => result.request?.headers.filter(([name]) => name === "x-session");
    expect(sessions(sendToken(plugin, await mint("HS256"), spoofed))).toEqual([["x-session", "session-1"]]);
    expect(sessions(sendToken(plugin, await mint("HS256"), [["X-Session", "a"]]))).toEqual([
      ["x-session", "session-1"],
    ]);
    expect(sessions(sendToken(plugin, undefined, spoofed))).toEqual([]);
    if (invalid === "ignore") expect(sessions(sendToken(plugin, "x", spoofed))).toEqual([]);
  });

  test("stands beside an emergency header that is kept", async () => {
    const { plugin } = guarded({ jwt, keepHeader: true, sessionHeader: "x-session" }, { rules });
    const token = await mint("HS256");
    const result = sendToken(plugin, token);
    expect([headerOf(result, tunnel), headerOf(result, "x-session")]).toEqual([token, "session-1"]);
  });
});

describe("the key of HS256", () => {
  const start = (value: string | undefined) => () =>
    guarded({ jwt: jwtOf("HS256") }, { environment: value === undefined ? { TOKEN_KEY: "" } : { TOKEN_KEY: value } });

  test("is taken as base64url and as hex, from 32 bytes on", async () => {
    for (const text of [secret.toString("base64url"), secret.toString("hex"), secret.toString("base64")]) {
      expect(verdict(sendToken(start(text)().plugin, await mint("HS256")))).toBe("inactive");
    }
    expect(start(Buffer.alloc(96, 1).toString("hex"))).not.toThrow();
  });

  test("is refused when it is short, unreadable or missing", () => {
    for (const text of [secret.subarray(1).toString("base64url"), "!".repeat(43), undefined]) {
      expect(start(text)).toThrow("refused");
    }
  });
});
