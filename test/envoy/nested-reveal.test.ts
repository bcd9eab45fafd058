// Tokens inside texts through a real Envoy and back, in a listener's chain and in a cluster's: the service sees tokens in
// them, the client the originals, in each format that holds texts.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, bytewise, header, json, TestGateway } from "../support/envoy.ts";

const url = (text: string) => Buffer.from(text).toString("base64url");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const unsigned = (claims: string) => `${url('{"alg":"none","typ":"JWT"}')}.${url(claims)}.`;

const select = [
  "json:$.a|base64|json:$.pan",
  "xml://A|base64|json:$.pan",
  "xml://A/@t|jwt:$.pan",
  "form:a|base64url|json:$.pan",
  "header:x-a|jwt:$.pan",
];
const policy = {
  name: "t",
  activation: { verify: "presence" },
  keys: { root: { env: "FROSTGLASS_KEY" } },
  rules: [
    { name: "pan", select, action: { tokenize: { format: "pan", keepFirst: 6 } } },
    { name: "back", on: "response", select, action: { reveal: "pan" } },
  ],
};

const text = '{"pan": "4111111111111111", "n": [1]}';
const bodies: [type: [string, string], body: string][] = [
  [json, JSON.stringify({ b: 1, a: base64(text) })],
  [["content-type", "application/xml"], `<o><A t="${unsigned(text)}">\n ${base64(text)}</A><B/></o>`],
  [["content-type", "application/x-www-form-urlencoded"], `b=1&a=${url(text)}&c=`],
];

describe.each(["downstream", "upstream"] as const)("%s", (attachment) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, policy });
  });
  afterAll(() => gateway?.stop());

  test.each(bodies)("%s", async (type, body) => {
    let sent = "";
    let claims: string | undefined;
    gateway.production.reply = (request) => {
      sent = request.body.toString();
      claims = header(request.headers, "x-a");
      return { headers: [type, ["x-a", claims ?? ""]], body: request.body };
    };
    const headers = [active, type, ["x-a", unsigned(text)]] as [string, string][];
    const response = await gateway.send({ headers, body: bytewise(body) });
    expect(sent).toHaveLength(body.length);
    expect([sent, claims]).not.toContain(body);
    expect(claims).not.toBe(unsigned(text));
    for (const spelled of [base64(text), url(text)]) expect(sent).not.toContain(spelled);
    expect(response.body.toString()).toBe(body);
    expect(header(response.headers, "x-a")).toBe(unsigned(text));
  });
});
