import { describe, expect, test } from "vitest";
import { HostCrash } from "../../../scripts/host/index.ts";
import { bytes, type Call, call, GET, Guest, OK, POST, type Result } from "./guest.ts";

const NO_HEADERS = new Uint8Array(4);
const TYPE_HEADER = Uint8Array.of(1, 0, 0, 0, 12, 0, 0, 0, 3, 0, 0, 0, ...bytes("Content-Type\0a/b\0"));
const reply = (status = 403, body = "no", headers = NO_HEADERS, grpc = -1): Call =>
  call("proxy_send_local_response", status, "some details", body, headers, grpc);

function* refuse(): Generator<Call, number, Result> {
  expect(yield reply()).toMatchObject({ status: 0 });
  return 0;
}

function* cut(): Generator<Call, number, Result> {
  expect(yield call("proxy_close_stream", 1)).toMatchObject({ status: 0 });
  return 0;
}

const forbidden = [
  [":status", "403"],
  ["content-length", "2"],
  ["content-type", "text/plain"],
];
const callbacks = (guest: Guest, prefix: string) => guest.calls.filter((line) => line.startsWith(prefix));

describe("a local reply", () => {
  test("to request headers runs back through the response callbacks; nothing more is delivered", () => {
    const guest = new Guest().on("request_headers", refuse);
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), false);
    stream.requestTrailers([]);
    stream.responseHeaders(OK, true);
    expect(stream.localReply).toMatchObject({ status: 403, details: "some_details", body: bytes("no") });
    expect(stream.downstream).toEqual({ headers: forbidden, body: [bytes("no")], ended: true, reset: false });
    expect(stream.upstream).toEqual({ body: [], ended: false, reset: false });
    expect(callbacks(guest, "re")).toEqual([
      "request_headers(2,4,0)",
      "response_headers(2,3,0)",
      "response_body(2,2,1)",
    ]);
  });

  test("in the middle of a streamed request resets the service and answers the client", () => {
    const guest = new Guest();
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), false);
    guest.on("request_body", refuse);
    stream.requestBody(bytes("b"), false);
    stream.requestBody(bytes("c"), true);
    expect(stream.upstream).toMatchObject({ body: [bytes("a")], ended: false, reset: true });
    expect(stream.downstream).toMatchObject({ headers: forbidden, ended: true, reset: false });
    expect(callbacks(guest, "request_body")).toHaveLength(2);
  });

  test("from trailers, and from a tick", () => {
    const guest = new Guest().answer("request_headers", 1).answer("request_body", 1).on("request_trailers", refuse);
    const plugin = guest.plugin();
    const stream = plugin.stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), false);
    stream.requestTrailers([]);
    expect([stream.localReply?.status, stream.upstream.headers]).toEqual([403, undefined]);

    const waiting = plugin.stream();
    waiting.requestHeaders(POST, false);
    guest.on("tick", function* () {
      yield call("proxy_set_effective_context", waiting.id);
      return yield* refuse();
    });
    plugin.tick();
    expect(waiting.downstream).toMatchObject({ headers: forbidden, ended: true });
  });

  test("can be changed by the filter's own response callbacks", () => {
    const guest = new Guest().on("request_headers", refuse).on("response_headers", function* () {
      yield call("proxy_replace_header_map_value", 2, "x-own", "1");
      return 0;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    expect(stream.downstream.headers).toContainEqual(["x-own", "1"]);
  });

  test("while the response is held goes straight out", () => {
    const guest = new Guest().answer("response_headers", 1).on("response_body", refuse);
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    stream.responseHeaders(OK, false);
    stream.responseBody(bytes("a"), false);
    stream.responseBody(bytes("b"), true);
    expect(stream.downstream).toMatchObject({ headers: forbidden, body: [bytes("no")], ended: true });
    expect(callbacks(guest, "response")).toEqual(["response_headers(2,1,0)", "response_body(2,1,0)"]);
  });

  test("after response headers were released cuts the stream", () => {
    const guest = new Guest().on("response_body", refuse);
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    stream.responseHeaders(OK, false);
    stream.responseBody(bytes("a"), false);
    expect(stream.downstream).toMatchObject({ headers: OK, body: [], ended: false, reset: true });
    expect(stream.localReply).toBeUndefined();
    expect(stream.lateReply).toMatchObject({ status: 403 });
  });

  test("in the upstream chain does not pass the filter", () => {
    for (const event of ["request_body", "response_headers"]) {
      const guest = new Guest().on(event, refuse);
      const stream = guest.plugin().stream({ attachment: "upstream" });
      stream.requestHeaders(POST, false);
      stream.requestBody(bytes("a"), true);
      stream.responseHeaders(OK, true);
      expect(stream.downstream).toMatchObject({ headers: forbidden, body: [bytes("no")], ended: true });
      expect(callbacks(guest, "response")).toHaveLength(event === "request_body" ? 0 : 1);
    }
  });

  test("twice: the first one counts", () => {
    const guest = new Guest().on("request_headers", function* () {
      yield reply(403);
      yield reply(500);
      return 0;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    expect(stream.downstream.headers?.[0]).toEqual([":status", "403"]);
  });

  test("keeps its own headers, has no body for HEAD, and speaks gRPC to gRPC", () => {
    const respond = (request: [string, string][], answer: Call) => {
      const guest = new Guest().on("request_headers", function* () {
        yield answer;
        return 0;
      });
      const stream = guest.plugin().stream();
      stream.requestHeaders(request, true);
      return stream.downstream;
    };
    expect(respond(GET, reply(400, "{}", TYPE_HEADER)).headers).toContainEqual(["content-type", "a/b"]);
    expect(respond(GET, reply(204, "", TYPE_HEADER))).toMatchObject({ headers: [[":status", "204"]], ended: true });
    const head = respond([[":method", "HEAD"], ...GET.slice(1)], reply());
    expect(head).toMatchObject({ headers: forbidden, body: [], ended: true });
    const grpc: [string, string][] = [...POST, ["content-type", "application/grpc"]];
    expect(respond(grpc, reply(403, "no: 100%"))).toEqual({
      headers: [
        [":status", "200"],
        ["content-type", "application/grpc"],
        ["grpc-status", "7"],
        ["grpc-message", "no: 100%25"],
      ],
      body: [],
      ended: true,
      reset: false,
    });
    expect(respond(grpc, reply(403, "", NO_HEADERS, 5)).headers).toContainEqual(["grpc-status", "5"]);
  });

  test("with pointers outside memory is refused", () => {
    const guest = new Guest().on("request_headers", function* () {
      const refused = yield call("proxy_send_local_response", 403, 0, 0, -1, 2, 0, 0, -1);
      expect(refused).toMatchObject({ status: 6 });
      return 0;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    expect(stream.upstream.ended).toBe(true);
  });
});

describe("close_stream", () => {
  test("cuts both sides", () => {
    const guest = new Guest().on("request_body", cut);
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), true);
    expect(stream.upstream).toMatchObject({ body: [], reset: true });
    expect(stream.downstream.reset).toBe(true);
  });

  test("cuts a response in the middle", () => {
    const guest = new Guest();
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    stream.responseHeaders(OK, false);
    stream.responseBody(bytes("a"), false);
    guest.on("response_body", cut);
    stream.responseBody(bytes("b"), false);
    stream.responseBody(bytes("c"), true);
    expect(stream.downstream).toMatchObject({ body: [bytes("a")], ended: false, reset: true });
    expect(callbacks(guest, "response_body")).toHaveLength(2);
  });

  test("of another kind of stream", () => {
    const guest = new Guest().on("request_headers", function* () {
      for (const kind of [2, 3]) expect(yield call("proxy_close_stream", kind)).toMatchObject({ status: 0 });
      expect(yield call("proxy_close_stream", 4)).toMatchObject({ status: 2 });
      expect(yield call("proxy_continue_stream", 2)).toMatchObject({ status: 0 });
      expect(yield call("proxy_continue_stream", 3)).toMatchObject({ status: 12 });
      expect(yield call("proxy_continue_stream", 4)).toMatchObject({ status: 2 });
      return 0;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    expect(stream.upstream.ended).toBe(true);
  });
});

describe("what crashes Envoy", () => {
  const both = [reply(), call("proxy_close_stream", 1)];
  const cases: [string, Call[]][] = [
    ["a local reply, then close_stream", both],
    ["close_stream, then a local reply", both.toReversed()],
    ["two local replies after release", [reply(), reply()]],
    ["close_stream twice", [call("proxy_close_stream", 0), call("proxy_close_stream", 1)]],
  ];
  test.each(cases)("%s", (_title, calls) => {
    const guest = new Guest().on("response_body", function* () {
      for (const each of calls) yield each;
      return 0;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    stream.responseHeaders(OK, false);
    expect(() => stream.responseBody(bytes("a"), false)).toThrow(HostCrash);
  });

  test.each(cases.slice(0, 2))("%s, before release too", (_title, calls) => {
    const guest = new Guest().on("request_headers", function* () {
      for (const each of calls) yield each;
      return 0;
    });
    expect(() => guest.plugin().stream().requestHeaders(POST, true)).toThrow(HostCrash);
  });
});

describe("a trap", () => {
  const unavailable = [[":status", "503"]];

  test.each(["trap", "proc_exit"])("by %s fails this stream and all later ones", (operation) => {
    const guest = new Guest();
    const plugin = guest.plugin();
    const open = plugin.stream();
    open.requestHeaders(POST, false);
    guest.on("request_body", function* () {
      yield call(operation, 1);
      return 0;
    });
    const stream = plugin.stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), true);
    expect(guest.vm.failed).toBe(true);
    expect(guest.logs.at(-1)).toMatch(/^critical: the module trapped/);
    expect(stream.localReply).toMatchObject({ status: 503, details: "wasm_fail_stream" });
    expect(stream.downstream).toMatchObject({ headers: unavailable, body: [], ended: true });

    const later = plugin.stream();
    later.requestHeaders(POST, false);
    expect(later.downstream).toMatchObject({ headers: unavailable, ended: true });
    expect(later.upstream.headers).toBeUndefined();
    open.requestBody(bytes("a"), true);
    expect(open.downstream.headers).toEqual(unavailable);
    expect(callbacks(guest, "response")).toEqual([]);
    for (const each of [stream, later, open]) each.close();
    expect(() => guest.plugin()).toThrow(/trapped/);
    expect(new Guest().plugin()).toBeDefined();
  });

  test("after response headers were released cuts", () => {
    const guest = new Guest().on("response_body", function* () {
      yield reply();
      yield call("trap");
      return 0;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    stream.responseHeaders(OK, false);
    stream.responseBody(bytes("a"), true);
    expect(stream.downstream).toMatchObject({ headers: OK, body: [], reset: true });
  });

  test("errors of the host's own user are not traps of the guest", () => {
    const guest = new Guest({
      foreign: {
        broken: () => {
          throw new TypeError("mine");
        },
      },
    });
    guest.on("request_headers", function* () {
      yield call("proxy_call_foreign_function", "broken", "", 0, 0);
      return 0;
    });
    expect(() => guest.plugin().stream().requestHeaders(POST, true)).toThrow("mine");
  });
});
