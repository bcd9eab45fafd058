// Size does not matter: what is larger than any buffer goes through in constant memory.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, cardPolicy, gated, json, TestGateway } from "../support/envoy.ts";

const MiB = 1024 * 1024;
// A gibibyte takes some ten seconds an attachment; `npm test` shows the same law with a sixteenth of it.
const long = process.env.FROSTGLASS_LONG !== undefined || process.env.CI !== undefined;
const size = (long ? 1024 : 64) * MiB;

const record = '{"card":{"cvc":"123","number":"4111111111111111"},"note":"a \\u00e9 b"},\n';
const recordAfter = '{"card":{"number":"4111111111111111"},"note":"a \\u00e9 b"},\n';
const perPiece = Math.floor(MiB / record.length);
const count = Math.ceil(size / (perPiece * record.length));

function* body(one: string): Generator<Buffer> {
  const piece = Buffer.from(one.repeat(perPiece));
  yield Buffer.from("[");
  for (let at = 0; at < count; at++) yield piece;
  yield Buffer.from("{}]");
}

describe.each(["downstream", "upstream"] as const)("%s", (attachment) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const policy = { ...cardPolicy, limits: { body: "2GiB" } };
    gateway = await TestGateway.start({ attachment, policy });
    gateway.production.keepBodies = false;
  });
  afterAll(() => gateway?.stop());

  /** The most memory that Envoy has had so far. */
  const peak = () =>
    Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${gateway.envoy.pid}/status`, "utf8"))![1]) * 1024;

  test(`a body of ${size / MiB} MiB`, { timeout: 300_000 }, async () => {
    await gateway.send({ headers: [active, json], body: Buffer.from("{}") });
    await gateway.production.take();
    const before = peak();
    const response = await gateway.send({ headers: [active, json], body: body(record) });
    expect(response.status).toBe(200);
    const received = await gateway.production.take();
    const hash = createHash("sha256");
    for (const piece of body(recordAfter)) hash.update(piece);
    expect(received.sha256).toBe(hash.digest("hex"));
    expect(received.complete).toBe(true);
    // The buffers of two connections (1 MiB each by default, a few times over), and no share of the body.
    expect((peak() - before) / MiB).toBeLessThan(24);
  });

  test("a client that is faster than Envoy is slowed down, not refused", { timeout: 60_000 }, async () => {
    // The first byte is held alone; what comes at once behind it may be more than Envoy's buffer limit in one callback.
    const flood = Buffer.alloc(4 * MiB, "1,");
    const statuses = new Map<number, number>();
    for (let turn = 0; turn < 60; turn++) {
      const pieces = [Buffer.from("["), flood, Buffer.from("1]")];
      const { status } = await gateway.send({ headers: [active, json], body: pieces });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 200) await gateway.production.take();
    }
    gateway.production.received.length = 0;
    expect(statuses).toEqual(new Map([[200, 60]]));
  });

  test("a body over limits.body is cut", { timeout: 60_000 }, async () => {
    const small = await TestGateway.start({ attachment, policy: { ...cardPolicy, limits: { body: "1MiB" } } });
    try {
      const piece = Buffer.from("1,".repeat(48 * 1024));
      const numbers = [Buffer.from(`[${piece}`), ...Array.from({ length: 31 }, () => piece), Buffer.from("1]")];
      const body = gated(numbers, small.production.arrival());
      const response = await small.send({ headers: [active, json], body }).catch((error: Error) => error);
      if (!(response instanceof Error)) expect(response.status).toBe(413);
      const received = await small.production.take();
      expect(received.complete).toBe(false);
      expect(received.length).toBeLessThanOrEqual(MiB);
    } finally {
      await small.stop();
    }
  });
});
