// A hardened edge has small buffers (32 KiB): holding must neither be refused for it nor wait for ever.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, header, json, placements, TestGateway } from "../support/envoy.ts";

const record = '{"card":{"cvc":"123","number":"4111111111111111"}}';
const recordAfter = '{"card":{"number":"4111111111111111"}}';
const records = (one: string, count: number) => `[${Array.from({ length: count }, () => one).join(",")}]`;

describe.each(placements)("$attachment, $protocol", ({ attachment, protocol }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, protocol, bufferLimit: 32 * 1024 });
  });
  afterAll(() => gateway?.stop());

  const send = (body: string, trailers?: [string, string][], announced?: boolean) => {
    const pieces = Array.from({ length: Math.ceil(body.length / 7000) }, (_, at) =>
      Buffer.from(body.slice(at * 7000, (at + 1) * 7000)),
    );
    const trailer: [string, string][] = announced ? [["trailer", "x-checksum"]] : [];
    return gateway.send({ headers: [active, json, ...trailer], body: pieces, ...(trailers && { trailers }) });
  };

  test.each([40, 60, 300])("a body of %i KiB passes", async (size) => {
    const count = Math.floor((size * 1024) / (record.length + 1));
    expect((await send(records(record, count))).status).toBe(200);
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(records(recordAfter, count));
    expect(received.complete).toBe(true);
    const length = header(received.headers, "content-length");
    expect(length).toBe(received.body.length > 64 * 1024 ? undefined : String(received.body.length));
  });

  const trailers: [string, string][] = [["x-checksum", "abc"]];
  const long = records(record, 600);

  test("trailers behind a body that waits with the host", async () => {
    expect((await send(records(record, 200), trailers)).status).toBe(200);
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(records(recordAfter, 200));
    expect(received.trailers).toEqual(trailers);
  });

  // Over HTTP/1.1 the client announces all that it sends.
  const unannounced = protocol === "http2" ? "are refused, and nothing reaches the service" : "are announced";
  test(`trailers behind a longer one ${unannounced}`, async () => {
    const response = await send(long, trailers);
    if (protocol === "http1") {
      expect(response.status).toBe(200);
      expect((await gateway.production.take()).trailers).toEqual(trailers);
      return;
    }
    expect(response.status).toBe(400);
    expect(JSON.parse(response.body.toString())).toMatchObject({ code: "trailers" });
    expect(gateway.production.received).toEqual([]);
  });

  test("announced ones pass", async () => {
    expect((await send(long, trailers, true)).status).toBe(200);
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(records(recordAfter, 600));
    expect(received.trailers).toEqual(trailers);
  });
});
