// Objects and lists under names that presets redact: names, structure and types stay, and no value does. Where names of
// members may be what must not leave, they go as a whole, in whatever they stand.
import { beforeAll, expect, test } from "vitest";
import type { Plugin } from "../../../scripts/host/index.ts";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { bodyOf, machine, send } from "../filter/support.ts";

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const plugins = new Map<string, Plugin>();

beforeAll(() => {
  for (const preset of ["hipaa-safe-harbor", "gdpr", "secrets"]) {
    const settings = { activation: { always: true }, keys: { root: { env: "FROSTGLASS_KEY" } } };
    const text = JSON.stringify({ name: "structure", extends: [preset], ...settings });
    const { compiled } = compilePolicy({ path: "structure.json", text });
    plugins.set(preset, machine().vm.plugin(preset, compiled!.binary));
  }
});

const through = (preset: string, body: string, type = "application/json"): string =>
  bodyOf(send(plugins.get(preset)!, { headers: [["content-type", type]], body }));

/** The value with each scalar as redact leaves it. */
function redacted(value: Json): Json {
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redacted(inner)]));
  }
  if (value === null || value === "") return value;
  return typeof value === "string" ? "[redacted]" : typeof value === "number" ? 0 : false;
}

const comment = {
  id: 492700400,
  html_url: "https://vcs.example/pulls/2",
  user: { id: 21031067, type: "User", site_admin: true },
  body: "Zorblax",
  reactions: { "+1": 2, total: 2 },
  performed_via: null,
};

test.each<[string, string, Json]>([
  ["hipaa-safe-harbor", "a comment of GitHub", { comment }],
  ["hipaa-safe-harbor", "comments by number", { comments: [comment, { ...comment, reactions: {} }] }],
  [
    "hipaa-safe-harbor",
    "a message as an object",
    { message: { text: "", parts: [{ content: "Zorblax", tokens: 7 }] } },
  ],
  ["hipaa-safe-harbor", "annotations of FHIR", { note: [{ text: "Zorblax", authorReference: { reference: "p/1" } }] }],
  ["hipaa-safe-harbor", "an attachment of FHIR", { photo: [{ contentType: "image/jpeg", size: 9, data: "/9j/" }] }],
  ["hipaa-safe-harbor", "a device of FHIR", { udi: [{ reference: "#device-bridge" }] }],
  ["hipaa-safe-harbor", "a token as an object", { token: { id: "5C991763", type: "BILLING_AGREEMENT" } }],
  ["secrets", "a token as an object", { token: { id: "5C991763", uses: 3, scopes: ["a", "b"], parent: null } }],
  [
    "secrets",
    "a confirmation token of Stripe",
    { confirmation_token: { id: "ct", livemode: true, mandate: { at: 1 } } },
  ],
  ["secrets", "a password with its hash", { password: { algorithm: "bcrypt", rounds: 10, salt: "x", value: "y" } }],
  ["secrets", "credentials of Okta", { credentials: { provider: { type: "OKTA", name: "x" }, recovery: null } }],
  ["gdpr", "a tax id of Stripe", { tax_id: { id: "txi", value: "123", verification: { status: "ok", at: 1 } } }],
  ["gdpr", "a marital status of FHIR", { maritalStatus: { coding: [{ system: "s", code: "M" }], text: "x" } }],
  ["gdpr", "pictures by size", { avatarUrls: { "48x48": "https://x.example/1", "16x16": "https://x.example/2" } }],
])("%s: %s", (preset, _, value) => {
  expect(JSON.parse(through(preset, JSON.stringify({ ...(value as object), kept: "keepit" })))).toEqual({
    ...(redacted(value) as object),
    kept: "keepit",
  });
});

test("what earlier rules say of values inside goes first", () => {
  const bankAccount = { iban: "DE1", holder: { fullName: "Ann Lee", address: { city: "Rome", country: "IT" } } };
  expect(JSON.parse(through("gdpr", JSON.stringify({ bankAccount })))).toEqual({
    bankAccount: { iban: "[redacted]", holder: { fullName: "*** ***", address: { city: "****", country: "IT" } } },
  });
});

test.each<[string, Json, Json]>([
  ["gdpr", { allergies: { peanuts: "severe" }, diagnosis: [{ asthma: true }] }, { allergies: {}, diagnosis: [] }],
  [
    "gdpr",
    { medicalRecord: { hiv: false }, avatar: { diagnosis: { hiv: true } } },
    { medicalRecord: {}, avatar: { diagnosis: {} } },
  ],
  ["hipaa-safe-harbor", { comment: { fingerprints: { left: "x" } } }, { comment: { fingerprints: {} } }],
  ["hipaa-safe-harbor", { message: { recoveryCodes: { "zorblax-1": true } } }, { message: { recoveryCodes: {} } }],
  [
    "secrets",
    { apiKeys: { zorblax: { uses: 1 } }, token: { access_tokens: { zorblax: 1 } } },
    { apiKeys: {}, token: { access_tokens: {} } },
  ],
])("%s, as a whole: %j", (preset, value, left) => {
  expect(JSON.parse(through(preset, JSON.stringify(value)))).toEqual(left);
});

test("what detectors find in names inside goes", () => {
  const left = through("hipaa-safe-harbor", '{"comments":{"ann@example.org":{"text":"Zorblax"}}}');
  expect(JSON.parse(left)).toEqual({ comments: { "[redacted]": { text: "[redacted]" } } });
});

test("an envelope of SOAP around a message", () => {
  const body = (id: string, flag: string) =>
    `<s:Body xmlns:s="urn:s"><s:Message version="1"><resourceId kind="${flag}">${id}</resourceId><n/></s:Message></s:Body>`;
  expect(through("hipaa-safe-harbor", body("Zorblax", "a"), "text/xml")).toBe(body("[redacted]", "[redacted]"));
});
