// When the filter acts, and what becomes of the emergency header where a route reads it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Attachment } from "../../scripts/envoy/config.ts";
import {
  active,
  cardPolicy,
  type GatewayOptions,
  header,
  json,
  order,
  orderAfter,
  placements,
  TestGateway,
} from "../support/envoy.ts";

const attachments: Attachment[] = ["downstream", "upstream"];

describe.each(placements)("inactive traffic, $attachment, $protocol", ({ attachment, protocol }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, protocol });
  });
  afterAll(() => gateway?.stop());

  test("passes untouched: body, headers, trailers, answer", async () => {
    gateway.production.reply = () => ({
      status: 202,
      headers: [["x-answer", "a"], json],
      body: Buffer.from("{not json"),
    });
    const headers: [string, string][] = [json, ["x-user-email", "ann@example.org"], ["cookie", "a=1; b=2"]];
    const response = await gateway.send({ headers, body: Buffer.from(`${order}x`), trailers: [["x-t", "1"]] });
    expect(response).toMatchObject({ status: 202, complete: true });
    expect(response.body.toString()).toBe("{not json");
    expect(header(response.headers, "x-answer")).toBe("a");
    const received = await gateway.production.take();
    expect(received.body.toString()).toBe(`${order}x`);
    expect(received.headers).toEqual(expect.arrayContaining(headers));
    expect(received.trailers).toEqual([["x-t", "1"]]);
  });

  test("keeps its content-length", async () => {
    gateway.production.reply = () => ({});
    const length: [string, string] = ["content-length", String(order.length)];
    await gateway.send({ headers: [json, length], body: Buffer.from(order) });
    expect(header((await gateway.production.take()).headers, "content-length")).toBe(length[1]);
  });

  test("encoded, upgraded or unreadable bodies are none of its business", async () => {
    const encoding: [string, string] = ["content-encoding", "gzip"];
    const body = Buffer.from([0x1f, 0x8b, 0, 255, 254]);
    expect((await gateway.send({ headers: [json, encoding], body })).status).toBe(200);
    expect((await gateway.production.take()).body).toEqual(body);
  });
});

describe.each(attachments)("active by cluster, %s", (attachment) => {
  const policy = { ...cardPolicy, activation: { verify: "presence", header: "x-unused", clusters: ["tun*"] } };
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, policy, tunnel: true });
  });
  afterAll(() => gateway?.stop());

  test("what goes to the cluster is redacted, what goes elsewhere is not", async () => {
    await gateway.send({ headers: [json, active], body: Buffer.from(order) });
    expect((await gateway.tunnel!.take()).body.toString()).toBe(orderAfter);
    await gateway.send({ headers: [json], body: Buffer.from(order) });
    expect((await gateway.production.take()).body.toString()).toBe(order);
  });
});

describe.each(attachments)("always active, %s", (attachment) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment, policy: { ...cardPolicy, activation: { always: true } } });
  });
  afterAll(() => gateway?.stop());

  test("every request is redacted", async () => {
    await gateway.send({ headers: [json], body: Buffer.from(order) });
    expect((await gateway.production.take()).body.toString()).toBe(orderAfter);
  });
});

describe("a route into the tunnel that matches on the emergency header", () => {
  const kept = { ...cardPolicy, activation: { verify: "presence", keepHeader: true } };
  let gateway: TestGateway;
  afterAll(() => gateway?.stop());

  /** Sends an emergency order and tells which service got what of it. */
  async function arrival(options: GatewayOptions) {
    gateway = await TestGateway.start({ ...options, tunnel: true });
    try {
      expect((await gateway.send({ headers: [json, active], body: Buffer.from(order) })).status).toBe(200);
      const service = gateway.tunnel!.arrived > 0 ? "tunnel" : "production";
      const received = await (service === "tunnel" ? gateway.tunnel! : gateway.production).take();
      return { service, body: received.body.toString(), emergency: header(received.headers, active[0]) };
    } finally {
      await gateway.stop();
    }
  }

  test("upstream, the filter removes the header after the route was taken", async () => {
    expect(await arrival({ attachment: "upstream" })).toEqual({
      service: "tunnel",
      body: orderAfter,
      emergency: undefined,
    });
  });

  test("upstream, it is removed even if the policy keeps it downstream", async () => {
    expect(await arrival({ attachment: "upstream", policy: kept })).toEqual({
      service: "tunnel",
      body: orderAfter,
      emergency: undefined,
    });
  });

  test("downstream, its removal makes Envoy choose again, and the tunnel is missed", async () => {
    // ABI 0.2.1 clears the route cache on each change of a request header: why `activation.keepHeader` exists.
    expect(await arrival({ attachment: "downstream" })).toEqual({
      service: "production",
      body: orderAfter,
      emergency: undefined,
    });
  });

  test("downstream with keepHeader, the route removes it", async () => {
    expect(await arrival({ attachment: "downstream", policy: kept, routeRemovesHeader: true })).toEqual({
      service: "tunnel",
      body: orderAfter,
      emergency: undefined,
    });
  });

  test("kept downstream, removed by the same filter upstream", async () => {
    expect(await arrival({ attachment: "both", policy: kept })).toEqual({
      service: "tunnel",
      body: orderAfter,
      emergency: undefined,
    });
  });
});
