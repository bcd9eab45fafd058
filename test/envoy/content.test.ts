// Media types and charsets through a real Envoy: what servers send under other names and in other charsets than UTF-8.
import { afterAll, beforeAll, expect, test } from "vitest";
import { active, header, TestGateway } from "../support/envoy.ts";

const policy = {
  name: "t",
  activation: { verify: "presence" },
  rules: [{ name: "a", select: ["json:$..a", "xml://a", "form:a"], action: { mask: { keepLast: 1 } } }],
};

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start({ policy });
});
afterAll(() => gateway?.stop());

test.each([
  ["application/json", '\xef\xbb\xbf{"a":"xy"}', '\xef\xbb\xbf{"a":"*y"}'],
  ["application/x-amz-json-1.1", '{"a":"xy"}', '{"a":"*y"}'],
  ["application/json-seq", '\x1e{"a":\n"xy"}\n\x1e{"a":"z"}\n', '\x1e{"a":\n"*y"}\n\x1e{"a":"*"}\n'],
  ["application/json; charset=iso-8859-1", '{"b":"\xe4","a":"\xe4\xfc"}', '{"b":"\xe4","a":"*\xfc"}'],
  [
    "text/xml",
    '<?xml version="1.0" encoding="ISO-8859-1"?><c>\xe4<a>\xe4\xfc</a></c>',
    '<?xml version="1.0" encoding="ISO-8859-1"?><c>\xe4<a>*\xfc</a></c>',
  ],
  ["application/x-www-form-urlencoded; charset=iso-8859-1", "a=xy&b=%E4", "a=*y&b=%E4"],
])("%s", async (type, before, after) => {
  const body = Buffer.from(before, "latin1");
  for (const sent of [body, [...body].map((byte) => Uint8Array.of(byte))]) {
    const headers: [string, string][] = [active, ["content-type", type]];
    expect((await gateway.send({ headers, body: sent })).status).toBe(200);
    const received = await gateway.production.take();
    expect(received.body.toString("latin1")).toBe(after);
    expect(header(received.headers, "content-length")).toBe(String(after.length));
  }
});

test("what has two readings is refused, with a remedy", async () => {
  const body = Buffer.from('{"b":"\xc3\xa4"}', "latin1");
  const type: [string, string] = ["content-type", "application/json; charset=iso-8859-1"];
  const response = await gateway.send({ headers: [active, type], body });
  expect(response.status).toBe(415);
  expect(JSON.parse(response.body.toString())).toMatchObject({ code: "unsupported_charset" });
});
