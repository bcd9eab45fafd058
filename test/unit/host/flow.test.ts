import { describe, expect, test } from "vitest";
import { bytes, call, fetchBytes, Guest, OK, POST, text } from "./guest.ts";

const CONTINUE = 0;
const STOP = 1;
const BUFFER = 1;
const WATERMARK = 2;
const NO_BUFFER = 3;

const sent = (pieces: readonly Uint8Array[]): string => pieces.map(text).join("|");

describe("streaming", () => {
  test("each piece leaves at once", () => {
    const guest = new Guest();
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    expect(stream.upstream).toMatchObject({ headers: POST, ended: false });
    stream.requestBody(bytes("a"), false);
    expect(sent(stream.upstream.body)).toBe("a");
    stream.requestBody(bytes("b"), false);
    stream.requestBody(new Uint8Array(0), true);
    expect(stream.upstream).toMatchObject({ ended: true });
    expect(sent(stream.upstream.body)).toBe("a|b");
    expect(guest.calls.slice(-4)).toEqual([
      "request_headers(2,4,0)",
      "request_body(2,1,0)",
      "request_body(2,1,0)",
      "request_body(2,0,1)",
    ]);
  });

  test("trailers end the stream", () => {
    const guest = new Guest();
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), false);
    stream.requestTrailers([["T", "1"]]);
    expect(stream.upstream).toMatchObject({ trailers: [["t", "1"]], ended: true });
    expect(guest.calls.at(-1)).toBe("request_trailers(2,1)");
  });

  test("interim responses pass without a callback, data after the end is dropped", () => {
    const guest = new Guest();
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    stream.requestBody(bytes("late"), true);
    stream.responseHeaders([[":status", "103"]], false);
    stream.responseHeaders(OK, true);
    stream.responseBody(bytes("late"), true);
    expect(stream.upstream.body).toEqual([]);
    expect(stream.downstream).toMatchObject({ headers: OK, body: [], ended: true });
    expect(guest.calls.filter((line) => line.startsWith("response"))).toEqual(["response_headers(2,1,1)"]);
  });
});

describe("holding headers", () => {
  test("bytes are kept by the filter and written at the end", () => {
    let kept = "";
    const guest = new Guest().answer("request_headers", STOP).on("request_body", function* (_id, size, end) {
      kept += text((yield* fetchBytes("proxy_get_buffer_bytes", 0, 0, size!)).bytes);
      yield call("proxy_set_buffer_bytes", 0, 0, size!, end ? kept.toUpperCase() : "");
      if (!end) return NO_BUFFER;
      yield call("proxy_replace_header_map_value", 0, "content-length", String(kept.length));
      return CONTINUE;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("ab"), false);
    stream.requestBody(bytes("cd"), false);
    expect(stream.upstream.headers).toBeUndefined();
    stream.requestBody(new Uint8Array(0), true);
    expect(stream.upstream.headers).toContainEqual(["content-length", "4"]);
    expect(sent(stream.upstream.body)).toBe("ABCD");
    expect(stream.upstream.ended).toBe(true);
  });

  test("a held body over the limit still leaves: only buffering meets the limit", () => {
    const guest = new Guest().answer("request_headers", STOP).on("request_body", function* (_id, size) {
      yield call("proxy_set_buffer_bytes", 0, 0, size!, "x".repeat(100));
      return CONTINUE;
    });
    const stream = guest.plugin().stream({ bufferLimit: 10 });
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("ab"), true);
    expect(stream.upstream).toMatchObject({ ended: true });
    expect(stream.localReply).toBeUndefined();
  });

  test("an emptied body leaves as headers and an empty end", () => {
    const guest = new Guest().answer("request_headers", STOP).answer("request_body", NO_BUFFER);
    const plugin = guest.plugin();
    const stream = plugin.stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("ab"), true);
    expect(stream.upstream.headers).toBeUndefined();
    guest.on("tick", function* () {
      yield call("proxy_set_effective_context", stream.id);
      yield call("proxy_continue_stream", 0);
      return 0;
    });
    plugin.tick();
    expect(stream.upstream).toMatchObject({ headers: POST, body: [], ended: true });
  });

  test("trailers release what was held", () => {
    const guest = new Guest().answer("request_headers", STOP).answer("request_body", BUFFER);
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("ab"), false);
    stream.requestTrailers([["t", "1"]]);
    expect(stream.upstream).toMatchObject({ headers: POST, trailers: [["t", "1"]], ended: true });
    expect(sent(stream.upstream.body)).toBe("ab");
  });

  test("works for responses", () => {
    const guest = new Guest().answer("response_headers", STOP);
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    stream.responseHeaders(OK, false);
    expect(stream.downstream.headers).toBeUndefined();
    stream.responseBody(bytes("ab"), true);
    expect(stream.downstream).toMatchObject({ headers: OK, body: [bytes("ab")], ended: true });
  });

  test("without the flag it hangs: no body callback comes, nothing leaves", () => {
    const guest = new Guest().answer("request_headers", STOP);
    const stream = guest.plugin().stream({ holdHeaders: false });
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("ab"), true);
    expect(stream.upstream).toEqual({ body: [], ended: false, reset: false });
    expect(guest.calls.at(-1)).toBe("request_headers(2,4,0)");
  });

  test.each([3, 4, 5, 77])("status %i stops everything until continue_stream", (status) => {
    const guest = new Guest().answer("request_headers", status);
    const plugin = guest.plugin();
    const stream = plugin.stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), false);
    stream.requestBody(bytes("b"), false);
    stream.requestTrailers([["t", "1"]]);
    expect(guest.calls.at(-1)).toBe("request_headers(2,4,0)");
    guest.on("tick", function* () {
      yield call("proxy_set_effective_context", stream.id);
      expect(yield call("proxy_continue_stream", 0)).toMatchObject({ status: 0 });
      return 0;
    });
    plugin.tick();
    expect(guest.calls.slice(-2)).toEqual(["request_body(2,2,0)", "request_trailers(2,1)"]);
    expect(sent(stream.upstream.body)).toBe("ab");
    expect(stream.upstream).toMatchObject({ headers: POST, trailers: [["t", "1"]], ended: true });
  });

  test("status 2 means Continue", () => {
    const stream = new Guest().answer("request_headers", 2).plugin().stream();
    stream.requestHeaders(POST, true);
    expect(stream.upstream).toMatchObject({ headers: POST, ended: true });
  });
});

describe("buffering", () => {
  test("the filter sees all of it again, and in the trailers too", () => {
    const seen: string[] = [];
    const guest = new Guest()
      .on("request_body", function* (_id, size) {
        seen.push(text((yield* fetchBytes("proxy_get_buffer_bytes", 0, 0, size!)).bytes));
        return BUFFER;
      })
      .on("request_trailers", function* () {
        seen.push(text((yield* fetchBytes("proxy_get_buffer_bytes", 0, 0, 100)).bytes));
        yield call("proxy_set_buffer_bytes", 0, 0, 100, "new");
        return CONTINUE;
      });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), false);
    stream.requestBody(bytes("b"), false);
    stream.requestTrailers([]);
    expect(seen).toEqual(["a", "ab", "ab"]);
    expect(sent(stream.upstream.body)).toBe("new");
  });

  test("a filter that streams has no body in the trailers callback", () => {
    const guest = new Guest().on("request_trailers", function* () {
      expect((yield* fetchBytes("proxy_get_buffer_bytes", 0, 0, 100)).bytes).toHaveLength(0);
      expect(yield call("proxy_set_buffer_bytes", 0, 0, 0, "x")).toMatchObject({ status: 2 });
      return CONTINUE;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), false);
    stream.requestTrailers([]);
    expect(sent(stream.upstream.body)).toBe("a");
  });

  test("bytes answered with no buffer are gone", () => {
    const guest = new Guest().on("request_body", function* (_id, _size, end) {
      yield call("proxy_set_buffer_bytes", 0, 100, 0, "!");
      return end ? CONTINUE : NO_BUFFER;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    for (const piece of ["a", "b", "c"]) stream.requestBody(bytes(piece), piece === "c");
    expect(sent(stream.upstream.body)).toBe("c!");
  });

  test("but what was buffered before stays, and the piece that joined it", () => {
    const answers = [BUFFER, NO_BUFFER, CONTINUE];
    const guest = new Guest();
    // biome-ignore lint/correctness/useYield: a script that only answers
    guest.on("request_body", function* () {
      return answers.shift()!;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    for (const piece of ["a", "b", "c"]) stream.requestBody(bytes(piece), piece === "c");
    expect(sent(stream.upstream.body)).toBe("abc");
    expect(stream.upstream.ended).toBe(true);
  });

  test.each([
    ["within one piece", ["12345678901"]],
    ["over several pieces", ["123456", "78901"]],
  ])("over the limit, %s: 413 for a request", (_title, pieces) => {
    const guest = new Guest().answer("request_body", BUFFER);
    const stream = guest.plugin().stream({ bufferLimit: 10 });
    stream.requestHeaders(POST, false);
    for (const piece of pieces) stream.requestBody(bytes(piece), false);
    stream.requestBody(bytes("more"), true);
    expect(stream.localReply).toMatchObject({ status: 413, details: "request_payload_too_large" });
    expect(stream.downstream).toMatchObject({ body: [bytes("Payload Too Large")], ended: true });
    expect(stream.upstream.reset).toBe(true);
    expect(guest.calls.filter((line) => line.startsWith("request_body"))).toHaveLength(pieces.length);
    expect(guest.calls.filter((line) => line.startsWith("response"))).toEqual([
      "response_headers(2,3,0)",
      "response_body(2,17,1)",
    ]);
  });

  test("over the limit in a response: 500 before release, a cut after it", () => {
    for (const hold of [true, false]) {
      const guest = new Guest().answer("response_headers", hold ? STOP : CONTINUE).answer("response_body", BUFFER);
      const stream = guest.plugin().stream({ bufferLimit: 10 });
      stream.requestHeaders(POST, true);
      stream.responseHeaders(OK, false);
      stream.responseBody(bytes("12345678901"), false);
      if (hold) expect(stream.downstream.headers?.[0]).toEqual([":status", "500"]);
      else expect(stream.downstream).toMatchObject({ headers: OK, reset: true });
    }
  });

  test("back-pressure has no limit", () => {
    const answers = [WATERMARK, WATERMARK, CONTINUE];
    const guest = new Guest();
    // biome-ignore lint/correctness/useYield: a script that only answers
    guest.on("request_body", function* () {
      return answers.shift()!;
    });
    const stream = guest.plugin().stream({ bufferLimit: 1 });
    stream.requestHeaders(POST, false);
    for (const piece of ["ab", "cd", "ef"]) stream.requestBody(bytes(piece), piece === "ef");
    expect(sent(stream.upstream.body)).toBe("abcdef");
    expect(guest.calls.at(-1)).toBe("request_body(2,2,1)");
  });

  test("trailers that a buffering filter adds leave after the body", () => {
    const guest = new Guest().on("request_body", function* (_id, _size, end) {
      if (end) yield call("proxy_add_header_map_value", 1, "sum", "1");
      return end ? CONTINUE : BUFFER;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("a"), false);
    stream.requestBody(bytes("b"), true);
    expect(stream.upstream).toMatchObject({ body: [bytes("ab")], trailers: [["sum", "1"]], ended: true });
  });
});
