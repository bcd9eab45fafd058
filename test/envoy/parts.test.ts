// Parts without names through a real Envoy: MTOM towards a service, GraphQL in pieces as an answer, and what is refused.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, bytewise, header, json, placements, TestGateway } from "../support/envoy.ts";

const policy = {
  name: "t",
  activation: { verify: "presence" },
  unsupported: "empty",
  rules: [
    { name: "pan", on: ["request", "response"], select: "named:pan", action: { mask: { keepLast: 4 } } },
    { name: "document", select: "named:document", action: "redact" },
  ],
};

const type =
  'multipart/related; type="application/xop+xml"; start="<root>"; boundary="uuid:1+id=1"; start-info="text/xml; action=\\"urn:x\\""';
const mtom = (pan: string, pdf: string, element = "scan") =>
  "--uuid:1+id=1\r\nContent-Id: <root>\r\nContent-Transfer-Encoding: 8bit\r\n" +
  'Content-Type: application/xop+xml; charset=utf-8; type="application/soap+xml; action=\\"urn:x\\""\r\n\r\n' +
  `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><pan>${pan}</pan><${element}>` +
  `<i:Include xmlns:i="http://www.w3.org/2004/08/xop/include" href="cid:scan"/></${element}></s:Body></s:Envelope>\r\n` +
  `--uuid:1+id=1\r\nContent-Id: <scan>\r\nContent-Type: application/pdf\r\n\r\n${pdf}\r\n--uuid:1+id=1--\r\n`;

describe.each(placements)("$attachment, $protocol", ({ attachment, protocol }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, protocol, policy });
  });
  afterAll(() => gateway?.stop());
  const headers: [string, string][] = [active, ["content-type", type]];

  test("a request of MTOM, whole and byte by byte", async () => {
    for (const body of [Buffer.from(mtom("4111111111111111", "%PDF")), bytewise(mtom("4111111111111111", "%PDF"))]) {
      const response = await gateway.send({ headers, body });
      expect(response.status).toBe(200);
      const received = await gateway.production.take();
      expect(received.body.toString()).toBe(mtom("************1111", ""));
      expect(header(received.headers, "content-type")).toBe(type);
      expect(header(received.headers, "content-length")).toBe(String(mtom("************1111", "").length));
    }
  });

  test("an Include in what a rule takes is refused, and nothing arrives", async () => {
    const before = gateway.production.arrived;
    const response = await gateway.send({ headers, body: Buffer.from(mtom("4111111111111111", "%PDF", "document")) });
    expect([response.status, JSON.parse(response.body.toString()).code]).toEqual([415, "multipart_reference"]);
    expect(gateway.production.arrived).toBe(before);
  });

  test("an answer in pieces", async () => {
    const answer = (pan: string) =>
      `\r\n---\r\nContent-Type: application/json; charset=utf-8\r\n\r\n{"data":{"a":1},"hasNext":true}\r\n---\r\n` +
      `Content-Type: application/json; charset=utf-8\r\n\r\n{"incremental":[{"data":{"pan":"${pan}"}}],"hasNext":false}\r\n-----\r\n`;
    gateway.production.reply = () => ({
      headers: [["content-type", 'multipart/mixed; boundary="-"; deferSpec=20220824']],
      body: bytewise(answer("4111111111111111")),
    });
    const response = await gateway.send({ headers: [active, json], body: Buffer.from("{}") });
    await gateway.production.take();
    expect(response).toMatchObject({ status: 200, complete: true });
    expect(response.body.toString()).toBe(answer("************1111"));
  });
});
