// Bodies beyond `limits.hold`: they stream, and what is found wrong after the release cuts the stream.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, cardPolicy, gated, header, json, placements, TestGateway } from "../support/envoy.ts";

const record = (index: number) => `{"card":{"cvc":"${index}","number":"4111111111111111"}}`;
const recordAfter = '{"card":{"number":"4111111111111111"}}';
const records = (count: number, one: (index: number) => string) =>
  `[${Array.from({ length: count }, (_, index) => one(index)).join(",\n")}]`;

function pieces(text: string, size: number): Uint8Array[] {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

describe.each(placements)("$attachment, $protocol", ({ attachment, protocol }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, protocol, policy: { ...cardPolicy, limits: { hold: "4KiB" } } });
  });
  afterAll(() => gateway?.stop());

  const headers = [active, json];
  const long = records(2000, record);

  test("a body larger than the hold streams, without a content-length", async () => {
    const length: [string, string] = ["content-length", String(long.length)];
    const response = await gateway.send({ headers: [...headers, length], body: pieces(long, 1000) });
    expect(response.status).toBe(200);
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(records(2000, () => recordAfter));
    expect(header(received.headers, "content-length")).toBeUndefined();
    expect(received.complete).toBe(true);
  });

  test("a body of exactly the hold, and of one byte more", async () => {
    for (const size of [4096, 4097]) {
      const body = `"${"x".repeat(size - 2)}"`;
      const length: [string, string] = ["content-length", String(size)];
      expect((await gateway.send({ headers: [...headers, length], body: pieces(body, 512) })).status).toBe(200);
      const received = await gateway.production.take();
      expect(received.body.toString()).toBe(body);
      expect(header(received.headers, "content-length")).toBe(size === 4096 ? "4096" : undefined);
    }
  });

  test("a streamed body with trailers", async () => {
    await gateway.send({ headers, body: pieces(long, 5000), trailers: [["x-checksum", "abc"]] });
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(records(2000, () => recordAfter));
    expect(received.trailers).toEqual([["x-checksum", "abc"]]);
  });

  test("what is malformed after the release is cut: the service sees no complete body", async () => {
    const body = gated(pieces(`${long.slice(0, -1)},x]`, 20_000), gateway.production.arrival());
    const response = await gateway.send({ headers, body }).catch((error: Error) => error);
    const received = await gateway.production.take();
    expect(received.complete).toBe(false);
    expect(received.body.length).toBeGreaterThan(0);
    expect(received.body.toString()).not.toContain("cvc");
    // The client is told, or cut off; never told that it went well.
    if (!(response instanceof Error)) expect(response.status).toBeGreaterThanOrEqual(400);
  });

  test("a streamed body that stops short is cut", async () => {
    const body = gated(pieces(long.slice(0, -1), 20_000), gateway.production.arrival());
    await gateway.send({ headers, body }).catch(() => undefined);
    expect((await gateway.production.take()).complete).toBe(false);
  });

  test("the gateway serves on after a cut", async () => {
    expect((await gateway.send({ headers, body: Buffer.from("{}") })).status).toBe(200);
    expect((await gateway.production.take()).body.toString()).toBe("{}");
    expect(gateway.envoy.running).toBe(true);
  });
});

describe("a policy that does not hold", () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ policy: { ...cardPolicy, limits: { hold: 0 } } });
  });
  afterAll(() => gateway?.stop());

  test("streams from the first byte", async () => {
    const response = await gateway.send({ headers: [active, json], body: pieces(records(20, record), 100) });
    expect(response.status).toBe(200);
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(records(20, () => recordAfter));
    expect(header(received.headers, "content-length")).toBeUndefined();
  });

  test("refuses what the headers alone show", async () => {
    const before = gateway.production.arrived;
    const response = await gateway.send({ headers: [active, ["content-type", "text/csv"]], body: Buffer.from("a,b") });
    expect(response.status).toBe(415);
    expect(gateway.production.arrived).toBe(before);
  });
});
