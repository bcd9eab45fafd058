// Streams of which one side has ended, or is refused, while the other goes on: whatever comes then does not leave unread.
import { type ClientHttp2Stream, connect, createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { active, TestGateway } from "../support/envoy.ts";

const policy = {
  name: "both",
  activation: { verify: "presence" },
  limits: { hold: "1KiB" },
  rules: [
    { name: "cvc", on: ["request", "response"], select: ["json:$..cvc", "header:x-user-email"], action: "redact" },
  ],
};
/** More than is held: the service has the start of the request. */
const start = `{"pad":"${"x".repeat(3000)}",`;
const rest = '"cvc":"of-request"}';
const answer = '{"cvc":"of-answer"}';
const secrets = /of-request|of-answer/;
const json = { ":status": 200, "content-type": "application/json" };
/** Of these nothing is held. */
const lines = { ":status": 200, "content-type": "application/x-ndjson" };

/** One request, and both ends of it in the hand. */
class Call {
  readonly request: ClientHttp2Stream;
  /** What came to the service, and to the client. */
  sent = "";
  got = "";
  status = 0;
  /** Nothing more comes to the client. Envoy 1.36 cuts a stream with what Node shows like an end. */
  isOver = false;
  readonly #arrived = Promise.withResolvers<ServerHttp2Stream>();
  readonly #session: ReturnType<typeof connect>;
  readonly #changed = new Set<() => void>();

  constructor(port: number, server: Http2Server) {
    server.once("stream", (stream) => {
      stream.on("error", () => {}).on("data", (chunk) => this.#note(() => (this.sent += chunk)));
      stream.on("end", () => this.#note(() => (this.sent += "|end")));
      this.#arrived.resolve(stream);
    });
    this.#session = connect(`http://127.0.0.1:${port}`).on("error", () => {});
    const headers = { ":method": "POST", ":path": "/", "content-type": "application/json", [active[0]]: active[1] };
    this.request = this.#session.request(headers, { endStream: false });
    this.request.on("response", (head) => this.#note(() => (this.status = head[":status"] ?? 0)));
    this.request.on("data", (chunk) => this.#note(() => (this.got += chunk)));
    this.request.on("trailers", (all) => this.#note(() => (this.got += `|${all["x-user-email"]}`)));
    this.request.on("end", () => this.#note(() => (this.got += "|end")));
    this.request.on("error", () => {});
    this.request.on("close", () => this.#note(() => (this.isOver = true)));
  }

  service(): Promise<ServerHttp2Stream> {
    return this.#arrived.promise;
  }

  /** Waits until it is so, and then for what may come behind it. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#changed.add(resolve));
    await sleep(100);
  }

  close(): void {
    this.#session.destroy();
  }

  #note(change: () => void): void {
    change();
    for (const wake of this.#changed) wake();
    this.#changed.clear();
  }
}

describe.each(["downstream", "upstream"] as const)("%s", (attachment) => {
  let server: Http2Server;
  let gateway: TestGateway;
  beforeAll(async () => {
    server = createServer().on("sessionError", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const service = { port: (server.address() as AddressInfo).port, protocol: "http2" as const };
    gateway = await TestGateway.start({ attachment, protocol: "http2", policy, service });
  });
  afterAll(async () => {
    await gateway?.stop();
    server?.close();
  });

  /** A request of which the service has the start. */
  async function begun<T>(act: (call: Call, service: ServerHttp2Stream) => Promise<T>): Promise<Call> {
    const call = new Call(gateway.port, server);
    call.request.write(start);
    const service = await call.service();
    await call.until(() => call.sent.length > 0);
    await act(call, service);
    call.close();
    expect(`${call.sent} ${call.got}`).not.toMatch(secrets);
    expect(gateway.envoy.running).toBe(true);
    return call;
  }

  test.each([
    ["goes on", rest],
    ["turns out malformed", "x x x"],
  ])("an answer that ends before its request, which %s", async (_, more) => {
    const call = await begun(async (call, service) => {
      service.respond(json);
      service.end(answer);
      await call.until(() => call.got.endsWith("|end"));
      if (!call.request.destroyed) call.request.end(more);
      await sleep(100);
    });
    expect(call.got).toBe('{"cvc":"[redacted]"}|end');
  });

  test("a request that turns out malformed while its answer is held", async () => {
    const call = await begun(async (call, service) => {
      service.respond(json);
      service.write(answer.slice(0, 12));
      await sleep(100);
      call.request.write("x x x");
      await call.until(() => call.got.endsWith("|end"));
      if (!service.destroyed) service.end(answer.slice(12));
      await sleep(100);
    });
    expect(call.status).toBe(400);
    expect(JSON.parse(call.got.replace(/\|end$/, ""))).toMatchObject({ code: "json_syntax", direction: "request" });
  });

  test("a request that turns out malformed in the middle of a value of its answer", async () => {
    const call = await begun(async (call, service) => {
      service.respond(lines);
      service.write(`${answer}\n${answer.slice(0, 12)}`);
      await call.until(() => call.got.includes("\n"));
      call.request.write("x x x");
      await call.until(() => call.isOver);
      if (!service.destroyed) service.end(`${answer.slice(12)}\n`);
      await sleep(100);
    });
    expect(call.got).toMatch(/^{"cvc":"\[redacted]"}\n[^}]*$/);
  });

  test("an answer that is refused while its request goes on", async () => {
    const call = await begun(async (call, service) => {
      service.respond(json);
      service.write("x x x");
      await call.until(() => call.got.endsWith("|end"));
      if (!call.request.destroyed) call.request.end(rest);
      await sleep(100);
    });
    expect(call.status).toBe(502);
    expect(call.sent.replace("|end", "")).toBe(start.slice(0, -1));
  });

  test("an answer that is cut while it is held", async () => {
    const call = await begun(async (call, service) => {
      service.respond(json);
      service.write(answer.slice(0, 12));
      await sleep(100);
      service.close(2);
      await call.until(() => call.isOver);
    });
    expect(call.status === 0 || call.status >= 500).toBe(true);
  });

  test("a request that is cut in the middle of a value", async () => {
    const call = await begun(async (call) => {
      call.request.write(rest.slice(0, 12));
      await sleep(100);
      call.request.close(8);
      await sleep(100);
    });
    expect(call.sent).not.toContain("}");
  });

  test("trailers that end an answer before its request ends", async () => {
    const call = await begun(async (call, service) => {
      service.respond(lines, { waitForTrailers: true });
      service.on("wantTrailers", () => service.sendTrailers({ "x-user-email": "of-answer@example.org" }));
      service.end(`${answer}\n`);
      await call.until(() => call.got.endsWith("|end"));
    });
    expect(call.got).toBe('{"cvc":"[redacted]"}\n|[redacted]|end');
  });
});
