// After an upgrade the bytes are no longer HTTP: refused while active, untouched while not.
import { connect as connect2 } from "node:http2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, TestGateway } from "../support/envoy.ts";
import { RawConnection } from "../support/envoy-socket.ts";

const websocket = (extra = "") =>
  "GET /socket HTTP/1.1\r\nhost: shop\r\nconnection: Upgrade\r\nupgrade: websocket\r\n" +
  `sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${extra}\r\n`;
const connectTo = (extra = "") => `CONNECT shop:443 HTTP/1.1\r\nhost: shop:443\r\n${extra}\r\n`;
const emergency = `${active.join(": ")}\r\n`;

describe.each(["downstream", "upstream"] as const)("%s", (attachment) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ attachment });
  });
  afterAll(() => gateway?.stop());

  test.each([
    ["a WebSocket", websocket(), /^HTTP\/1\.1 101/],
    ["CONNECT", connectTo(), /^HTTP\/1\.1 200/],
  ])("%s is free while inactive", async (_, request, answer) => {
    const connection = new RawConnection(gateway.port);
    await connection.write(request);
    await connection.until(answer);
    await connection.write("hello");
    await connection.until(/hello$/);
    connection.close();
    expect(await gateway.production.take()).toMatchObject({ upgrade: true });
  });

  test.each([
    ["a WebSocket", websocket(emergency), "upgrade"],
    ["CONNECT", connectTo(emergency), "connect"],
  ])("%s is refused while active", async (_, request, code) => {
    const before = gateway.production.arrived;
    const connection = new RawConnection(gateway.port);
    await connection.write(request);
    await connection.until(/^HTTP\/1\.1 403 [\s\S]*\r\n\r\n[\s\S]*}/);
    expect(connection.text).toContain(`"code":"${code}"`);
    connection.close();
    expect(gateway.production.arrived).toBe(before);
  });

  test.each([
    ["a WebSocket over HTTP/2", { ":protocol": "websocket", ":path": "/socket", ":scheme": "http" }, "upgrade"],
    ["CONNECT over HTTP/2", {}, "connect"],
  ])("%s is refused while active", async (_, extra, code) => {
    const before = gateway.production.arrived;
    const session = connect2(`http://127.0.0.1:${gateway.port}`);
    await new Promise((resolve) => session.once("remoteSettings", resolve));
    const stream = session.request({
      ":method": "CONNECT",
      ":authority": "shop:443",
      ...extra,
      [active[0]]: active[1],
    });
    const status = await new Promise((resolve, reject) => {
      stream.on("response", (headers) => resolve(headers[":status"])).on("error", reject);
    });
    let body = "";
    for await (const chunk of stream) body += chunk;
    session.destroy();
    expect(status).toBe(403);
    expect(JSON.parse(body).code).toBe(code);
    expect(gateway.production.arrived).toBe(before);
  });
});
