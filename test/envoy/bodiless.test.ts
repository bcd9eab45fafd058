// Answers that have no body by their status, or to HEAD, with bytes behind them all the same. Envoy's codecs send none of
// those on; but another filter may set the status, or ask for more than the head, and then Envoy does. Nothing of that goes
// by the filter. Interim answers (1xx) come to no filter at all: what they hold passes where Envoy is told to pass them.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../scripts/manifest/filter.ts";
import { active, json, placements, TestGateway } from "../support/envoy.ts";
import { RawConnection } from "../support/envoy-socket.ts";
import { RawUpstream, type Step } from "../support/raw-upstream.ts";

const secret = '{"cvc":"98765x"}';
const mail: [string, string] = ["x-user-email", "ann@example.org"];
const length: [string, string] = ["content-length", String(secret.length)];
const policy = {
  name: "back",
  activation: { verify: "presence" },
  rules: [{ name: "cvv", on: "response", select: ["json:$..cvc", "header:x-user-email"], action: "redact" }],
};
/** The end of a second exchange on the same connection: what came before it is all that the first one was. */
const last = '{"is":"last"}';

/** All bytes that come back for a request and, unless the connection is cut, a plain one behind it. */
async function exchange(port: number, service: RawUpstream, method: string, answer: Step[]): Promise<string> {
  service.answer = answer;
  const connection = new RawConnection(port);
  const ask = (by: string, path: string) => `${by} ${path} HTTP/1.1\r\nhost: shop\r\n${active.join(": ")}\r\n\r\n`;
  await connection.write(ask(method, "/first"));
  await connection.until(/^HTTP\/1\.1 [\s\S]*\r\n\r\n/);
  service.answer = answered(service.protocol, [":status", "200"], last);
  await connection.write(ask("GET", "/second"));
  await connection.untilOrClosed(/"last"}/);
  connection.close();
  return connection.text;
}

const answered = (protocol: string, status: [string, string], body: string): Step[] => [
  { head: [status, json, ["content-length", String(body.length)]] },
  { data: body, end: protocol === "http2" },
];

const bare = [
  ["GET", "204"],
  ["GET", "304"],
  ["HEAD", "200"],
] as const;
const chunked = `${secret.length.toString(16)}\r\n${secret}\r\n0\r\n\r\n`;
const steps: Record<string, (head: [string, string]) => Step[]> = {
  "http1, a length": (head) => [{ head: [head, json, length] }, { data: secret }],
  "http1, chunks": (head) => [{ head: [head, json, ["transfer-encoding", "chunked"]] }, { data: chunked }],
  "http1, neither": (head) => [{ head: [head, json] }, { data: secret }],
  "http1, a length of 0": (head) => [{ head: [head, json, ["content-length", "0"]] }, { data: secret }],
  "http2, a length": (head) => [{ head: [head, json, length] }, { data: secret, end: true }],
  "http2, none": (head) => [{ head: [head, json] }, { data: secret, end: true }],
  "http2, behind the end": (head) => [
    { head: [head, json], end: true },
    { data: secret, end: true },
  ],
  "http2, trailers behind": (head) => [{ head: [head, json] }, { data: secret }, { head: [mail], end: true }],
};

describe.each(placements)("$attachment, $protocol behind it", ({ attachment, protocol }) => {
  let service: RawUpstream;
  let gateway: TestGateway;
  beforeAll(async () => {
    service = await RawUpstream.start(protocol);
    gateway = await TestGateway.start({ attachment, policy, service });
  });
  afterAll(async () => {
    await gateway?.stop();
    await service?.close();
  });

  const mine = Object.entries(steps).filter(([name]) => name.startsWith(protocol));
  test.each(mine)("the codec sends nothing on: %s", async (_, answer) => {
    for (const [method, status] of bare) {
      const text = await exchange(gateway.port, service, method, answer([":status", status]));
      expect(text).not.toMatch(/98765|ann@/);
    }
    expect(gateway.envoy.running).toBe(true);
  });

  test("a 205 has a body, and it is judged", async () => {
    const text = await exchange(gateway.port, service, "GET", answered(protocol, [":status", "205"], secret));
    expect(text).toContain('{"cvc":"[redacted]"}');
    expect(text).not.toContain("98765");
  });

  test.each(["100", "102", "103", "104", "150", "199"])("a %s does not reach the client", async (status) => {
    const answer: Step[] = [{ head: [[":status", status], mail] }, ...answered(protocol, [":status", "200"], secret)];
    const text = await exchange(gateway.port, service, "GET", answer);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n[\s\S]*{"cvc":"\[redacted]"}/);
    expect(text).not.toMatch(/98765|ann@/);
  });

  test("a 101 that nobody asked for is refused", async () => {
    service.answer = [{ head: [[":status", "101"], mail, ["upgrade", "x"]] }, { data: secret }];
    const connection = new RawConnection(gateway.port);
    await connection.write(`GET / HTTP/1.1\r\nhost: shop\r\n${active.join(": ")}\r\n\r\n`);
    await connection.until(/^HTTP\/1\.1 502 [\s\S]*\r\n\r\n/);
    connection.close();
    expect(connection.text).not.toMatch(/98765|ann@/);
  });
});

const lua = (code: string): JsonObject => ({
  name: "envoy.filters.http.lua",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
    default_source_code: { inline_string: code },
  },
});
const setting = (status: string) =>
  lua(`function envoy_on_response(h) h:headers():replace(":status", "${status}") end`);
const asking = lua('function envoy_on_request(h) h:headers():replace(":method", "GET") end');

describe.each(["downstream", "upstream"] as const)("behind another filter, %s", (attachment) => {
  test.each([
    ["a status of 204", "GET", setting("204")],
    ["a status of 304", "GET", setting("304")],
    ["GET in place of HEAD", "HEAD", asking],
  ])("that makes it %s, nothing leaves unread", async (_, method, filter) => {
    const service = await RawUpstream.start("http1");
    try {
      for (const filtered of [false, true]) {
        // Without a rule on bodies of answers the bytes pass like any others: so this is what Envoy makes of them.
        const own = filtered ? policy : { ...policy, rules: [{ ...policy.rules[0], select: "header:x-user-email" }] };
        const gateway = await TestGateway.start({ attachment, policy: own, service, behind: [filter] });
        try {
          service.answer = answered("http1", [":status", "200"], secret);
          const connection = new RawConnection(gateway.port);
          const head = `${method} / HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n${active.join(": ")}\r\n\r\n`;
          await connection.write(head);
          await connection.untilClosed();
          expect(connection.text).toMatch(/^HTTP\/1\.1 (204|304|200) /);
          expect(connection.text.includes(secret)).toBe(!filtered);
          expect(connection.text.includes(length.join(": "))).toBe(!filtered);
        } finally {
          await gateway.stop();
        }
      }
    } finally {
      await service.close();
    }
  });
});

describe.each(["downstream", "upstream"] as const)("with interim answers let through, %s", (attachment) => {
  test("their headers come to no filter", async () => {
    const service = await RawUpstream.start("http1");
    const gateway = await TestGateway.start({ attachment, policy, service, interim: true });
    try {
      const answer: Step[] = [{ head: [[":status", "103"], mail] }, ...answered("http1", [":status", "200"], secret)];
      const text = await exchange(gateway.port, service, "GET", answer);
      // A fact of Envoy to know of, not a wish: README and `manifest --check` say so.
      expect(text).toMatch(/^HTTP\/1\.1 103 [\s\S]*ann@example\.org[\s\S]*HTTP\/1\.1 200 OK/);
      expect(text).not.toContain("98765");
    } finally {
      await gateway.stop();
      await service.close();
    }
  });
});
