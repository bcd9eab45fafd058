// Answers that come bit by bit and may never end: each event or line arrives, rewritten, before the service sends the next.
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { active, TestGateway } from "../support/envoy.ts";

let gateway: TestGateway;
beforeAll(async () => {
  const rules = [{ name: "pan", on: "response", select: "json:$.card", action: { mask: { keepLast: 4 } } }];
  gateway = await TestGateway.start({ policy: { name: "t", activation: { verify: "presence" }, rules } });
});
afterAll(() => gateway?.stop());

test.each([
  ["text/event-stream", (card: string) => `data: {"card":"${card}"}\n\n`],
  ["application/x-ndjson", (card: string) => `{"card":"${card}"}\n`],
])("%s", async (type, piece) => {
  const cards = ["4111111111111111", "5555555555554444", "378282246310005"];
  const masked = cards.map((card) => piece(card.slice(-4).padStart(card.length, "*")));
  let seen = "";
  let onSeen = () => {};
  /** Waits until the client has this much. */
  const until = async (text: string) => {
    while (!seen.includes(text)) await new Promise<void>((resolve) => (onSeen = resolve));
  };
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const [index, card] of cards.entries()) {
      yield Buffer.from(piece(card));
      await until(masked[index]!);
    }
  }
  gateway.production.reply = () => ({ headers: [["content-type", type]], body: body() });
  await new Promise<void>((resolve, reject) => {
    const sent = request(
      { host: "127.0.0.1", port: gateway.port, method: "GET", path: "/", headers: Object.fromEntries([active]) },
      (response) => {
        response.on("data", (chunk: Buffer) => {
          seen += chunk;
          onSeen();
        });
        response.on("end", resolve).on("error", reject);
      },
    );
    sent.on("error", reject).end();
  });
  expect(seen).toBe(masked.join(""));
});
