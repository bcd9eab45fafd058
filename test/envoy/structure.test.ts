// Objects that keep their structure through a real Envoy: held and streamed, in requests and in answers.
import { afterAll, beforeAll, expect, test } from "vitest";
import { active, bytewise, json, TestGateway } from "../support/envoy.ts";

const policy = {
  name: "t",
  activation: { verify: "presence" },
  limits: { hold: "1KiB" },
  rules: [
    { name: "kind", select: ["json:$..kind", "xml://kind"], action: "pass" },
    {
      name: "kept",
      on: ["request", "response"],
      select: ["named:comment", "json:$.token|jwt:$.user"],
      action: { redact: { keepStructure: true } },
    },
  ],
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ policy });
});
afterAll(() => gateway?.stop());

const comment = (text: string, number: number, flag: boolean) =>
  `{"id":7,"comment":{"kind":"note", "user":{"id":${number},"admin":${flag},"of":null},"parts":["${text}",""]}}`;
const url = (text: string) => Buffer.from(text).toString("base64url");

test("JSON, XML and claims, byte by byte", async () => {
  await gateway.send({ headers: [active, json], body: bytewise(comment("Zorblax", 41, true)) });
  expect((await gateway.production.take()).body.toString()).toBe(comment("[redacted]", 0, false));
  const xml = (text: string) => `<a><comment at="1"><kind>note</kind><p q="${text}">${text}</p><e/></comment></a>`;
  await gateway.send({ headers: [active, ["content-type", "text/xml"]], body: bytewise(xml("Zorblax")) });
  expect((await gateway.production.take()).body.toString()).toBe(xml("[redacted]"));
  const token = (header: string, user: string, end: string) =>
    `{"token":"${url(header)}.${url(`{"user":{"name":"${user}"},"exp":1}`)}.${end}"}`;
  await gateway.send({ headers: [active, json], body: bytewise(token('{"alg":"ES256"}', "Zorblax", url("s"))) });
  const left = token('{"alg":"none","typ":"JWT"}', "[redacted]", "");
  expect((await gateway.production.take()).body.toString()).toBe(left);
});

test("a body that streams, and an answer", async () => {
  const list = (text: string, number: number, flag: boolean) =>
    `{"comment":[${Array.from({ length: 500 }, () => comment(text, number, flag)).join(",")}]}`;
  gateway.production.reply = () => ({ headers: [json], body: Buffer.from(comment("Quuxley", 42, true)) });
  const response = await gateway.send({ headers: [active, json], body: Buffer.from(list("Zorblax", 41, true)) });
  const left = list("[redacted]", 0, false).replaceAll('"id":7', '"id":0');
  expect((await gateway.production.take()).body.toString()).toBe(left);
  expect(response.body.toString()).toBe(comment("[redacted]", 0, false).replace('"note"', '"[redacted]"'));
});
