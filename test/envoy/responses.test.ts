// The way back: rules with `on: response`, at every place the filter can stand.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  active,
  cardPolicy,
  gated,
  header,
  json,
  order,
  orderAfter,
  placements,
  TestGateway,
} from "../support/envoy.ts";

const policy = {
  name: "back",
  activation: { verify: "presence" },
  limits: { hold: "4KiB" },
  rules: cardPolicy.rules.map((rule) => ({ ...rule, on: "response" })),
};

describe.each(placements)("$attachment, $protocol", ({ attachment, protocol }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, protocol, policy });
  });
  afterAll(() => gateway?.stop());

  const ask = (onAnswer?: () => void) =>
    gateway.send({ method: "GET", path: "/order", headers: [active], ...(onAnswer ? { onAnswer } : {}) });

  test("an answer is redacted and gets its exact content-length", async () => {
    const mail: [string, string] = ["x-user-email", "ann@example.org"];
    gateway.production.reply = () => ({
      headers: [json, mail, ["content-length", String(order.length)]],
      body: Buffer.from(order),
    });
    const response = await ask();
    expect(response).toMatchObject({ status: 200, complete: true });
    expect(response.body.toString()).toBe(orderAfter);
    expect(header(response.headers, "content-length")).toBe(String(orderAfter.length));
    expect(header(response.headers, "x-user-email")).toBe("[redacted]");
  });

  test("an answer in pieces, with trailers", async () => {
    const body = [order.slice(0, 20), order.slice(20, 21), order.slice(21)].map((piece) => Buffer.from(piece));
    gateway.production.reply = () => ({ headers: [json], body, trailers: [["x-checksum", "abc"]] });
    const response = await ask();
    expect(response.body.toString()).toBe(orderAfter);
    expect(response.trailers).toEqual([["x-checksum", "abc"]]);
  });

  test("requests pass, for no rule is on them", async () => {
    gateway.production.received.length = 0;
    gateway.production.reply = () => ({});
    await gateway.send({ headers: [active, json], body: Buffer.from(order) });
    expect((await gateway.production.take()).body.toString()).toBe(order);
  });

  test("a malformed answer is refused with 502 and without a word of it", async () => {
    gateway.production.reply = () => ({ headers: [json], body: Buffer.from(`${order}x`) });
    const response = await ask();
    expect(response.status).toBe(502);
    expect(header(response.headers, "content-type")).toBe("application/problem+json");
    expect(JSON.parse(response.body.toString())).toMatchObject({ status: 502, code: "json_syntax" });
    expect(response.body.toString()).not.toMatch(/4111|ann@/);
  });

  test("a long answer streams", async () => {
    const long = `[${Array.from({ length: 1000 }, () => order).join(",")}]`;
    gateway.production.reply = () => ({ headers: [json], body: Buffer.from(long) });
    const response = await ask();
    expect(response.complete).toBe(true);
    expect(response.body.toString()).toBe(long.replaceAll(',"cvc":"123"', ""));
    expect(header(response.headers, "content-length")).toBeUndefined();
  });

  test("a long answer that turns out malformed is cut", async () => {
    const long = `[${Array.from({ length: 1000 }, () => order).join(",")}],`;
    const answered = Promise.withResolvers<void>();
    const body = gated([Buffer.from(long.slice(0, 20_000)), Buffer.from(long.slice(20_000))], answered.promise);
    gateway.production.reply = () => ({ headers: [json], body });
    const response = await ask(answered.resolve);
    expect(response.complete).toBe(false);
    expect(response.body.toString()).not.toContain("cvc");
    expect(gateway.envoy.running).toBe(true);
  });

  test("an answer that the service cuts is cut for the client", async () => {
    gateway.production.reply = () => ({ headers: [json], body: Buffer.from(order.slice(0, 30)), cut: true });
    const response = await ask().catch((error: Error) => error);
    if (!(response instanceof Error)) {
      expect(response.complete && response.status < 500).toBe(false);
      expect(response.body.toString()).not.toContain("4111");
    }
    expect(gateway.envoy.running).toBe(true);
  });
});
