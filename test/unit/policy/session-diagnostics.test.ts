// Diagnostics of `activation.jwt`, pinned: session tokens that nobody demands or describes, and that cannot be checked.

import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { formatDiagnostic } from "../../../scripts/policy/index.ts";
import { compileText } from "./support.ts";

const activation = (value: unknown) =>
  compileText(JSON.stringify({ name: "p", activation: value }, null, 1)).diagnostics.map(formatDiagnostic);

const jwt = { algorithm: "HS256", key: { env: "TOKEN_KEY" }, audience: "a" };
const pem = (type: "ec" | "rsa", options: object) =>
  generateKeyPairSync(type as "rsa", options as { modulusLength: number })
    .publicKey.export({ type: "spki", format: "pem" })
    .toString();
const p256 = pem("ec", { namedCurve: "P-256" });
const settings = (value: object) => activation({ verify: "jwt", jwt: value });

test("that are fine", () => {
  const fine = [
    jwt,
    { ...jwt, maxAge: "3600s", source: "header" },
    { algorithm: "ES256", publicKey: p256, audience: "a" },
    { algorithm: "RS256", publicKey: pem("rsa", { modulusLength: 2048 }), audience: "a", maxAge: "1h" },
    { source: { metadata: "k" }, audience: "a" },
  ];
  expect(fine.flatMap(settings)).toEqual([]);
  expect(activation({ verify: "jwt", jwt, invalid: "ignore", sessionHeader: "X-Session" })).toEqual([]);
});

test("that nobody demands, or nobody describes", () => {
  expect([
    ...activation({ verify: "jwt" }),
    ...activation({ verify: "presence", jwt }),
    ...activation({ invalid: "ignore", sessionHeader: "x-s" }),
    ...activation({ header: "X-A", verify: "jwt", jwt, sessionHeader: "x-a" }),
  ]).toMatchInlineSnapshot(`
    [
      "own.json:3:16: error[missing-property]: \`activation\` lacks \`jwt\`; add "jwt": {"algorithm": "HS256", "key": {"env": "FROSTGLASS_TOKEN_KEY"}, "audience": "..."}",
      "own.json:5:3: error[unused-setting]: \`jwt\` is not used, since no token is demanded; add "verify": "jwt"",
      "own.json:4:3: error[unused-setting]: \`invalid\` is not used, since no token is demanded; add "verify": "jwt"",
      "own.json:5:3: error[unused-setting]: \`sessionHeader\` is not used, since no token is demanded; add "verify": "jwt"",
      "own.json:13:20: error[duplicate-header]: the session cannot be told in the header that proves it; choose another name",
    ]
  `);
});

test("that cannot be checked", () => {
  expect([
    ...settings({}),
    ...settings({ audience: "a" }),
    ...settings({ audience: "" }),
    ...settings({ audience: "a", algorithm: "HS256" }),
    ...settings({ audience: "a", algorithm: "ES256" }),
    ...settings({ audience: "a", algorithm: "none" }),
    ...settings({ ...jwt, maxAge: "61m" }),
    ...settings({ ...jwt, maxAge: "0m" }),
    ...settings({ ...jwt, publicKey: p256 }),
    ...settings({ ...jwt, source: { metadata: "k" } }),
    ...settings({ ...jwt, source: "query" }),
  ]).toMatchInlineSnapshot(`
    [
      "own.json:5:10: error[missing-property]: \`activation.jwt\` lacks \`audience\`; add it",
      "own.json:5:10: error[missing-property]: \`activation.jwt\` lacks \`algorithm\`; choose one: HS256, ES256 or RS256",
      "own.json:6:16: error[out-of-range]: \`activation.jwt.audience\` must NOT have fewer than 1 characters; expected: The value that the claim \`aud\` must hold (example: "checkout")",
      "own.json:5:10: error[missing-property]: HS256 needs a \`key\`; name the variable that holds it: "key": {"env": "FROSTGLASS_TOKEN_KEY"}",
      "own.json:5:10: error[missing-property]: ES256 needs a \`publicKey\`; add it as PEM",
      "own.json:7:17: error[unknown-value]: \`activation.jwt.algorithm\` is "none"; use one of HS256, ES256, RS256",
      "own.json:11:14: error[out-of-range]: a session of 61m lives too long; choose 60m at most",
      "own.json:11:14: error[wrong-format]: \`activation.jwt.maxAge\` is "0m", which does not fit ^[1-9][0-9]{0,5}[smh]$; expected: The longest life of a token, from its claim \`iat\`, whatever its claim \`exp\` says; at most 60m (example: "60m")",
      "own.json:11:4: error[unused-setting]: \`publicKey\` is not used: HS256 uses \`key\`; leave it out",
      "own.json:7:4: error[unused-setting]: \`key\` is not used: metadata was verified by Envoy; leave it out",
      "own.json:11:14: error[unknown-value]: \`activation.jwt.source\` is "query"; use one of header",
    ]
  `);
});

test("with keys that do not fit", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys: [algorithm: string, key: string][] = [
    ["RS256", p256],
    ["ES256", pem("rsa", { modulusLength: 2048 })],
    ["ES256", pem("ec", { namedCurve: "P-384" })],
    ["RS256", pem("rsa", { modulusLength: 1024 })],
    ["ES256", pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString()],
    ["ES256", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"],
  ];
  const messages = keys.flatMap(([algorithm, publicKey]) => settings({ algorithm, publicKey, audience: "a" }));
  expect(messages).toMatchInlineSnapshot(`
    [
      "own.json:7:17: error[invalid-key]: the key is no RSA key; give a P-256 key for ES256, an RSA key of 2048 bits or more for RS256, as PEM (PUBLIC KEY)",
      "own.json:7:17: error[invalid-key]: the key is not on the curve P-256; give a P-256 key for ES256, an RSA key of 2048 bits or more for RS256, as PEM (PUBLIC KEY)",
      "own.json:7:17: error[invalid-key]: the key is not on the curve P-256; give a P-256 key for ES256, an RSA key of 2048 bits or more for RS256, as PEM (PUBLIC KEY)",
      "own.json:7:17: error[invalid-key]: the key has 1024 bits; give a P-256 key for ES256, an RSA key of 2048 bits or more for RS256, as PEM (PUBLIC KEY)",
      "own.json:7:17: error[invalid-key]: the key is no PEM text of a public key; give a P-256 key for ES256, an RSA key of 2048 bits or more for RS256, as PEM (PUBLIC KEY)",
      "own.json:7:17: error[invalid-key]: the key cannot be read; give a P-256 key for ES256, an RSA key of 2048 bits or more for RS256, as PEM (PUBLIC KEY)",
    ]
  `);
});
