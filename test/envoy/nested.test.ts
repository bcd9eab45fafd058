// Texts inside texts through a real Envoy: a bearer token, a webhook's payload in a string, and what is refused.
import { afterAll, beforeAll, expect, test } from "vitest";
import { active, bytewise, header, json, TestGateway } from "../support/envoy.ts";

const url = (text: string) => Buffer.from(text).toString("base64url");
const token = (claims: string) => `${url('{"alg":"ES256"}')}.${url(claims)}.${url("signature")}`;
const unsigned = (claims: string) => `${url('{"alg":"none","typ":"JWT"}')}.${url(claims)}.`;

const policy = {
  name: "t",
  activation: { verify: "presence" },
  rules: [
    { name: "subject", select: "header:authorization|jwt:$.sub", action: "redact" },
    { name: "pan", select: "json:$.payload|json:$.pan", action: { mask: { keepLast: 4 } } },
    { name: "confirmed", select: "path:/confirm/{token}|jwt:$.sub", action: "redact" },
    { name: "soap", select: ["xml://Data|base64|json:$.pan", "xml://Claim/@token|jwt:$.sub"], action: "redact" },
    { name: "cvv", select: "named:cvv", action: "redact" },
    { name: "opaque", select: "header:authorization", action: "redact" },
  ],
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ policy });
});
afterAll(() => gateway?.stop());

const payload = (pan: string) => JSON.stringify({ id: 7, payload: `{"pan": "${pan}", "note":"a\u00e9"}` });

test("the claims of a bearer token, and a document in a string", async () => {
  const headers = [active, json, ["authorization", `Bearer ${token('{"sub":"jane","exp":1}')}`]] as [string, string][];
  await gateway.send({ headers, body: bytewise(payload("4111111111111111")) });
  const received = await gateway.production.take();
  expect(received.body.toString()).toBe(payload("************1111"));
  expect(header(received.headers, "authorization")).toBe(`Bearer ${unsigned('{"sub":"[redacted]","exp":1}')}`);
});

test("an opaque bearer token goes to the rule behind", async () => {
  await gateway.send({ headers: [active, ["authorization", "Bearer opaque"]] });
  expect(header((await gateway.production.take()).headers, "authorization")).toBe("[redacted]");
});

test("a text that is no document is refused", async () => {
  const before = gateway.production.arrived;
  const response = await gateway.send({
    headers: [active, json],
    body: Buffer.from('{"payload":"4111111111111111!"}'),
  });
  expect([response.status, JSON.parse(response.body.toString()).code]).toEqual([400, "nested_value"]);
  expect(gateway.production.arrived).toBe(before);
});

test("base64 and a token in a SOAP body", async () => {
  const soap = (data: string, claim: string) =>
    `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><Claim token="${claim}"/></s:Header>` +
    `<s:Body><Data>\n  ${Buffer.from(data).toString("base64")}\n</Data></s:Body></s:Envelope>`;
  const headers: [string, string][] = [active, ["content-type", "text/xml; charset=utf-8"]];
  const before = soap('{"pan":"4111111111111111"}', token('{"sub":"jane"}'));
  await gateway.send({ headers, body: bytewise(before) });
  const after = soap('{"pan":"[redacted]"}', unsigned('{"sub":"[redacted]"}'));
  expect((await gateway.production.take()).body.toString()).toBe(after);
  const refused = await gateway.send({ headers, body: Buffer.from(soap("4111111111111111", "opaque")) });
  expect([refused.status, JSON.parse(refused.body.toString()).code]).toEqual([400, "nested_value"]);
});

test("JSON in a text and an attribute of XML, without a decoder", async () => {
  const xml = (cvv: string) => `<o a='{"cvv":${cvv}}'><Note>[x]</Note><P>\n<![CDATA[{"n":1]]>`;
  const headers: [string, string][] = [active, ["content-type", "application/xml"]];
  await gateway.send({ headers, body: bytewise(`${xml("123")},&quot;cvv&quot;:"456"}</P></o>`) });
  const left = `<o a='{"cvv":0}'><Note>[x]</Note><P>\n{"n":1,"cvv":"[redacted]"}</P></o>`;
  expect((await gateway.production.take()).body.toString()).toBe(left);
  const refused = await gateway.send({ headers, body: Buffer.from(`${xml("123")}</P></o>`) });
  expect([refused.status, JSON.parse(refused.body.toString()).code]).toEqual([400, "nested_value"]);
});

test("a message of a queue, base64 of JSON, without a decoder", async () => {
  const data = (cvv: string) => Buffer.from(`{"order":1,"cvv":${cvv}}`).toString("base64");
  const push = (cvv: string) => `{"message":{"data":"${data(cvv)}","messageId":"1"},"token":"eyJhIjoi.eyJhIjoi.x"}`;
  const headers: [string, string][] = [active, ["content-type", "application/json"]];
  await gateway.send({ headers, body: bytewise(push('"123"')) });
  expect((await gateway.production.take()).body.toString()).toBe(push('"[redacted]"'));
  const refused = await gateway.send({ headers, body: Buffer.from(push('"123')) });
  expect([refused.status, JSON.parse(refused.body.toString()).code]).toEqual([400, "nested_value"]);
});

test("a document that comes in pieces, an event each", async () => {
  const stream = (...pieces: string[]) =>
    pieces.map((text) => `data: ${JSON.stringify({ index: 1, delta: { partial_json: text } })}\n\n`).join("");
  const headers: [string, string][] = [active, ["content-type", "text/event-stream"]];
  await gateway.send({ headers, body: bytewise(stream("", '{"cvv', '": "12', '3"}', "z")) });
  const left = stream("", "", "", '{"cvv": "[redacted]"}', "z");
  expect((await gateway.production.take()).body.toString()).toBe(left);
  const refused = await gateway.send({ headers, body: Buffer.from(stream("", '{"cvv', '": "12')) });
  expect([refused.status, JSON.parse(refused.body.toString()).code]).toEqual([400, "nested_value"]);
});

test("a token in a path", async () => {
  const path = (claims: string) => `/confirm/${claims}?a=1`;
  await gateway.send({ method: "GET", path: path(token('{"sub":"jane"}')), headers: [active] });
  const received = await gateway.production.take();
  expect(received.path).toBe(path(unsigned('{"sub":"[redacted]"}')));
  const refused = await gateway.send({ method: "GET", path: path("opaque"), headers: [active] });
  expect([refused.status, JSON.parse(refused.body.toString()).code]).toEqual([400, "nested_value"]);
});
