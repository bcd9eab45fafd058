// Trailers that are announced, or that follow a short body whose length is told, behind bodies whose end only the trailers tell,
// in all pieces, at a hardened edge too.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, placements, TestGateway } from "../support/envoy.ts";

const rules = (on: string) => [
  { name: `mail-${on}`, on, select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" },
  { name: `card-${on}`, on, select: ["form:card", "json:$.card"], action: "redact" },
];
const policy = { name: "t", activation: { verify: "presence" }, rules: [...rules("request"), ...rules("response")] };

const bodies: [name: string, type: string, body: string, leaves: string][] = [
  ["text", "text/plain", "write to ann@example.org now", "write to [redacted] now"],
  ["HTML", "text/html", "<p>ann@example.org</p>", "<p>[redacted]</p>"],
  ["a form", "application/x-www-form-urlencoded", "a=1&card=4111&b=2", "a=1&card=%5Bredacted%5D&b=2"],
  ["a number", "application/json", "12", "12"],
  ["an object", "application/json", '{"card":"1","b":2}', '{"card":"[redacted]","b":2}'],
  ["long text", "text/plain", `${"word ".repeat(5000)}ann@example.org`, `${"word ".repeat(5000)}[redacted]`],
];
const trailers: [string, string][] = [["x-checksum", "abc"]];

const larger: typeof bodies = [
  ["longer text", "text/plain", `${"word ".repeat(9000)}ann@example.org`, `${"word ".repeat(9000)}[redacted]`],
];

const hardened = 32 * 1024;

describe.each(placements.flatMap((one) => [undefined, hardened].map((bufferLimit) => ({ ...one, bufferLimit }))))(
  "$attachment, $protocol, buffer of $bufferLimit",
  ({ attachment, protocol, bufferLimit }) => {
    let gateway: TestGateway;
    beforeAll(async () => {
      gateway = await TestGateway.start({ attachment, protocol, policy, ...(bufferLimit && { bufferLimit }) });
    });
    afterAll(() => gateway?.stop());

    /** In pieces and whole, with its trailers, to the service and back. */
    async function passesBothWays(headers: [string, string][], body: string, leaves: string): Promise<void> {
      for (const size of [Math.ceil(body.length / 3), body.length]) {
        const pieces = Array.from({ length: Math.ceil(body.length / size) }, (_, at) =>
          Buffer.from(body.slice(at * size, (at + 1) * size)),
        );
        gateway.production.reply = () => ({ headers, body: pieces, trailers });
        const response = await gateway.send({ headers: [active, ...headers], body: pieces, trailers });
        const received = await gateway.production.take();
        expect([received.body.toString(), received.trailers, received.complete]).toEqual([leaves, trailers, true]);
        expect([response.status, response.body.toString(), response.trailers]).toEqual([200, leaves, trailers]);
      }
    }

    test.each(bufferLimit === undefined ? [...bodies, ...larger] : bodies)("%s", async (_, type, body, leaves) => {
      const headers: [string, string][] = [
        ["content-type", type],
        ["trailer", "x-checksum"],
      ];
      await passesBothWays(headers, body, leaves);
    });

    // HTTP/1 has trailers behind chunks alone, whose length nobody tells.
    test.runIf(protocol === "http2")("trailers that nobody announced, behind a body whose length is told", async () => {
      for (const [, type, body, leaves] of bodies.filter(([, , text]) => text.length <= 16384)) {
        const headers: [string, string][] = [
          ["content-type", type],
          ["content-length", String(body.length)],
        ];
        await passesBothWays(headers, body, leaves);
      }
    });

    test("trailers that were announced and do not come", async () => {
      for (const [, type, body, leaves] of bodies) {
        const headers: [string, string][] = [
          ["content-type", type],
          ["trailer", "x-checksum"],
        ];
        const half = body.length >> 1;
        const pieces = [Buffer.from(body.slice(0, half)), Buffer.from(body.slice(half))];
        gateway.production.reply = () => ({ headers, body: pieces });
        const response = await gateway.send({ headers: [active, ...headers], body: pieces });
        const received = await gateway.production.take();
        expect([received.body.toString(), received.complete]).toEqual([leaves, true]);
        expect([response.status, response.body.toString(), response.complete]).toEqual([200, leaves, true]);
      }
    });

    test("what cannot be read is refused, and an answer too", async () => {
      const headers: [string, string][] = [
        ["content-type", "application/json"],
        ["trailer", "x-checksum"],
      ];
      const body = [Buffer.from('{"card":'), Buffer.from('"4111')];
      gateway.production.received.length = 0;
      const refused = await gateway.send({ headers: [active, ...headers], body, trailers });
      expect([refused.status, gateway.production.received]).toEqual([400, []]);
      gateway.production.reply = () => ({ headers, body, trailers });
      const answer = await gateway.send({ method: "GET", headers: [active] });
      expect(answer.status).toBe(502);
      expect(answer.body.toString()).not.toContain("4111");
      await gateway.production.take();
    });
  },
);
