// Rules that detect, through a real Envoy: every format, a text larger than all that is held, and answers.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, bytewise, header, placements, TestGateway } from "../support/envoy.ts";

const card = "4111 1111 1111 1111";
const masked = "**** **** **** 1111";
const policy = {
  name: "t",
  activation: { verify: "presence" },
  rules: [
    {
      name: "cards",
      on: ["request", "response"],
      select: "any:",
      detect: ["CREDIT_CARD"],
      action: { mask: { keepLast: 4, skip: " -" } },
    },
  ],
};

describe.each(placements)("$attachment, $protocol", ({ attachment, protocol }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ policy, attachment, protocol });
    gateway.production.reply = () => ({
      headers: [["content-type", "text/html"]],
      body: Buffer.from(`<p>${card} was charged</p>`),
    });
  });
  afterAll(() => gateway?.stop());

  test.each([
    ["application/json", `{"note":"paid with ${card}","n":[1]}`, `{"note":"paid with ${masked}","n":[1]}`],
    ["application/x-www-form-urlencoded", `n=${card.replaceAll(" ", "+")}&m=1`, "n=****%20****%20****%201111&m=1"],
    ["application/xml", `<n a="1">${card}</n>`, `<n a="1">${masked}</n>`],
    ["text/plain", `${card}, and é`, `${masked}, and é`],
    ["text/plain; charset=UTF-8", ` {"note":"\\u00341${card.slice(2)}","n":[1]}`, ` {"note":"${masked}","n":[1]}`],
  ])("%s, in one piece and byte by byte", async (type, before, after) => {
    for (const body of [Buffer.from(before), bytewise(before)]) {
      const response = await gateway.send({ headers: [active, ["content-type", type]], body });
      expect(response.body.toString()).toBe(`<p>${masked} was charged</p>`);
      expect((await gateway.production.take()).body.toString()).toBe(after);
    }
  });

  test("headers and path", async () => {
    await gateway.send({
      path: `/pay/${card.replaceAll(" ", "-")}?n=${card.replaceAll(" ", "-")}`,
      headers: [active, ["x-note", card]],
    });
    const received = await gateway.production.take();
    expect(received.path).toBe(`/pay/${masked.replaceAll(" ", "-")}?n=${masked.replaceAll(" ", "-")}`);
    expect(header(received.headers, "x-note")).toBe(masked);
  });

  test("an answer of JSON that says it is a text", async () => {
    const { reply } = gateway.production;
    gateway.production.reply = () => ({
      headers: [["content-type", "text/plain"]],
      body: Buffer.from(`{"${card}":["${card}"]}`),
    });
    const response = await gateway.send({ headers: [active] });
    expect(response.body.toString()).toBe(`{"${masked}":["${masked}"]}`);
    await gateway.production.take();
    gateway.production.reply = reply;
  });

  test("a text larger than all that is held streams, with every find replaced", async () => {
    const line = "nothing to see here, but a number: ";
    const body = Buffer.from(`${line}${card}\n`.repeat(12_000));
    await gateway.send({ headers: [active, ["content-type", "text/plain"]], body });
    const received = await gateway.production.take();
    expect(received.body.equals(Buffer.from(`${line}${masked}\n`.repeat(12_000)))).toBe(true);
  });
});
