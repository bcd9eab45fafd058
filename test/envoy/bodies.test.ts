// Request bodies through a real Envoy, at every place the filter can stand and in both protocols.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, bytewise, header, json, order, orderAfter, placements, TestGateway } from "../support/envoy.ts";

describe.each(placements)("$attachment, $protocol", ({ attachment, protocol }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, protocol });
    gateway.production.reply = () => ({ headers: [["content-type", "text/plain"]], body: Buffer.from("done") });
  });
  afterAll(() => gateway?.stop());

  const headers = [active, json];

  test("a body in one piece is redacted and gets its exact content-length", async () => {
    const length: [string, string] = ["content-length", String(order.length)];
    const response = await gateway.send({ headers: [...headers, length], body: Buffer.from(order) });
    expect(response).toMatchObject({ status: 200, complete: true });
    expect(response.body.toString()).toBe("done");
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(orderAfter);
    expect(header(received.headers, "content-length")).toBe(String(orderAfter.length));
    expect(header(received.headers, "transfer-encoding")).toBeUndefined();
    expect(received.complete).toBe(true);
  });

  test("a body of unknown length is held too, and gets an exact content-length", async () => {
    await gateway.send({ headers, body: [Buffer.from(order.slice(0, 40)), Buffer.from(order.slice(40))] });
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(orderAfter);
    expect(header(received.headers, "content-length")).toBe(String(orderAfter.length));
  });

  test.each(["GET", "DELETE", "HEAD", "OPTIONS", "PATCH"])("a body of %s is a body like any other", async (method) => {
    const length: [string, string] = ["content-length", String(order.length)];
    for (const more of [[length], []]) {
      const response = await gateway.send({ method, headers: [...headers, ...more], body: Buffer.from(order) });
      expect(response.status).toBe(200);
      expect(await gateway.production.take()).toMatchObject({ method, body: Buffer.from(orderAfter) });
    }
  });

  test("a body in many writes of one byte", async () => {
    await gateway.send({ headers, body: bytewise(order) });
    expect((await gateway.production.take()).body.toString()).toBe(orderAfter);
  });

  test("a body with trailers: the body is redacted, the trailers arrive, but for its digest", async () => {
    const trailers: [string, string][] = [
      ["content-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"],
      ["x-checksum", "abc"],
    ];
    await gateway.send({ headers, body: Buffer.from(order), trailers });
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(orderAfter);
    expect(received.trailers).toEqual([["x-checksum", "abc"]]);
    expect(received.complete).toBe(true);
  });

  test("a malformed body with trailers is refused", async () => {
    const before = gateway.production.arrived;
    const response = await gateway.send({
      headers,
      body: Buffer.from(order.slice(1)),
      trailers: [["x-checksum", "a"]],
    });
    expect(response.status).toBe(400);
    expect(gateway.production.arrived).toBe(before);
  });

  test("a body that ends with a frame of zero bytes", async () => {
    // An array of pieces is followed by an end without data: an empty DATA frame, or the last chunk.
    await gateway.send({ headers, body: [Buffer.from(order)] });
    expect((await gateway.production.take()).body.toString()).toBe(orderAfter);
  });

  test("requests without a body pass", async () => {
    for (const method of ["GET", "POST", "DELETE"]) {
      const response = await gateway.send({ method, headers: [active] });
      expect(response.status, method).toBe(200);
      expect(await gateway.production.take()).toMatchObject({ method, length: 0, complete: true });
    }
  });

  test("the emergency header does not reach the service, and headers are redacted like bodies", async () => {
    const mail: [string, string] = ["x-user-email", "ann@example.org"];
    await gateway.send({ headers: [...headers, mail], body: Buffer.from(order) });
    const received = await gateway.production.take();
    expect(header(received.headers, active[0])).toBeUndefined();
    expect(header(received.headers, "x-user-email")).toBe("[redacted]");
  });

  test("a malformed body is refused as problem+json, and nothing reaches the service", async () => {
    const before = gateway.production.arrived;
    for (const body of [`${order}x`, order.slice(0, -1), "{", '{"a":tru}', "{}\ufeff"]) {
      const response = await gateway.send({ headers, body: Buffer.from(body) });
      expect(response.status, body).toBe(400);
      expect(header(response.headers, "content-type")).toBe("application/problem+json");
      const problem = JSON.parse(response.body.toString());
      expect(problem).toMatchObject({ status: 400, code: "json_syntax" });
      expect(response.body.toString()).not.toMatch(/4111|ann@|123"/);
    }
    expect(gateway.production.arrived).toBe(before);
  });

  test("a media type that cannot be read is refused", async () => {
    const before = gateway.production.arrived;
    const response = await gateway.send({ headers: [active, ["content-type", "text/csv"]], body: Buffer.from("a,b") });
    expect(response.status).toBe(415);
    expect(JSON.parse(response.body.toString()).code).toBe("unsupported_media_type");
    expect(gateway.production.arrived).toBe(before);
  });

  test("a body sent while the client waits for nothing else is cut off with the client", async () => {
    const before = gateway.production.arrived;
    const abort = new AbortController();
    const sent = gateway.send({
      headers,
      body: Buffer.from(order.slice(0, 50)),
      unfinished: true,
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 100);
    await expect(sent).rejects.toThrow();
    // The half body was held: the service never hears of the request.
    await gateway.send({ headers, body: Buffer.from(order) });
    expect((await gateway.production.take()).body.toString()).toBe(orderAfter);
    expect(gateway.production.arrived).toBe(before + 1);
  });

  test("rules are counted", async () => {
    const before = await gateway.rules();
    await gateway.send({ headers, body: Buffer.from(order) });
    await gateway.production.take();
    const after = await gateway.rules();
    expect(after.cvv! - (before.cvv ?? 0)).toBe(1);
    expect(after.mail! - (before.mail ?? 0)).toBe(1);
  });
});
