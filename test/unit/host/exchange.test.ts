import { describe, expect, test } from "vitest";
import { chunksOf } from "../../../scripts/host/chunks.ts";
import { type Exchange, Random, runExchange } from "../../../scripts/host/index.ts";
import { bytes, type Call, call, Guest, out, type Result, text } from "./guest.ts";

const exchange: Exchange = {
  request: {
    method: "POST",
    path: "/pay",
    headers: [
      ["Host", "shop.test"],
      ["content-type", "text/plain"],
    ],
    body: bytes("hello"),
  },
  response: { status: 201, headers: [["server", "x"]], body: bytes("world") },
};

function* refuse(): Generator<Call, number, Result> {
  yield call("proxy_send_local_response", 403, "frostglass_x", `{"code":"rule_block"}`, new Uint8Array(4), -1);
  return 0;
}

describe("an exchange", () => {
  test("goes through", () => {
    const guest = new Guest();
    const result = runExchange(guest.plugin(), exchange);
    expect(result).toEqual({
      outcome: "forwarded",
      request: {
        headers: [
          [":method", "POST"],
          [":path", "/pay"],
          [":scheme", "http"],
          [":authority", "shop.test"],
          ["content-type", "text/plain"],
        ],
        body: bytes("hello"),
      },
      requestComplete: true,
      response: {
        status: 201,
        headers: [
          [":status", "201"],
          ["server", "x"],
        ],
        body: bytes("world"),
      },
      responseComplete: true,
      rules: {},
      released: 0,
    });
    expect(guest.calls.at(-1)).toBe("delete(2)");
  });

  test("without bodies ends on headers; without a recorded response it is forwarded", () => {
    const guest = new Guest();
    const result = runExchange(guest.plugin(), { request: { method: "GET", path: "/", headers: [] } });
    expect(result).toMatchObject({ outcome: "forwarded", requestComplete: true, response: undefined });
    expect(result.request?.headers[3]).toEqual([":authority", "localhost"]);
    expect(guest.calls).toContain("request_headers(2,4,1)");
  });

  test("with an empty last piece, and with trailers", () => {
    const guest = new Guest();
    const plugin = guest.plugin();
    runExchange(plugin, exchange, { endOnEmpty: true, chunk: 3 });
    expect(guest.calls.filter((line) => line.startsWith("request_body"))).toEqual([
      "request_body(2,3,0)",
      "request_body(2,2,0)",
      "request_body(2,0,1)",
    ]);
    const withTrailers = { request: { ...exchange.request, trailers: [["t", "1"]] as [string, string][] } };
    const result = runExchange(plugin, withTrailers, { endOnEmpty: true });
    expect(result.request).toMatchObject({ body: bytes("hello"), trailers: [["t", "1"]] });
    expect(guest.calls).toContain("request_body(3,5,0)");
  });

  test("blocked before release", () => {
    const result = runExchange(new Guest().on("request_headers", refuse).plugin(), exchange);
    expect(result).toMatchObject({
      outcome: "blocked",
      request: undefined,
      requestComplete: false,
      response: { status: 403 },
      reason: "rule_block",
      localReply: { status: 403, details: "frostglass_x" },
    });
  });

  test("blocked in the response", () => {
    const result = runExchange(new Guest().on("response_headers", refuse).plugin(), exchange);
    expect(result).toMatchObject({ outcome: "blocked", requestComplete: true, response: { status: 403 } });
  });

  test("cut after release of a request, with what had left", () => {
    const guest = new Guest().on("request_body", function* (_id, _size, end) {
      return end ? yield* refuse() : 0;
    });
    const result = runExchange(guest.plugin(), exchange, { chunk: [2, 2] });
    expect(result).toMatchObject({ outcome: "cut", released: 4, requestComplete: false, response: { status: 403 } });
    expect(text(result.request!.body)).toBe("hell");
  });

  test("cut after release of a response", () => {
    const guest = new Guest().on("response_body", function* (_id, _size, end) {
      return end ? yield* refuse() : 0;
    });
    const result = runExchange(guest.plugin(), exchange, { chunk: "each" });
    expect(result).toMatchObject({
      outcome: "cut",
      released: 4,
      requestComplete: true,
      responseComplete: false,
      response: { status: 201, body: bytes("worl") },
      reason: "rule_block",
    });
    expect(result.localReply).toBeUndefined();
  });

  test("hung", () => {
    const guest = new Guest().answer("request_headers", 1);
    expect(runExchange(guest.plugin(), exchange, { holdHeaders: false })).toMatchObject({ outcome: "hung" });
    const response = new Guest().answer("response_headers", 4);
    expect(runExchange(response.plugin(), exchange)).toMatchObject({ outcome: "hung", requestComplete: true });
  });

  test("failed by a trap", () => {
    const guest = new Guest().on("request_headers", function* () {
      yield call("trap");
      return 0;
    });
    expect(runExchange(guest.plugin(), exchange)).toMatchObject({ outcome: "blocked", reason: "wasm_fail_stream" });
  });

  test("counts rules of this exchange only, and reads the reason of a bare cut from the outcome counter", () => {
    const guest = new Guest();
    const count = function* (name: string): Generator<Call, void, Result> {
      const { out: words } = yield call("proxy_define_metric", 0, name, out(0));
      yield call("proxy_increment_metric", words.getUint32(0, true), 2, 0);
    };
    guest
      .on("log", function* () {
        yield* count("frostglass.values_total.shop.mask.card.number");
        yield* count("frostglass.requests_total.shop.json_syntax");
        return 0;
      })
      .on("request_body", function* () {
        yield call("proxy_close_stream", 0);
        return 0;
      });
    const plugin = guest.plugin();
    for (let i = 0; i < 2; i++) {
      expect(runExchange(plugin, exchange)).toMatchObject({
        outcome: "cut",
        released: 0,
        rules: { "card.number": 2 },
        reason: "json_syntax",
      });
    }
    expect(guest.vm.metrics.get("frostglass.values_total.shop.mask.card.number")).toBe(4n);
  });

  test("passes properties and attachment on", () => {
    const guest = new Guest().on("request_headers", function* () {
      const cluster = yield call("proxy_get_property", "xds\0cluster_name", out(0), out(4));
      expect(cluster.out.getUint32(4, true)).toBe(3);
      return yield* refuse();
    });
    const options = { properties: { "xds.cluster_name": "web" }, attachment: "upstream" } as const;
    expect(runExchange(guest.plugin(), exchange, options)).toMatchObject({ outcome: "blocked" });
    expect(guest.calls.some((line) => line.startsWith("response"))).toBe(false);
  });
});

describe("chunks", () => {
  const body = Uint8Array.from({ length: 10_000 }, (_, i) => i);
  const sizes = (...parameters: Parameters<typeof chunksOf>) => chunksOf(...parameters).map((piece) => piece.length);

  test("by size, by list, one by one", () => {
    expect(sizes(body, undefined)).toEqual([10_000]);
    expect(sizes(body, 4000)).toEqual([4000, 4000, 2000]);
    expect(sizes(body, [1, 0, 2])).toEqual([1, 1, 2, 9996]);
    expect(sizes(body, "each")).toHaveLength(10_000);
    expect(sizes(new Uint8Array(0), "each")).toEqual([0]);
  });

  test("by seed: the same seed cuts the same, and all bytes are there", () => {
    for (let seed = 0; seed < 50; seed++) {
      const pieces = chunksOf(body, { random: seed });
      expect(pieces.map((piece) => piece.length)).toEqual(sizes(body, { random: seed }));
      expect(Buffer.concat(pieces).equals(body)).toBe(true);
      expect(pieces.every((piece) => piece.length > 0)).toBe(true);
    }
    expect(sizes(body, { random: 1 })).not.toEqual(sizes(body, { random: 2 }));
  });
});

describe("the generator", () => {
  test("gives the same numbers everywhere", () => {
    const random = new Random(1);
    expect([random.next(), random.next(), random.next()]).toMatchInlineSnapshot(`
      [
        2527132011,
        314344336,
        2535364964,
      ]
    `);
  });

  test("spreads over its range", () => {
    const random = new Random(42);
    const seen = new Array<number>(8).fill(0);
    for (let i = 0; i < 8000; i++) seen[random.below(8)]!++;
    for (const count of seen) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
