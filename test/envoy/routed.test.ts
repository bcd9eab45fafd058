// In a listener Envoy looks for the route again when a header has changed, and finds none without x-forwarded-proto: what lint
// says (`unrouted`), and its remedy.
import { expect, test } from "vitest";
import { active, json, placements, TestGateway } from "../support/envoy.ts";

const strip = { name: "forwarded", select: "header:x-forwarded-*", action: "strip" };
const pass = { name: "proto", select: "header:x-forwarded-proto", action: "pass" };

test.each(placements)("$attachment, $protocol", async ({ attachment, protocol }) => {
  for (const [rules, expected] of [
    [[strip], attachment === "downstream" ? 404 : 200],
    [[pass, strip], 200],
  ] as const) {
    const policy = { name: "routed", activation: { verify: "presence" }, rules: [...rules] };
    const gateway = await TestGateway.start({ attachment, protocol, policy });
    try {
      const { status } = await gateway.send({ headers: [active, json], body: Buffer.from("{}") });
      expect(status).toBe(expected);
    } finally {
      await gateway.stop();
    }
  }
});
