// Descriptions of interfaces: what OpenAPI 3.0 and 3.1 and Swagger 2.0 say of fields, wherever they say it.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSources } from "../../../scripts/discover/sources.ts";
import { lintPolicy } from "../../../scripts/policy/lint/index.ts";
import { folderWith } from "../cli/support.ts";
import { compiled, linesOf, proposalFor, surveyOfFiles } from "./support.ts";

/** What is found in a document, once its proposal was seen to cover it. */
async function foundIn(files: Readonly<Record<string, unknown>>, name = Object.keys(files)[0]!): Promise<string[]> {
  const path = join(folderWith(files), name);
  const found = await surveyOfFiles([path]);
  const policy = compiled(proposalFor(found));
  expect(lintPolicy(policy, { strict: false })).toEqual([]);
  expect(linesOf(await surveyOfFiles([path], policy))).toEqual([]);
  return linesOf(found).sort();
}

const schemas = (operation: object, components: object = {}): object => ({
  openapi: "3.1.0",
  paths: { "/x": { post: { responses: {}, ...operation } } },
  components: { schemas: components },
});
const body = (schema: object, type = "application/json") => ({ requestBody: { content: { [type]: { schema } } } });
const text = { type: "string" };
const object = (properties: object) => ({ type: "object", properties });

test("Swagger 2.0 in YAML: bodies, forms, files, headers, paths and XML", async () => {
  const api = `
swagger: "2.0"
basePath: /v2/
consumes: [application/json, application/xml]
produces: [application/xml]
securityDefinitions:
  key: {type: apiKey, in: header, name: shop-pass}
  basic: {type: basic}
paths:
  /users/{username}.json:
    parameters:
      - {$ref: "#/parameters/phone"}
      - {name: username, in: path, type: string, required: true}
    post:
      parameters:
        - {name: user, in: body, schema: {$ref: "#/definitions/User"}}
      responses:
        "200":
          schema: {$ref: "#/definitions/User"}
          headers: {x-email: {type: string}}
  /upload:
    post:
      consumes: [multipart/form-data]
      parameters:
        - {name: email, in: formData, type: string}
        - {name: file, in: formData, type: file}
      responses: {}
  /login:
    post:
      parameters:
        - {name: password, in: formData, type: string}
      responses: {}
parameters:
  phone: {name: phone, in: query, type: string}
definitions:
  User:
    type: object
    xml: {name: person}
    properties:
      email: {type: string, xml: {attribute: true, name: user-email}}
      contact_email: {type: string, xml: {attribute: true}}
      addresses:
        type: array
        xml: {wrapped: true}
        items: {$ref: "#/definitions/Address"}
  Address:
    type: object
    xml: {name: address}
    properties: {street: {type: string}}
`;
  expect(await foundIn({ "api.yaml": api })).toEqual([
    "request form:password",
    "request header:authorization",
    "request header:shop-pass",
    "request json:$.addresses[*].street",
    "request json:$.contact_email",
    "request json:$.email",
    "request multipart:email",
    "request path:/v2/users/{username}",
    "request query:phone",
    "request xml:/person/@contact_email",
    "request xml:/person/@user-email",
    "request xml:/person/addresses/address/street",
    "response header:x-email",
    "response xml:/person/@contact_email",
    "response xml:/person/@user-email",
    "response xml:/person/addresses/address/street",
  ]);
});

describe("OpenAPI 3", () => {
  test("every media type of a body, and every place of a parameter", async () => {
    const content = (...types: string[]) =>
      Object.fromEntries(types.map((type) => [type, { schema: object({ email: text }) }]));
    const api = schemas({
      parameters: [
        { in: "header", name: "x-phone", schema: text },
        { in: "cookie", name: "session", schema: text },
        { in: "query", name: "filter", style: "deepObject", schema: object({ ssn: text }) },
        { in: "query", name: "where", content: { "application/json": { schema: object({ iban: text }) } } },
      ],
      requestBody: {
        content: content(
          "application/json",
          "application/x-www-form-urlencoded",
          "multipart/form-data",
          "application/xml",
        ),
      },
      responses: { default: { content: content("application/x-ndjson", "text/event-stream", "image/png") } },
    });
    expect(await foundIn({ "api.json": api })).toEqual([
      "request cookie:session",
      "request form:email",
      "request header:x-phone",
      "request json:$.email",
      "request multipart:email",
      "request query:where|json:$.iban",
      "request xml:/root/email",
      "response json:$.email",
    ]);
  });

  test("formats and extensions speak for fields whose names say nothing", async () => {
    const api = schemas(
      body(
        object({
          a: { type: "string", format: "email" },
          b: { type: "string", format: "password" },
          c: { type: "string", "x-pii": true },
          d: { type: "integer", "x-data-classification": "restricted" },
          e: { type: "string", "x-data-classification": "public" },
          f: { type: "string", format: "date-time" },
          g: { type: ["string", "null"], format: "ipv4" },
        }),
      ),
    );
    expect(await foundIn({ "api.json": api })).toEqual([
      "request json:$.a",
      "request json:$.b",
      "request json:$.c",
      "request json:$.d",
      "request json:$.g",
    ]);
  });

  test("maps, tuples, variants, and examples that speak for themselves", async () => {
    const api = schemas(
      body({
        allOf: [
          { $ref: "#/components/schemas/Base" },
          object({ map: { additionalProperties: object({ email: text }) } }),
        ],
        oneOf: [object({ pay: object({ iban: text }) }), object({ pay: object({ bic: text }) })],
      }),
      {
        Base: object({
          list: { prefixItems: [text, object({ phone: text })] },
          ref: { type: "string", examples: ["4111111111111111"] },
        }),
      },
    );
    expect(await foundIn({ "api.json": api })).toEqual([
      "request json:$.list[*].phone",
      "request json:$.map[*].email",
      "request json:$.pay.bic",
      "request json:$.pay.iban",
      "request json:$.ref",
    ]);
  });

  test("references into files beside it, and of those to others; one that leads nowhere is counted", async () => {
    const files = {
      "api.json": schemas(body({ $ref: "parts.yaml#/User" })),
      "parts.yaml": `User: {type: object, properties: {email: {type: string}, home: {$ref: "#/Home"}, gone: {$ref: "no.json#/X"}}}
Home: {type: object, properties: {street: {type: string}}}`,
    };
    expect(await foundIn(files)).toEqual(["request json:$.email", "request json:$.home.street"]);
    expect(readSources([join(folderWith(files), "api.json")]).missing).toBe(1);
  });

  test("schemas that refer to each other in too many ways have each its turn, and repeated fields are one line", async () => {
    const count = 40;
    const components = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `S${index}`,
        object({
          email: text,
          ...(index === count - 1 ? { iban: text } : {}),
          ...Object.fromEntries(
            Array.from({ length: count }, (_, to) => [`to${to}`, { $ref: `#/components/schemas/S${to}` }]),
          ),
        }),
      ]),
    );
    const api = schemas(body({ $ref: "#/components/schemas/S0" }), components);
    const found = await foundIn({ "api.json": api });
    expect(found).toContain("request json:$..email");
    expect(found.filter((line) => line.endsWith(".iban"))).toHaveLength(1);
    expect(found).toHaveLength(2);
  });
});

test("parameters of many paths are one template with all that is below", async () => {
  const get = { get: { responses: {} } };
  const paths = Object.fromEntries(["", "/a", "/b", "/c/{id}"].map((end) => [`/users/{username}${end}`, get]));
  expect(await foundIn({ "api.json": { openapi: "3.0.0", paths } })).toEqual([
    "request path:/users/{username}",
    "request path:/users/{username}/**",
  ]);
});

test.each([
  ["a document that ends too early", '{"openapi": "3.1.0", "paths": {', "truncated"],
  ["AsyncAPI", "asyncapi: 3.0.0\n", "AsyncAPI is not read"],
])("%s is refused with a remedy", (_, content, expected) => {
  expect(() => readSources([join(folderWith({ "api.json": content }), "api.json")])).toThrow(expected);
});
