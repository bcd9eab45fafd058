// Years up to an age go by the clock of the gateway, which the filter asks the real Envoy for: requests, and answers to them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, json, placements, TestGateway } from "../support/envoy.ts";

const aged = { generalize: { date: { to: "year", age: 90 } } };
const policy = {
  name: "aged",
  activation: { verify: "presence" },
  rules: [
    { name: "born", select: "json:$.born", action: aged },
    { name: "born-back", on: "response", select: "json:$.born", action: aged },
  ],
};

const earliest = (): string => `${new Date().getUTCFullYear() - 90}-01-01`;

describe.each(placements)("$attachment, $protocol", ({ attachment, protocol }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, protocol, policy });
  });
  afterAll(() => gateway?.stop());

  test.each([
    ["an early year becomes the earliest", "1920-05-05", earliest],
    ["a later one stays", "1980-05-05", () => "1980-01-01"],
  ])("%s, on both ways", async (_, born, leaves) => {
    const body = Buffer.from(JSON.stringify({ born }));
    gateway.production.reply = () => ({ headers: [json], body });
    const response = await gateway.send({ headers: [active, json], body });
    const expected = JSON.stringify({ born: leaves() });
    expect((await gateway.production.take()).body.toString()).toBe(expected);
    expect(response.body.toString()).toBe(expected);
  });
});
