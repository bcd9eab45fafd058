// What only HTTP/1.1 does: connections that serve several requests, in turn or pipelined, and answers without a body.
import { Agent, request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, header, json, order, orderAfter, TestGateway } from "../support/envoy.ts";
import { RawConnection } from "../support/envoy-socket.ts";

const post = (body: string, extra = "") =>
  `POST /order HTTP/1.1\r\nhost: shop\r\n${active.join(": ")}\r\n${json.join(": ")}\r\n${extra}` +
  `content-length: ${body.length}\r\n\r\n${body}`;

describe.each(["downstream", "upstream"] as const)("%s", (attachment) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment });
  });
  afterAll(() => gateway?.stop());

  test("requests on one kept connection, a refused one among them", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const statuses: number[] = [];
    for (const body of [order, "{", order, "{}"]) {
      const headers = Object.fromEntries([active, json, ["content-length", String(body.length)]]);
      statuses.push(
        await new Promise((resolve, reject) => {
          const sent = request({ port: gateway.port, method: "POST", agent, headers }, (response) => {
            response.resume().on("end", () => resolve(response.statusCode ?? 0));
          });
          sent.on("error", reject).end(body);
        }),
      );
    }
    agent.destroy();
    expect(statuses).toEqual([200, 400, 200, 200]);
    for (const body of [orderAfter, orderAfter, "{}"]) {
      expect((await gateway.production.take()).body.toString()).toBe(body);
    }
  });

  test("pipelined requests are answered in order, each redacted on its own", async () => {
    let answers = 0;
    gateway.production.reply = () => ({ body: Buffer.from(`answer ${++answers}.`) });
    const connection = new RawConnection(gateway.port);
    const plain = "GET /plain HTTP/1.1\r\nhost: shop\r\n\r\n";
    await connection.write(post(order) + plain + post('{"card":{"cvc":1}}') + post("{"));
    await connection.until(/answer 1\.[\s\S]*answer 2\.[\s\S]*answer 3\.[\s\S]*HTTP\/1\.1 400/);
    connection.close();
    expect((await gateway.production.take()).body.toString()).toBe(orderAfter);
    expect(await gateway.production.take()).toMatchObject({ path: "/plain", length: 0 });
    expect((await gateway.production.take()).body.toString()).toBe('{"card":{}}');
    gateway.production.reply = () => ({});
  });

  test("a pipelined pair that arrives byte by byte", async () => {
    const connection = new RawConnection(gateway.port);
    for (const byte of post(order) + post("{}")) await connection.write(byte);
    await connection.until(/200 OK[\s\S]*200 OK/);
    connection.close();
    expect((await gateway.production.take()).body.toString()).toBe(orderAfter);
    expect((await gateway.production.take()).body.toString()).toBe("{}");
  });

  test("Expect: 100-continue is answered before the body, which is then redacted", async () => {
    const connection = new RawConnection(gateway.port);
    const [head, body] = post(order, "expect: 100-continue\r\n").split("\r\n\r\n") as [string, string];
    await connection.write(`${head}\r\n\r\n`);
    await connection.until(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    await connection.write(body);
    await connection.until(/HTTP\/1\.1 200 OK/);
    connection.close();
    expect((await gateway.production.take()).body.toString()).toBe(orderAfter);
  });

  test("a HEAD request gets the head as the service gave it", async () => {
    gateway.production.reply = () => ({ headers: [json, ["content-length", "1234"]] });
    const response = await gateway.send({ method: "HEAD", headers: [active] });
    expect(response).toMatchObject({ status: 200, complete: true });
    expect(header(response.headers, "content-length")).toBe("1234");
    await gateway.production.take();
  });

  test.each([204, 304])("a %i has no body and is no malformed one", async (status) => {
    gateway.production.reply = () => ({ status, headers: [["etag", '"a"'], json] });
    const response = await gateway.send({ method: "GET", headers: [active] });
    expect(response).toMatchObject({ status, complete: true });
    expect(header(response.headers, "etag")).toBe('"a"');
    expect(response.body.length).toBe(0);
    await gateway.production.take();
    gateway.production.reply = () => ({});
  });

  test("chunks of any size, with extensions", async () => {
    const connection = new RawConnection(gateway.port);
    const chunks = [order.slice(0, 1), order.slice(1, 33), order.slice(33)];
    const body = chunks.map((chunk) => `${chunk.length.toString(16)};x=y\r\n${chunk}\r\n`).join("");
    const head = `POST / HTTP/1.1\r\nhost: shop\r\n${active.join(": ")}\r\n${json.join(": ")}\r\n`;
    await connection.write(`${head}transfer-encoding: chunked\r\n\r\n${body}0\r\n\r\n`);
    await connection.until(/HTTP\/1\.1 200 OK/);
    connection.close();
    expect((await gateway.production.take()).body.toString()).toBe(orderAfter);
  });
});
