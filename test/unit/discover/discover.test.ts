// `discover` as CI calls it: what it finds, what it says of it, and what it never says.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DETECTOR_TYPES } from "../../../scripts/detect/detectors/index.ts";
import { kindOf } from "../../../scripts/discover/evidence.ts";
import { type Field, selectorOf } from "../../../scripts/discover/field.ts";
import { Inventory } from "../../../scripts/discover/inventory.ts";
import { proposePolicy } from "../../../scripts/discover/propose.ts";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { corpus, titleOf } from "../../support/corpora.ts";
import { folderWith, frostglass } from "../cli/support.ts";

const json: [string, string] = ["content-type", "application/json"];
const exchange = {
  id: "1",
  request: {
    method: "POST",
    path: "/pay?email=ann%40example.org&page=2",
    headers: [json, ["x-forwarded-for", "203.0.113.9"], ["cookie", "theme=dark; session=abc"]],
    body: JSON.stringify({
      card: { number: "4111111111111111", cvc: "737" },
      items: [{ sku: "A" }, { sku: "B", note: "for Ann" }],
      users: { "ann@example.org": { firstName: "Ann" }, "bob@example.org": { firstName: "Bob" } },
      order: { number: "7" },
      phone: "",
    }),
  },
  response: { status: 200, headers: [json], body: '{"card":{"number":"4111111111111111"},"ok":true}' },
};
const values = ["4111111111111111", "737", "ann@", "Ann", "203.0.113.9", "abc"];

describe("a proposal", () => {
  const files = { "r.ndjson": `${JSON.stringify(exchange)}\n` };

  test("compiles, selects what looks sensitive, and shows no value", async () => {
    const cwd = folderWith(files);
    const { code, out, err } = await frostglass(["discover", "r.ndjson", "--name", "orders"], { cwd });
    expect(code).toBe(0);
    for (const value of values) expect(out + err).not.toContain(value);
    const { compiled, diagnostics } = compilePolicy({ path: "p.json", text: out });
    expect(diagnostics).toEqual([]);
    const selected = compiled!.rules.flatMap((rule) =>
      rule.selectors.map((s) => `${rule.name} ${s.location}:${s.expression}`),
    );
    expect(selected.sort()).toEqual([
      "authentication-data json:$.card.cvc",
      "email query:email",
      "email-keys json-key:$.users[*]",
      "free-text json:$.items[*].note",
      "ip header:x-forwarded-for",
      "name json:$.users[*].firstName",
      "pan json:$.card.number",
      "pan-back json:$.card.number",
      "phone json:$.phone",
      "secret cookie:session",
    ]);
    expect(compiled!.rules.find(({ name }) => name === "pan-back")?.action).toMatchObject({
      kind: "reveal",
      rule: "pan",
    });
  });

  test("covers what it was made from; a new field is found, with exit code 1", async () => {
    const changed = structuredClone(exchange);
    changed.request.body = '{"card":{"number":"4111111111111111"},"customer":{"taxId":"secret-value"},"guest_cvv":"1"}';
    const cwd = folderWith({ ...files, "new.ndjson": `${JSON.stringify(changed)}\n` });
    const { out } = await frostglass(["discover", "r.ndjson"], { cwd });
    const again = { ...JSON.parse(out), name: "p" };
    const folder = folderWith({ ...files, "new.ndjson": `${JSON.stringify(changed)}\n`, "p.json": again });
    expect(await frostglass(["discover", "--policy", "p.json", "r.ndjson"], { cwd: folder })).toMatchObject({
      code: 0,
      out: "",
    });
    const found = await frostglass(["discover", "--policy", "p.json", "new.ndjson", "--json"], { cwd: folder });
    expect(found.code).toBe(1);
    expect(JSON.parse(found.out)).toMatchObject({
      uncovered: [
        { direction: "request", selector: "json:$.customer.taxId", name: "ssn", detectors: {}, values: 1 },
        { direction: "request", selector: "json:$.guest_cvv", name: "authenticationData", detectors: {}, values: 1 },
      ],
    });
    expect(found.out + found.err).not.toContain("secret-value");
  });

  test("a field whose name says nothing is found by what it holds, counted by detector", async () => {
    const bodies = [
      {
        ref: "4111 1111 1111 1111",
        extra: "ask ann@example.org or bob@example.org",
        at: "2026-01-02",
        n: 5555555555554444,
      },
      { ref: "none", extra: "nothing", at: "2026-01-03", n: 12 },
    ];
    const lines = bodies.map((body, index) =>
      JSON.stringify({
        id: `${index}`,
        request: { method: "POST", path: "/", headers: [json], body: JSON.stringify(body) },
      }),
    );
    const cwd = folderWith({ "r.ndjson": `${lines.join("\n")}\n` });
    const { code, out, err } = await frostglass(["discover", "r.ndjson", "--json"], { cwd });
    expect(code).toBe(0);
    const { fields, policy } = JSON.parse(out) as { fields: object[]; policy: { rules: { name: string }[] } };
    expect(fields).toEqual([
      { direction: "request", selector: "json:$.ref", detectors: { CREDIT_CARD: 1 }, values: 2 },
      { direction: "request", selector: "json:$.extra", detectors: { EMAIL_ADDRESS: 1 }, values: 2 },
      { direction: "request", selector: "json:$.n", detectors: { CREDIT_CARD: 1 }, values: 2 },
    ]);
    expect(policy.rules.map(({ name }) => name)).toEqual(["pan", "in-values", "authentication-data"]);
    expect(compilePolicy({ path: "p.json", text: JSON.stringify(policy) }).diagnostics).toEqual([]);
    for (const value of ["4111", "5555", "ann@", "bob@"]) expect(out + err).not.toContain(value);
  });

  test("every detector's finding makes a rule that compiles", () => {
    const field = (name: string): Field => ({
      direction: "request",
      place: "json",
      expression: `$.${name}`,
      names: [name],
      values: 1,
      isDescribed: false,
    });
    const findings = DETECTOR_TYPES.map((type) => ({
      field: field(type),
      evidence: { kind: undefined, detectors: new Map([[type, 1]]) },
      places: 1,
    }));
    const text = JSON.stringify(proposePolicy("all", findings));
    expect(compilePolicy({ path: "p.json", text }).diagnostics).toEqual([]);
  });

  test("an unreadable source is a wrong call", async () => {
    expect((await frostglass(["discover", "r.txt"], { cwd: folderWith({ "r.txt": "no recording" }) })).code).toBe(2);
  });
});

test("OpenAPI: schemas with references, lists, parameters of paths, and a schema that holds itself", async () => {
  const node = {
    type: "object",
    properties: {
      email: { type: "string", format: "email" },
      children: { type: "array", items: { $ref: "#/components/schemas/Node" } },
    },
  };
  const api = {
    openapi: "3.1.0",
    paths: {
      "/users/{email}/orders/{orderId}": {
        parameters: [{ in: "query", name: "phone_number", schema: { type: "string" } }],
        post: {
          requestBody: {
            content: {
              "application/json": {
                schema: {
                  allOf: [
                    { $ref: "#/components/schemas/Node" },
                    { type: "object", properties: { cardNumber: { type: "string" } } },
                  ],
                },
              },
            },
          },
          responses: {
            "200": {
              content: {
                "application/json": { schema: { type: "array", items: { $ref: "#/components/schemas/Node" } } },
              },
            },
          },
        },
      },
    },
    components: { schemas: { Node: node } },
  };
  const cwd = folderWith({ "api.json": api });
  const { out } = await frostglass(["discover", "api.json", "--json"], { cwd });
  const { fields } = JSON.parse(out) as { fields: { direction: string; selector: string }[] };
  expect(fields.map(({ direction, selector }) => `${direction} ${selector}`)).toEqual([
    "request path:/users/{email}/orders/*",
    "request query:phone_number",
    "request json:$..email",
    "request json:$.cardNumber",
    "response json:$..email",
  ]);
});

describe("names", () => {
  const field = (...names: string[]): Field => ({
    direction: "request",
    place: "json",
    expression: "",
    names,
    values: 1,
    isDescribed: false,
  });
  test.each<[string[], string | undefined]>([
    [["card", "number"], "pan"],
    [["order", "number"], undefined],
    [["customer", "name"], "name"],
    [["product", "name"], undefined],
    [["billing_details", "address", "postal_code"], "postalCode"],
    [["Vorname"], "name"],
    [["cvc"], "authenticationData"],
    [["id"], undefined],
    [["client_secret"], "secret"],
  ])("%j", (names, kind) => {
    expect(kindOf(field(...names))).toBe(kind);
  });
});

const stripe = corpus("payloads/stripe/fixtures3.json");
test.skipIf(!stripe)(titleOf("fields of a payment provider's fixtures", "payloads/stripe"), () => {
  const { resources } = JSON.parse(readFileSync(stripe!, "utf8")) as { resources: object };
  const inventory = new Inventory(() => {});
  const body = Buffer.from(JSON.stringify(resources));
  inventory.add({ request: { method: "POST", path: "/", headers: [json], body } });
  const found = inventory.fields.filter((field) => kindOf(field) !== undefined).map(selectorOf);
  expect(found).toContain("json:$.account.email");
  expect(found.length).toBeGreaterThan(50);
});

describe("what nobody may read in any output", () => {
  const marked = ["markerann@example.org", "4111111111111111", "markerbob", "markercarl"];
  const exchangeOf = (id: string) => ({
    id,
    request: {
      method: "POST",
      path: `/users/markerbob/cards/4111111111111111?markerann%40example.org=1&name=markercarl`,
      headers: [
        ["content-type", "application/x-www-form-urlencoded"],
        ["cookie", "4111111111111111=1; session=markercarl"],
      ],
      body: "markerann%40example.org=1&4111111111111111=markerbob&email=markerann%40example.org",
    },
    response: {
      status: 200,
      headers: [json],
      body: JSON.stringify({
        people: {
          markerann: { email: "a" },
          markerbob: { email: "b" },
          markercarl: { email: "c" },
          markerdora: { email: "d" },
        },
        cards: { "4111111111111111": { name: "markercarl" } },
      }),
    },
  });
  const empty = { name: "p", activation: { verify: "presence" }, rules: [] };

  test.each([
    ["a proposal", []],
    ["a proposal as JSON", ["--json"]],
    ["open fields", ["--policy", "p.json"]],
  ])("%s", async (_, more) => {
    const cwd = folderWith({ "r.ndjson": `${JSON.stringify(exchangeOf("1"))}\n`, "p.json": empty });
    const { out, err } = await frostglass(["discover", "r.ndjson", ...more], { cwd });
    expect(out + err).toContain("json:$.people[*].email");
    for (const value of [...marked, "marker"]) expect(out + err).not.toContain(value);
  });

  test("rules to paste have names that the policy has not, and cover what was open", async () => {
    const policy = { ...empty, rules: [{ name: "email", select: "json:$.other", action: "redact" }] };
    const cwd = folderWith({ "r.ndjson": `${JSON.stringify(exchangeOf("1"))}\n`, "p.json": policy });
    const first = await frostglass(["discover", "r.ndjson", "--policy", "p.json", "--json"], { cwd });
    expect(first.code).toBe(1);
    const { rules } = JSON.parse(first.out) as { rules: object[] };
    const pasted = { ...policy, rules: [...policy.rules, ...rules] };
    const again = folderWith({ "r.ndjson": `${JSON.stringify(exchangeOf("1"))}\n`, "p.json": pasted });
    expect(await frostglass(["discover", "r.ndjson", "--policy", "p.json"], { cwd: again })).toMatchObject({ code: 0 });
  });

  test.each([
    ["an empty file", "", "no exchange was found"],
    ["a truncated recording", '{"id":"1","request":{"method":"POST","body":"markerann', "not JSON"],
    ["another document", '{"openapi": "3.1.0", "paths": {"/markerann": {', "truncated"],
  ])("%s ends with a remedy", async (_, content, expected) => {
    const { code, out, err } = await frostglass(["discover", "r"], { cwd: folderWith({ r: content }) });
    expect(code).toBe(2);
    expect(err).toContain(expected);
    expect(out + err).not.toContain("markerann");
  });

  test("a policy with mistakes is a wrong call, and no open field", async () => {
    const cwd = folderWith({ "r.ndjson": `${JSON.stringify(exchangeOf("1"))}\n`, "p.json": "{}" });
    expect((await frostglass(["discover", "r.ndjson", "--policy", "p.json"], { cwd })).code).toBe(2);
  });
});
