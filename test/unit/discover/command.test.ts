// `discover` as a tired engineer calls it: from a pipe, on compressed files, on what is no source; and what it never says:
// values are planted in every place and format, and none may come out.

import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { folderWith, frostglass } from "../cli/support.ts";
import { proposalFor, surveyOfFiles } from "./support.ts";

type Pairs = readonly (readonly [string, string])[];
const json: Pairs[number] = ["content-type", "application/json"];
const lineOf = (request: object, response?: object, more: object = {}): string =>
  `${JSON.stringify({ id: "1", ...more, request: { method: "POST", path: "/x", headers: [json], ...request }, ...(response && { response }) })}\n`;
const mailed = lineOf({ body: '{"email":"canary@example.org"}' });

describe("sources", () => {
  test.each([
    ["stdin", mailed],
    ["gzip on stdin", gzipSync(mailed)],
    ["HAR", harOf("canary@example.org")],
    ["an OpenAPI document", JSON.stringify(apiOf())],
  ])("%s", async (_, stdin) => {
    const { code, out, err } = await frostglass(["discover", "-"], { stdin, cwd: folderWith({}) });
    expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining("json:$.email") });
    expect(JSON.parse(out)).toMatchObject({ rules: [{ name: "email" }] });
  });

  test.each([
    ["a damaged gzip file", gzipSync(mailed).subarray(0, 40), "damaged or ends too early"],
    ["nothing", "", "no exchange was found"],
    ["a text", "canary@example.org", "not JSON"],
  ])("%s ends with a remedy", async (_, stdin, expected) => {
    const { code, out, err } = await frostglass(["discover", "-"], { stdin, cwd: folderWith({}) });
    expect(code).toBe(2);
    expect(err).toContain(expected);
    expect(out + err).not.toContain("canary");
  });

  test("a folder and a missing file are told apart", async () => {
    const cwd = folderWith({});
    expect((await frostglass(["discover", "."], { cwd })).err).toContain("name the files in it");
    expect((await frostglass(["discover", "r.ndjson"], { cwd })).err).toContain("check the path");
  });

  test("many files are one survey, shown in columns and without colours in a pipe", async () => {
    const cwd = folderWith({ "a.ndjson": mailed, "b.ndjson": lineOf({ body: '{"card":{"number":"canary"}}' }) });
    const { err } = await frostglass(["discover", "a.ndjson", "b.ndjson"], { cwd });
    expect(err).toBe(
      "request  json:$.email        (name: email, EMAIL_ADDRESS 1x; 1 value)\n" +
        "request  json:$.card.number  (name: pan; 1 value)\n",
    );
  });
});

function harOf(mail: string): string {
  const request = {
    method: "POST",
    url: "https://canary.example.org/x",
    headers: [{ name: "content-type", value: "application/json" }],
    postData: { mimeType: "application/json", text: JSON.stringify({ email: mail }) },
  };
  const response = { status: 204, headers: [], content: { size: 0, mimeType: "" } };
  return JSON.stringify({ log: { version: "1.2", entries: [{ request, response }] } });
}

function apiOf(): object {
  const schema = {
    type: "object",
    description: "canary",
    properties: {
      email: { type: "string", description: "canary", example: "canary1@example.org" },
      kind: { type: "string", enum: ["canary2"], default: "canary2" },
    },
    example: { email: "canary3@example.org" },
  };
  const content = {
    "application/json": { schema, examples: { canary4: { value: { email: "canary5@example.org" } } } },
  };
  return {
    openapi: "3.0.3",
    info: { title: "canary" },
    paths: { "/x": { post: { requestBody: { content }, responses: {} } } },
  };
}

const url = encodeURIComponent;
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
const token = `${[{ alg: "HS256" }, { sub: "canary", email: "canary@example.org", "canary@example.org": 1 }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
  .join(".")}.Y2FuYXJ5`;
const message = (type: string, body: string) => ({ headers: [["content-type", type]], body });
const part = (head: string, value: string): string =>
  `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;

/** A word that could be anybody's, where the reader has only the traffic to tell it from a name. */
const planted: Record<string, string> = {
  "the recording": lineOf({ body: '{"email":"canary"}' }, undefined, { id: "canary1", title: "canary2" }),
  "the path": ["canary@example.org", "41111canary", "users/canary", "customers/canary/orders/canary-7", "0canary/x"]
    .map((path) => lineOf({ path: `/${path}?q=canary@example.org`, headers: [] }))
    .join(""),
  "query and cookies": lineOf({
    path: `/x?${url("canary@example.org")}=canary&email=canary&data=${url(JSON.stringify({ email: "canary" }))}`,
    headers: [
      ["cookie", `session=canary; canary%40example.org=canary; cart=${url(JSON.stringify({ email: "canary" }))}`],
      ["authorization", `Bearer ${token}`],
      ["x-user", `canary@example.org ${base64({ email: "canary" })}`],
      ["x-forwarded-for", "canary"],
    ],
  }),
  "names of members": lineOf({
    body: JSON.stringify({
      users: { canary: { email: "canary" } },
      byId: { canary1: { email: "a" }, canary2: { email: "b" }, canary3: { email: "c" }, canary4: { email: "d" } },
      mails: {
        canary1: "canary@example.org",
        canary2: "canary@example.org",
        canary3: "canary@example.org",
        canary4: "canary@example.org",
      },
      of: { "canary@example.org": { email: "canary", "+49 canary": 1 }, "4111111111111111": { email: "canary" } },
      log: JSON.stringify({ "canary@example.org": { email: "canary" } }),
      blob: base64({ "canary@example.org": { email: "canary" } }),
    }),
  }),
  "values of JSON": lineOf({
    body: JSON.stringify({ email: "canary", token, list: ["canary@example.org", { note: "ask canary@example.org" }] }),
  }),
  forms: lineOf(
    message("application/x-www-form-urlencoded", `email=canary&${url("canary@example.org")}=canary&note=canary`),
  ),
  parts: lineOf(
    message(
      "multipart/form-data; boundary=b",
      `${part('name="canary@example.org"', "canary")}${part('name="email"; filename="canary@example.org"', "canary")}--b--\r\n`,
    ),
  ),
  XML: lineOf(
    message(
      "application/xml",
      '<r email="canary"><!-- canary@example.org --><?pi canary?><card><number>canary</number><email><![CDATA[canary]]></email></card></r>',
    ),
  ),
  lines: lineOf(message("application/x-ndjson", '{"email":"canary"}\n{"canary@example.org":"canary@example.org"}\n')),
  texts: lineOf(message("text/plain", "ask canary@example.org")),
  GraphQL: lineOf({
    body: JSON.stringify({
      operationName: "canary",
      query:
        'query canary($c: C) { me(email: "canary", of: {name: "canary@example.org"}, c: $c) { id } } # canary@example.org',
      variables: { c: { email: "canary", "canary@example.org": "canary@example.org" } },
    }),
  }),
  answers: lineOf(
    { headers: [] },
    {
      status: 200,
      headers: [
        ["content-type", "text/event-stream"],
        ["set-cookie", "session=canary; Path=/canary"],
        ["location", "/users/canary@example.org"],
      ],
      body: ': canary@example.org\nid: canary@example.org\nevent: canary\ndata: {"email":"canary"}\n\n',
      trailers: [["x-email", "canary"]],
    },
  ),
  "broken bodies": lineOf({ body: '{"canary@example.org":' }) + lineOf(message("application/x-canary", "canary")),
  HAR: harOf("canary@example.org"),
  "an OpenAPI document": JSON.stringify(apiOf()),
};

describe("no value comes out", () => {
  test.each(Object.entries(planted))("of %s", async (_, content) => {
    const found = await surveyOfFiles([join(folderWith({ source: content }), "source")]);
    expect(JSON.stringify([found.findings, [...found.unread], proposalFor(found)])).not.toMatch(/canary|4111/i);
  });

  test.each([
    ["as JSON", ["--json"]],
    ["as a table, against a policy", ["--policy", "p.json"]],
  ])("of all of them, %s", async (_, way) => {
    const sources = Object.fromEntries(Object.values(planted).map((content, index) => [`s${index}`, content]));
    const policy = { name: "p", activation: { verify: "presence" }, rules: [] };
    const cwd = folderWith({ ...sources, "p.json": policy });
    const { code, out, err } = await frostglass(["discover", ...Object.keys(sources), ...way], { cwd });
    expect(code).toBeLessThan(2);
    expect(out).toContain("json:$.email");
    expect(out + err).not.toMatch(/canary|4111/i);
  });
});
