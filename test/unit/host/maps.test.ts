import { describe, expect, test } from "vitest";
import { HeaderMap, type Pair } from "../../../scripts/host/headers.ts";
import { pairsSize, readPairs, writePairs } from "../../../scripts/host/pairs.ts";
import { type Call, call, fetchBytes, Guest, OK, out, POST, type Result } from "./guest.ts";

const OK_STATUS = 0;
const NOT_FOUND = 1;
const BAD_ARGUMENT = 2;
const INVALID_MEMORY = 6;

const serialized = (pairs: Pair[]): Uint8Array => {
  const target = new Uint8Array(pairsSize(pairs));
  writePairs(pairs, target);
  return target;
};

describe("a header map", () => {
  test("keeps order, lower-cases names and puts pseudo-headers first", () => {
    const map = new HeaderMap("request", [
      ["X-B", "1"],
      [":path", "/"],
      ["x-a", "2"],
      [":method", "GET"],
    ]);
    expect(map.pairs()).toEqual([
      [":path", "/"],
      [":method", "GET"],
      ["x-b", "1"],
      ["x-a", "2"],
    ]);
    map.remove(":path");
    map.add(":scheme", "http");
    expect(map.pairs().map(([name]) => name)).toEqual([":method", ":scheme", "x-b", "x-a"]);
  });

  test("repeats names, except those that Envoy keeps in one slot", () => {
    const map = new HeaderMap("request", [
      ["cookie", "a=1"],
      ["cookie", "b=2"],
      ["content-type", "application/json"],
      ["Content-Type", "text/html"],
    ]);
    expect(map.pairs()).toEqual([
      ["cookie", "a=1"],
      ["cookie", "b=2"],
      ["content-type", "application/json,text/html"],
    ]);
    expect(map.get("Cookie")).toBe("a=1");
  });

  test("has slots for other names in answers, and in trailers", () => {
    const given: Pair[] = [
      ["accept-encoding", "gzip"],
      ["accept-encoding", "br"],
      ["vary", "a"],
      ["vary", "b"],
      ["grpc-message", "c"],
      ["grpc-message", "d"],
    ];
    const [encodings, vary, message]: Pair[] = [
      ["accept-encoding", "gzip,br"],
      ["vary", "a,b"],
      ["grpc-message", "c,d"],
    ];
    expect(new HeaderMap("request", given).pairs()).toEqual([encodings, ...given.slice(2)]);
    expect(new HeaderMap("response", given).pairs()).toEqual([...given.slice(0, 2), vary, message]);
    expect(new HeaderMap("request trailers", given).pairs()).toEqual(given);
    expect(new HeaderMap("response trailers", given).pairs()).toEqual([...given.slice(0, 4), message]);
  });

  test("replace removes every value and moves to the end", () => {
    const map = new HeaderMap("request", [
      ["x", "1"],
      ["y", "2"],
      ["x", "3"],
    ]);
    map.replace("X", "4");
    expect(map.pairs()).toEqual([
      ["y", "2"],
      ["x", "4"],
    ]);
    expect(map.byteSize).toBe(4);
  });

  test("refuses characters that are not one byte", () => {
    expect(() => new HeaderMap("request", [["x", "日本"]])).toThrow(/U\+00FF/);
    expect(new HeaderMap("request", [["x", "\u00ff"]]).get("x")).toBe("\u00ff");
  });
});

describe("serialized pairs", () => {
  const pairs: Pair[] = [
    ["a", "1"],
    ["", ""],
    ["bc", "\u00ff\u0000"],
  ];

  test("read back as written", () => {
    expect(readPairs(serialized(pairs))).toEqual(pairs);
    expect([...serialized([["k", "v"]])]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0x6b, 0, 0x76, 0]);
  });

  test("damage reads as the empty list", () => {
    const good = serialized(pairs);
    for (let length = 0; length < good.length; length++) expect(readPairs(good.slice(0, length))).toEqual([]);
    expect(readPairs(Uint8Array.of(...good, 0))).toEqual([]);
    const unterminated = serialized([["k", "v"]]);
    unterminated[13] = 1;
    expect(readPairs(unterminated)).toEqual([]);
    const huge = serialized([["k", "v"]]);
    huge[7] = 0xff;
    expect(readPairs(huge)).toEqual([]);
    expect(readPairs(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toEqual([]);
  });
});

describe("maps over the ABI", () => {
  const run = (script: () => Generator<Call, void, Result>, event = "request_headers") => {
    const guest = new Guest();
    guest.on(event, function* () {
      yield* script();
      return 0;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders([...POST, ["a", "1"], ["a", "2"]], false);
    stream.requestBody(new Uint8Array(3), true);
    stream.responseHeaders(OK, true);
    stream.close();
    return stream;
  };

  test("get gives the first value, NotFound for an absent name", () => {
    run(function* () {
      const first = yield* fetchBytes("proxy_get_header_map_value", 0, "A");
      expect([...first.bytes]).toEqual([0x31]);
      const missing = yield call("proxy_get_header_map_value", 0, "b", out(0), out(4));
      expect(missing.status).toBe(NOT_FOUND);
    });
  });

  test("an empty value is a null pointer", () => {
    run(function* () {
      yield call("proxy_replace_header_map_value", 0, "e", "");
      const empty = yield* fetchBytes("proxy_get_header_map_value", 0, "e");
      expect(empty).toEqual({ status: OK_STATUS, bytes: new Uint8Array(0) });
    });
  });

  test("changes leave with the headers", () => {
    const stream = run(function* () {
      yield call("proxy_add_header_map_value", 0, "A", "3");
      yield call("proxy_replace_header_map_value", 0, ":path", "/new");
      yield call("proxy_add_header_map_value", 0, "b", "x");
      yield call("proxy_remove_header_map_value", 0, "b");
    });
    expect(stream.upstream.headers).toEqual([
      [":method", "POST"],
      [":scheme", "http"],
      [":authority", "localhost"],
      [":path", "/new"],
      ["a", "1"],
      ["a", "2"],
      ["a", "3"],
    ]);
  });

  test("all pairs out and in", () => {
    const stream = run(function* () {
      const all = yield* fetchBytes("proxy_get_header_map_pairs", 0);
      expect(readPairs(all.bytes)).toEqual([...POST, ["a", "1"], ["a", "2"]]);
      const size = yield call("proxy_get_header_map_size", 0, out(0));
      expect(size.out.getUint32(0, true)).toBe([...POST.flat(), "a1a2"].join("").length);
      const next = serialized([["z", "1"], ...POST, ["Z", "2"]]);
      expect(yield call("proxy_set_header_map_pairs", 0, next)).toMatchObject({ status: OK_STATUS });
    });
    expect(stream.upstream.headers).toEqual([...POST, ["z", "1"], ["z", "2"]]);
  });

  test("a map outside its phase is BadArgument, all its pairs are the empty list", () => {
    run(function* () {
      for (const type of [1, 2, 3, 6, 7]) {
        for (const refused of [
          call("proxy_get_header_map_value", type, "a", out(0), out(4)),
          call("proxy_add_header_map_value", type, "a", "b"),
          call("proxy_replace_header_map_value", type, "a", "b"),
          call("proxy_remove_header_map_value", type, "a"),
          call("proxy_get_header_map_size", type, out(0)),
          call("proxy_set_header_map_pairs", type, serialized([])),
        ]) {
          expect(yield refused).toMatchObject({ status: BAD_ARGUMENT });
        }
        const pairs = yield* fetchBytes("proxy_get_header_map_pairs", type);
        expect(pairs).toEqual({ status: OK_STATUS, bytes: new Uint8Array(0) });
      }
      expect(yield call("proxy_get_header_map_pairs", 8, out(0), out(4))).toMatchObject({ status: BAD_ARGUMENT });
      expect(yield call("proxy_add_header_map_value", -1, "a", "b")).toMatchObject({ status: BAD_ARGUMENT });
    });
  });

  test("headers that were let go are out of reach, held ones are not", () => {
    run(function* () {
      expect(yield call("proxy_remove_header_map_value", 0, "a")).toMatchObject({ status: BAD_ARGUMENT });
    }, "request_body");
    const guest = new Guest().answer("request_headers", 1).on("request_body", function* () {
      yield call("proxy_replace_header_map_value", 0, "content-length", "3");
      return 0;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(new Uint8Array(3), true);
    expect(stream.upstream.headers).toEqual([...POST, ["content-length", "3"]]);
  });

  test("asking for trailers at the end of a body creates them", () => {
    const stream = run(function* () {
      expect(yield call("proxy_add_header_map_value", 1, "T", "1")).toMatchObject({ status: OK_STATUS });
    }, "request_body");
    expect(stream.upstream).toMatchObject({ trailers: [["t", "1"]], ended: true });
  });

  test("the log phase sees the final headers, and NotFound where there is none", () => {
    run(function* () {
      const status = yield* fetchBytes("proxy_get_header_map_value", 2, ":status");
      expect(new TextDecoder().decode(status.bytes)).toBe("200");
      expect(yield call("proxy_get_header_map_value", 3, "x", out(0), out(4))).toMatchObject({ status: NOT_FOUND });
      expect(yield call("proxy_add_header_map_value", 2, "x", "y")).toMatchObject({ status: BAD_ARGUMENT });
    }, "log");
  });

  test("pointers outside memory are refused and change nothing", () => {
    const stream = run(function* () {
      for (const refused of [
        call("proxy_add_header_map_value", 0, -4, 8, -1, 1),
        call("proxy_replace_header_map_value", 0, "a", 0x7fffffff, 0x7fffffff),
        call("proxy_remove_header_map_value", 0, -1, -1),
        call("proxy_get_header_map_value", 0, "a", -2, 0),
        call("proxy_get_header_map_pairs", 0, out(0), -3),
        call("proxy_set_header_map_pairs", 0, 0, -1),
      ]) {
        expect(yield refused).toMatchObject({ status: INVALID_MEMORY });
      }
    });
    expect(stream.upstream.headers).toEqual([...POST, ["a", "1"], ["a", "2"]]);
  });
});
