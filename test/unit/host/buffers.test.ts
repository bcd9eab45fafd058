import { describe, expect, test } from "vitest";
import { Arena, joined } from "../../../scripts/host/arena.ts";
import { BodyBuffer } from "../../../scripts/host/body.ts";
import { bytes, type Call, call, fetchBytes, Guest, OK, out, POST, type Result, text } from "./guest.ts";

const OK_STATUS = 0;
const NOT_FOUND = 1;
const BAD_ARGUMENT = 2;
const INVALID_MEMORY = 6;
const REQUEST_BODY = 0;
const RESPONSE_BODY = 1;

describe("pieces of a body", () => {
  test("that were written in a row are one without a copy", () => {
    const arena = new Arena();
    const given = bytes("ab");
    const pieces = [arena.copy(given), arena.copy(bytes("")), arena.copy(bytes("cd"))];
    given.fill(0);
    expect(text(joined(pieces))).toBe("abcd");
    expect(joined(pieces).buffer).toBe(pieces[0]!.buffer);
  });

  test("stay as they were handed out, whatever their size", () => {
    const arena = new Arena();
    const sizes = [1, 300_000, 400_000, 500_000, 600_000, 2_000_000, 7];
    const pieces = sizes.map((size, at) => arena.copy(new Uint8Array(size).fill(at + 1)));
    for (const [at, piece] of pieces.entries()) {
      expect(piece.length).toBe(sizes[at]);
      expect(piece.every((byte) => byte === at + 1)).toBe(true);
    }
    expect(Buffer.from(joined(pieces)).equals(Buffer.concat(pieces))).toBe(true);
  });

  test("from different places, or out of order, are copied", () => {
    const whole = bytes("abcdef");
    expect(text(joined([whole.subarray(3), whole.subarray(0, 3)]))).toBe("defabc");
    expect(text(joined([whole.subarray(0, 2), whole.subarray(3)]))).toBe("abdef");
    expect(text(joined([bytes("ab"), bytes("cd")]))).toBe("abcd");
    expect(joined([])).toHaveLength(0);
  });
});

describe("a body buffer", () => {
  test("never writes to bytes that came from outside", () => {
    const given = bytes("ab");
    const buffer = new BodyBuffer(given);
    buffer.append(bytes("cd"));
    buffer.prepend(bytes("_"));
    expect(text(buffer.view())).toBe("_abcd");
    expect(text(given)).toBe("ab");
  });

  test("bytes that were taken stay as they are", () => {
    const buffer = new BodyBuffer();
    for (const piece of ["a", "b", "c"]) buffer.append(bytes(piece));
    const taken = buffer.take();
    for (const piece of ["x", "y", "z"]) buffer.append(bytes(piece));
    expect(text(taken)).toBe("abc");
    expect(text(buffer.view())).toBe("xyz");
  });

  test("what follows its content in memory is taken as it stands, and not written to later", () => {
    const whole = bytes("abcdef");
    const buffer = new BodyBuffer(whole.subarray(0, 2));
    buffer.append(whole.subarray(2, 4));
    expect(buffer.view().buffer).toBe(whole.buffer);
    expect(text(buffer.view())).toBe("abcd");
    buffer.append(bytes("_"));
    expect(text(buffer.view())).toBe("abcd_");
    expect(text(whole)).toBe("abcdef");
  });

  test("moving into an empty buffer copies nothing", () => {
    const given = bytes("ab");
    const buffer = new BodyBuffer();
    const source = new BodyBuffer(given);
    buffer.moveFrom(source);
    expect(buffer.take()).toBe(given);
    expect(source.length).toBe(0);
  });
});

/** Runs `script` in the callback for the body "hello" and returns what reached the service. */
const withBody = (script: () => Generator<Call, void, Result>): string => {
  let ran = false;
  const guest = new Guest().on("request_body", function* () {
    yield* script();
    ran = true;
    return 0;
  });
  const stream = guest.plugin().stream();
  stream.requestHeaders(POST, false);
  stream.requestBody(bytes("hello"), true);
  expect(ran).toBe(true);
  return stream.upstream.body.map(text).join("");
};

describe("reading", () => {
  test.each([
    [0, 5, "hello"],
    [1, 3, "ell"],
    [3, 100, "lo"],
    [5, 1, ""],
    [100, 1, ""],
    [0, 0, ""],
    [0, -1, "hello"],
  ])("from %i, %i bytes: %j", (start, length, expected) => {
    withBody(function* () {
      const read = yield* fetchBytes("proxy_get_buffer_bytes", REQUEST_BODY, start, length);
      expect([read.status, text(read.bytes)]).toEqual([OK_STATUS, expected]);
    });
  });

  test("the status gives the size", () => {
    withBody(function* () {
      const { status, out: words } = yield call("proxy_get_buffer_status", REQUEST_BODY, out(0), out(4));
      expect([status, words.getUint32(0, true), words.getUint32(4, true)]).toEqual([OK_STATUS, 5, 0]);
    });
  });

  test("a body that is not there is empty, not absent", () => {
    withBody(function* () {
      const read = yield* fetchBytes("proxy_get_buffer_bytes", RESPONSE_BODY, 0, 10);
      expect(read).toEqual({ status: OK_STATUS, bytes: new Uint8Array(0) });
      expect(yield call("proxy_set_buffer_bytes", RESPONSE_BODY, 0, 0, "x")).toMatchObject({ status: BAD_ARGUMENT });
    });
  });

  test("configurations outside their time, unknown types, bad pointers", () => {
    withBody(function* () {
      expect(yield call("proxy_get_buffer_bytes", 7, 0, 1, out(0), out(4))).toMatchObject({ status: NOT_FOUND });
      expect(yield call("proxy_get_buffer_bytes", 4, 0, 1, out(0), out(4))).toMatchObject({ status: NOT_FOUND });
      expect(yield call("proxy_get_buffer_bytes", 9, 0, 1, out(0), out(4))).toMatchObject({ status: BAD_ARGUMENT });
      expect(yield call("proxy_get_buffer_bytes", 0, 0, 1, -1, out(4))).toMatchObject({ status: INVALID_MEMORY });
      expect(yield call("proxy_get_buffer_status", 9, out(0), out(4))).toMatchObject({ status: BAD_ARGUMENT });
      expect(yield call("proxy_get_buffer_status", 0, -1, out(4))).toMatchObject({ status: INVALID_MEMORY });
      expect(yield call("proxy_set_buffer_bytes", 0, 0, 5, -8, 100)).toMatchObject({ status: INVALID_MEMORY });
      expect(yield call("proxy_set_buffer_bytes", 6, 0, 0, "x")).toMatchObject({ status: BAD_ARGUMENT });
    });
  });
});

describe("writing", () => {
  test.each([
    ["the whole", 0, 5, "HELLO", OK_STATUS, "HELLO"],
    ["more than the whole", 0, 100, "HELLO WORLD", OK_STATUS, "HELLO WORLD"],
    ["with nothing", 0, 5, "", OK_STATUS, ""],
    ["before", 0, 0, "<", OK_STATUS, "<hello"],
    ["after", 5, 0, ">", OK_STATUS, "hello>"],
    ["far after", 500, 7, ">", OK_STATUS, "hello>"],
    ["a part at the start", 0, 4, "x", BAD_ARGUMENT, "hello"],
    ["a part at the end", 4, 1, "x", BAD_ARGUMENT, "hello"],
    ["inside", 2, 0, "x", BAD_ARGUMENT, "hello"],
  ])("%s", (_title, start, length, data, status, expected) => {
    const left = withBody(function* () {
      expect(yield call("proxy_set_buffer_bytes", REQUEST_BODY, start, length, data)).toMatchObject({ status });
    });
    expect(left).toBe(expected);
  });

  test("an unchanged piece leaves as the array that came", () => {
    const stream = new Guest().plugin().stream();
    const piece = bytes("hello");
    stream.requestHeaders(POST, false);
    stream.requestBody(piece, true);
    expect(stream.upstream.body[0]).toBe(piece);
  });

  test("a chunk may become longer, and memory may grow meanwhile", () => {
    const long = "x".repeat(400_000);
    const guest = new Guest().on("request_body", function* () {
      yield call("grow", 1);
      yield call("proxy_set_buffer_bytes", REQUEST_BODY, 0, 5, long);
      const read = yield* fetchBytes("proxy_get_buffer_bytes", REQUEST_BODY, 0, 10);
      expect(text(read.bytes)).toBe("x".repeat(10));
      return 0;
    });
    const stream = guest.plugin().stream();
    const before = guest.vm.memoryBytes;
    stream.requestHeaders(POST, false);
    stream.requestBody(bytes("hello"), true);
    expect(text(stream.upstream.body[0]!) === long).toBe(true);
    expect(guest.vm.memoryBytes).toBeGreaterThan(before + 300_000);
  });

  test("a response body too", () => {
    const guest = new Guest().on("response_body", function* () {
      yield call("proxy_set_buffer_bytes", RESPONSE_BODY, 0, 100, "bye");
      return 0;
    });
    const stream = guest.plugin().stream();
    stream.requestHeaders(POST, true);
    stream.responseHeaders(OK, false);
    stream.responseBody(bytes("hello"), true);
    expect(stream.downstream).toMatchObject({ body: [bytes("bye")], ended: true });
  });
});
