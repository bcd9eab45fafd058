// Rules that detect, through a real Envoy, beside detect.test.ts: spellings, names, cookies, texts in pieces of any size,
// answers; and a policy that carries all built-in detectors.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, bytewise, header, json, placements, TestGateway } from "../support/envoy.ts";

const card = "4111 1111 1111 1111";
const digits = card.replaceAll(" ", "");
const policy = (detect: readonly string[]) => ({
  name: "detect",
  activation: { verify: "presence" },
  keys: { root: { env: "FROSTGLASS_KEY" } },
  limits: { hold: "4KiB" },
  rules: [{ name: "all", on: ["request", "response"], select: "any:", detect, action: "redact" }],
});
const text: [string, string] = ["content-type", "text/plain; charset=utf-8"];
const form: [string, string] = ["content-type", "application/x-www-form-urlencoded"];

/** Longer than what is held, with a find at every place modulo the size of a piece. */
const long = Array.from({ length: 700 }, (_, line) => `${"no ".repeat(line % 17)}${card} or ann@example.org\n`).join(
  "",
);
const longAfter = long.replaceAll(card, "[redacted]").replaceAll("ann@example.org", "[redacted]");
const pieces = (body: string, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(body.length / size) }, (_, at) => Buffer.from(body.slice(at * size, (at + 1) * size)));

describe.each(placements)("$attachment, $protocol", ({ attachment, protocol }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, protocol, policy: policy(["CREDIT_CARD", "EMAIL_ADDRESS"]) });
  });
  afterAll(() => gateway?.stop());

  test("JSON, escaped and not, names and numbers", async () => {
    const body = `{"a":"\\u0034111 1111 1111 1111","ann@example.org":[${digits},1.50]}`;
    await gateway.send({ headers: [active, json], body: bytewise(body) });
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe('{"a":"[redacted]","[redacted]":[0,1.50]}');
    expect(header(received.headers, "content-length")).toBe(String(received.body.length));
  });

  test("a form, the path, the query, cookies and headers", async () => {
    const mail: [string, string] = ["x-note", "from ann@example.org"];
    const cookie: [string, string] = ["cookie", `id=${digits}; theme=dark`];
    const path = `/users/ann@example.org?card=${digits}&page=2`;
    await gateway.send({ path, headers: [active, form, mail, cookie], body: Buffer.from(`a=1&b=${digits}`) });
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe("a=1&b=%5Bredacted%5D");
    expect(received.path).toBe("/users/%5Bredacted%5D?card=%5Bredacted%5D&page=2");
    expect(header(received.headers, "x-note")).toBe("from [redacted]");
    expect(header(received.headers, "cookie")).toBe("id=[redacted]; theme=dark");
  });

  test("names of form fields, parameters, cookies and parts", async () => {
    const cookie: [string, string] = ["cookie", `${digits}=1; theme=dark`];
    const path = `/?${digits}=1&ann%40example.org&page=2`;
    await gateway.send({ path, headers: [active, form, cookie], body: bytewise(`a=1&${digits}=2&ann%40example.org=`) });
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe("a=1&%5Bredacted%5D=2&%5Bredacted%5D=");
    expect(received.path).toBe("/?%5Bredacted%5D=1&%5Bredacted%5D&page=2");
    expect(header(received.headers, "cookie")).toBe("%5Bredacted%5D=1; theme=dark");
    const parts: [string, string] = ["content-type", "multipart/form-data; boundary=XX"];
    const part = (name: string) =>
      `--XX\r\nX-Id: ${name}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n1\r\n--XX--\r\n`;
    await gateway.send({ headers: [active, parts], body: bytewise(part("ann@example.org")) });
    expect((await gateway.production.take()).body.toString()).toBe(part("[redacted]"));
  });

  test("a text longer than what is held streams, whatever its pieces", async () => {
    for (const size of [97, 1000, 16_384]) {
      await gateway.send({ headers: [active, text], body: pieces(long, size) });
      const received = await gateway.production.take();
      expect(received.complete).toBe(true);
      expect(received.body.toString() === longAfter, `pieces of ${size}`).toBe(true);
    }
  });

  test("an answer", async () => {
    gateway.production.reply = () => ({ headers: [text], body: Buffer.from(long) });
    const response = await gateway.send({ method: "GET", headers: [active] });
    await gateway.production.take();
    expect(response).toMatchObject({ status: 200, complete: true });
    expect(response.body.toString() === longAfter).toBe(true);
  });
});

test("all built-in detectors, as one configuration", { timeout: 120_000 }, async () => {
  const [placement] = placements;
  const gateway = await TestGateway.start({ ...placement!, policy: policy(["*"]) });
  try {
    const body = `{"a":"${card}","b":"IBAN DE89 3704 0044 0532 0130 00","c":"NHS number 943 476 5919","d":"plain words"}`;
    await gateway.send({ headers: [active, json], body: Buffer.from(body) });
    const received = await gateway.production.take();
    expect(JSON.parse(received.body.toString())).toEqual({
      a: "[redacted]",
      b: "IBAN [redacted]",
      c: "NHS number [redacted]",
      d: "plain words",
    });
  } finally {
    await gateway.stop();
  }
});
