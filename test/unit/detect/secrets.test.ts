// Secrets and passwords behind their names, in the spellings of configuration, code, logs and markup; and what only stands
// for one. The forms are those that the sample generator of gitleaks (b58d3f1) writes its secrets in, and some more.
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { builtInProgram } from "../../../scripts/detect/built-in.ts";
import { secrets } from "../../../scripts/detect/detectors/secrets.ts";
import { vendors } from "../../../scripts/detect/detectors/vendors.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";
import { corpus } from "../../support/corpora.ts";
import { marked } from "./support.ts";

const scanner = new Scanner(builtInProgram());
const found = (type: string, text: string) =>
  scanner.scan(text, { types: [type], rivals: "type" }).map(({ start, end }) => [start, end]);

function expectMarked(type: string, example: string): void {
  const { text, spans } = marked(example);
  expect(found(type, text)).toEqual(spans);
}

const SECRET = "zaCELgL0imfnc8mVLWwsAawjYr4Rx";

describe("a secret behind its name", () => {
  test.each([
    "shopToken=[[S]]",
    "SHOP_TOKEN = [[S]]",
    'shopToken="[[S]]"',
    "shopToken = '[[S]]'",
    "shopToken := `[[S]]`",
    'SHOP_TOKEN ::= "[[S]]"',
    'SHOP_TOKEN :::= "[[S]]"',
    'SHOP_TOKEN ?= "[[S]]"',
    '$shopToken .= "[[S]]"',
    'var shopToken string = "[[S]]"',
    "export SHOP_TOKEN=[[S]]",
    '{"shop_token": "[[S]]"}',
    '{"shop_token":\n  "[[S]]"}',
    '{\\"shop_token\\": \\"[[S]]\\"}',
    '{"config.ini": "SHOP_TOKEN=[[S]]\\nNEXT=1"}',
    "shop_token: [[S]]",
    "shop_token: '[[S]]' # now",
    '  "shopToken" => "[[S]]"',
    'os.environ["SHOP_TOKEN"] = "[[S]]"',
    "<shopToken>[[S]]</shopToken>",
    "<shopToken>\n    [[S]]\n</shopToken>",
    '<add key="ShopToken" value="[[S]]" />',
    '{"name": "SHOP_TOKEN", "value": "[[S]]"}',
    "- name: SHOP_TOKEN\n  value: [[S]]",
    'System.setProperty("SHOP_TOKEN", "[[S]]")',
    '"x-api-key": "[[S]]"',
    "-H 'X-Api-Key: [[S]]'",
    "https://example.org/?access_token=[[S]]&page=2",
    "privateKey=[[S]]",
    "db_creds: [[S]]",
  ])("%s", (example) => expectMarked("GENERIC_SECRET", example.replace("[[S]]", `[[${SECRET}]]`)));

  it("is found whole, whatever its length", () => {
    const long = Array.from({ length: 40 }, (_, index) => `${SECRET}${index}`)
      .join("/")
      .slice(0, 480);
    expectMarked("GENERIC_SECRET", `session_token=[[${long}]]`);
  });

  it.each([
    "a1b2c3d4e5f6",
    "MTIzNDU2Nzg5MGFiY2RlZg==",
    "20999d87-e304-4725-ad84-832dcbfd7fc5",
    "b_7xamuo_g64=unshh5qr=fh6usx=9tdna",
  ])("may be %s", (value) => expectMarked("GENERIC_SECRET", `token: [[${value}]]`));

  it.each([
    "token: a1b2c3d4e5",
    "token: xxxxxxxxxxxxxxxxxxxx1a",
    "token: EXAMPLEabcd12345jklm67890stuv",
    "token: your-api-token-1234-5678",
    "token: {abcd1234efgh5678ijkl}",
    "token: $" + "{ABCD1234_EFGH5678_IJKL}",
    "key_spec: ECC_NIST_P521",
    "secret_name: storefront-2",
    "max_tokens: 4096, temperature: 0.7",
    "token, abcd1234efgh5678ijkl",
  ])("is none in %s", (text) => expect(found("GENERIC_SECRET", text)).toEqual([]));

  it.each([
    "the token is [[abcd1234efgh5678ijkl]], and",
    "--session-token '[[abcd1234efgh5678ijkl]]' --region x",
    "client secret  [[8f14e45f-ceea-467a-9a36-dedd4bea2543]]",
  ])("may stand behind blanks: %s", (text) => expectMarked("GENERIC_SECRET", text));

  it.each(["the token of user-a1b2c3d4e5f6g7h8", "secret shop-db-2024-11-26-backup", "a token abcd1234efgh"])(
    "is none behind blanks in %s",
    (text) => expect(found("GENERIC_SECRET", text)).toEqual([]),
  );
});

describe("a password behind its name", () => {
  test.each([
    "DB_PASSWORD=[[hunter22]]",
    "dbPassword = '[[hunter22]]'",
    '{"newPassword": "[[hunter22]]"}',
    '{\\"password\\": \\"[[hunter22]]\\"}',
    '{\\"password\\": \\"[[hun\\\\ter22]]\\"}',
    "password: [[C:\\x]y{z]], next",
    "password: [[{bcrypt}$2a$10$dXJ3SW6G7P50lGmMkkmwe]]",
    "password: [[`hunter22]]".replace("[[`", "`[["),
    "ID=dbuser;password=[[hunter22]];",
    "password_confirmation=[[hunter22]]&x=1",
    "SMTP_PASS: [[hunter22]]",
    "contraseña: [[hunter22]]",
    '<add key="ClearTextPassword" value="[[hunter22]]" />',
    '{"name": "DB_PASSWORD", "value": "[[hunter22]]"}',
    "<n:Password>[[hunter22]]</n:Password>",
  ])("%s", (example) => expectMarked("PASSWORD", example));

  it.each([
    "has_password: true",
    "{has_password: false}",
    '"password": null',
    "password: ********",
    "password=xxxxxxxx",
    "password: $" + "{DB_PASSWORD}",
    "password: $" + "{db.credentials.password2}",
    "password={{password}}",
    "password=$(password)",
    "password: <password>",
    "password: <your password>",
    "password reset = done",
    "<password></password>",
    "(userPassword=q))))",
  ])("is none in %s", (text) => expect(found("PASSWORD", text)).toEqual([]));
});

describe("a token with the prefix of its vendor", () => {
  // As the vendors show them, with other letters.
  test.each([
    "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",
    "rdme_41aavc5naiolufnp5m4t2i5ohvhwgh3gkncje5k94hw43r1lzhah7abzo35m799l6oh678",
    "HRKU-AAQ9EQ-K7ZGvbYBwZAZEY6Zr2Qs5wQxyrdl2ds1J5K0VanHS_L1xdIiNDLp",
    "shippo_live_f0de17ab41d083eac6f0cfd089e6d1c3e9694762",
    "EZAKLjkICbk1rCEPLqcxPKJxog1h5ipSl0nEJA7Mlged85FHQ7JEp3b8zF",
    "fo1_UMHQnvqOP9x0UWbkjjdbnMRG09qgZgWFLL6vSwcm7Lx",
    "sha256~kV46hPnEYhCWFnB85r5NrprAxggzgb6GOeLbgcKNsH0",
    "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",
    "A3-ASWWYB-798JRYLJVD4-23DC2-86TVM-H43EB",
    "access-sandbox-7e047eb8-5d56-93b9-0ca4-4f98d41ea032",
    "sm_aat_hnas0vxopmqgeb3f",
    "v1.0-aaa334dc886f30631ba0a610-0d98ef66290d7e50aac7c27b5986c99e6f3f1084c881d8ac0eae5de1d1aa0644076ff57022069b3237d19afe60ad045f207ef2b16387",
  ])("%s", (value) => {
    expectMarked("VENDOR_TOKEN", `[[${value}]]`);
    expectMarked("VENDOR_TOKEN", `use ([[${value}]]), please`);
    expect(found("VENDOR_TOKEN", `a${value}`)).toEqual([]);
  });

  test.each([
    "ico-arrow-left-2-in-the-toolbar-of-the-page",
    "phc_counter_of_visitors_2_by_country_and_day",
    "access-production-00000000-0000-0000-0000-000000000000",
  ])("is none in %s", (text) => expect(found("VENDOR_TOKEN", text)).toEqual([]));
});

test.each(["ghp_", "glpat-", "xoxb-", "hf_"])("%s before a row of one character is no token", (prefix) => {
  expect(scanner.scan(prefix + "x".repeat(36))).toEqual([]);
});

test.each(["pii/presidio-research/synth_dataset_v2.jsonl", "pii/presidio-research/generated_large.jsonl"])(
  "no secret is found in the sentences of %s",
  (path) => {
    const file = corpus(path);
    if (file === undefined) return;
    const types = [...secrets, ...vendors].map(({ type }) => type);
    expect(scanner.scan(readFileSync(file, "utf8"), { types })).toEqual([]);
  },
);
