// Secrets and passwords behind their names, in the spellings of configuration, code, logs and markup; and what only stands
// for one. The forms are those that the sample generator of gitleaks (b58d3f1) writes its secrets in, and some more.
import { describe, expect, it, test } from "vitest";
import { builtInProgram } from "../../../scripts/detect/built-in.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";
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
      .slice(0, 900);
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
    "the token is abcd1234efgh5678ijkl",
  ])("is none in %s", (text) => expect(found("GENERIC_SECRET", text)).toEqual([]));
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

test.each(["ghp_", "glpat-", "xoxb-", "hf_"])("%s before a row of one character is no token", (prefix) => {
  expect(scanner.scan(prefix + "x".repeat(36))).toEqual([]);
});
