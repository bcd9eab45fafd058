// Recordings in all three formats become the same exchanges, and what cannot be read is refused with its place.

import { describe, expect, test } from "vitest";
import { RecordingError } from "../../../scripts/replay/form.ts";
import { parseRecordings, readRecordings } from "../../../scripts/replay/recording.ts";
import { corpus, titleOf } from "../../support/corpora.ts";
import { bytes, textOf } from "./support.ts";

const parse = (value: unknown) => parseRecordings(JSON.stringify(value), "r.json");

describe("NDJSON", () => {
  test("one exchange a line, empty lines between them", () => {
    const lines = [
      '{"id":"a","request":{"method":"PUT","path":"/x","headers":[["A","b"]],"body":"é"}}',
      "",
      '{"request":{}}',
    ];
    const [first, second, ...rest] = parseRecordings(`${lines.join("\n")}\n`, "r.ndjson");
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ id: "a", request: { method: "PUT", path: "/x", headers: [["A", "b"]] } });
    expect(textOf(first!.request.body)).toBe("é");
    expect(second).toEqual({ id: "3", request: { method: "GET", path: "/", headers: [] } });
  });

  test("null is absent", () => {
    const bare = '{"id":"a","request":{"method":"POST","path":"/"}}';
    const nulls = '"headers":null,"body":null,"bodyBase64":null,"trailers":null';
    const full = `{"id":"a","title":null,"active":null,"request":{"method":"POST","path":"/",${nulls}},"response":null,"expect":null}`;
    expect(parseRecordings(full, "r.ndjson")).toEqual(parseRecordings(bare, "r.ndjson"));
  });

  test("pseudo headers are no headers, and tell what no member does", () => {
    const pseudo = '[":method","PUT"],[":path","/x"],[":authority","shop.example"],["a","b"]';
    const [told] = parseRecordings(`{"request":{"headers":[${pseudo}]}}`, "r.ndjson");
    const headers = [
      ["host", "shop.example"],
      ["a", "b"],
    ];
    expect(told).toEqual({ id: "1", request: { method: "PUT", path: "/x", headers } });
    const [own] = parseRecordings(
      `{"request":{"method":"POST","path":"/y","headers":[["Host","h"],${pseudo}]},"response":{"headers":[[":status","500"]]}}`,
      "r.ndjson",
    );
    expect(own!.request).toMatchObject({ method: "POST", path: "/y", headers: [["Host", "h"], headers[1]] });
    expect(own!.response).toEqual({ status: 200, headers: [] });
  });

  test("trailers", () => {
    const [one] = parse({ request: {}, response: { trailers: [["grpc-status", "0"]] } });
    expect(one!.request.trailers).toBeUndefined();
    expect(one!.response!.trailers).toEqual([["grpc-status", "0"]]);
  });

  test("bodies of any bytes, and a body of none", () => {
    const [one] = parse({ request: { bodyBase64: "H4s/+w==" }, response: { status: 201, body: "" } });
    expect([...one!.request.body!]).toEqual([0x1f, 0x8b, 0x3f, 0xfb]);
    expect(one!.response).toEqual({ status: 201, headers: [], body: new Uint8Array() });
  });

  test.each([
    ["{", "the line is not JSON"],
    ["[]", "an exchange must be an object"],
    ["{}", '"request" must be an object'],
    ['{"request":{"headers":{}}}', '"headers" must be a list of [name, value]'],
    ['{"request":{"headers":[["a"]]}}', "must be [name, value]"],
    ['{"request":{"trailers":[["a"]]}}', 'each of "trailers" must be [name, value]'],
    ['{"request":{"body":{}}}', '"body" must be a text'],
    ['{"request":{"body":"","bodyBase64":""}}', 'give "body" or "bodyBase64", not both'],
    ['{"request":{"bodyBase64":"*"}}', '"bodyBase64" must be base64'],
    ['{"request":{},"response":{"status":"200"}}', '"status" must be a number'],
    ['{"request":{},"expect":{"outcom":"blocked"}}', 'unknown member "outcom"'],
    ['{"request":{},"expect":{"outcome":"lost"}}', '"outcome" must be one of'],
    ['{"request":{},"expect":{"request":{"absent":"x"}}}', '"absent" must be a list of texts'],
  ])("%s is refused with its line", (line, cause) => {
    const read = () => parseRecordings(`{"request":{}}\n${line}\n`, "r.ndjson");
    expect(read).toThrow(RecordingError);
    expect(read).toThrow("r.ndjson:2: ");
    expect(read).toThrow(cause);
  });

  test("a file without an exchange is refused", () => {
    expect(() => parseRecordings("\n", "r.ndjson")).toThrow("r.ndjson: no exchange was found");
  });
});

describe("HAR", () => {
  const entry = {
    request: {
      method: "POST",
      url: "https://shop.example/orders?x=1#top",
      headers: [
        { name: ":authority", value: "shop.example" },
        { name: "X-A", value: "1" },
        { name: "Content-Length", value: "9" },
      ],
      postData: { mimeType: "application/json", text: "{}" },
    },
    response: {
      status: 200,
      headers: [{ name: "content-encoding", value: "br" }],
      content: { mimeType: "text/plain", text: "aGk=", encoding: "base64" },
    },
  };

  test("an entry is an exchange with decoded bodies", () => {
    const [one] = parse({ log: { entries: [entry] } });
    expect(one).toMatchObject({ id: "1", request: { method: "POST", path: "/orders?x=1" }, response: { status: 200 } });
    expect(one!.request.headers).toEqual([
      ["X-A", "1"],
      ["content-type", "application/json"],
    ]);
    expect(one!.response!.headers).toEqual([["content-type", "text/plain"]]);
    expect(textOf(one!.response!.body)).toBe("hi");
  });

  test.each([
    ["no entry", undefined, "the HAR log has no entry"],
    ["no request", {}, "entry 1 of the HAR log cannot be read"],
    ["no method", { request: { url: "/" } }, '"method" of its request must be a text'],
    ["no address", { request: { method: "GET" } }, '"url" of its request must be a text'],
    ["a header without a value", { request: { ...entry.request, headers: [{ name: "a" }] } }, "a name and a value"],
    ["a status in quotes", { ...entry, response: { status: "200" } }, '"status" of its response must be a number'],
  ])("%s is refused in plain words", (_, given, words) => {
    expect(() => parse({ log: { entries: given ? [given] : [] } })).toThrow(words);
  });

  test("an aborted request has no response", () => {
    const [one] = parse({ log: { entries: [{ ...entry, response: { status: 0 } }] } });
    expect(one!.response).toBeUndefined();
  });

  const posted = (postData: object, headers: object[] = []) =>
    parse({ log: { entries: [{ request: { ...entry.request, headers, postData } }] } })[0]!.request;

  test("a form that is told as its fields", () => {
    const params = [
      { name: "pan", value: "4111 1111" },
      { name: "a&b", value: "é=" },
    ];
    const form = posted({ mimeType: "application/x-www-form-urlencoded", params });
    expect(textOf(form.body)).toBe("pan=4111+1111&a%26b=%C3%A9%3D");
    expect(textOf(posted({ mimeType: "application/x-www-form-urlencoded", params, text: "as=it+came" }).body)).toBe(
      "as=it+came",
    );
  });

  test("parts that are told as their fields, with a boundary where none is told", () => {
    const params = [
      { name: 'a"b', value: "x har y" },
      { name: "f", fileName: "a.txt", contentType: "text/plain" },
    ];
    const parts = posted({ mimeType: "multipart/form-data", params });
    expect(parts.headers).toEqual([["content-type", "multipart/form-data; boundary=har-"]]);
    expect(textOf(parts.body)).toBe(
      '--har-\r\nContent-Disposition: form-data; name="a%22b"\r\n\r\nx har y\r\n' +
        '--har-\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n\r\n--har---\r\n',
    );
    const told = posted({ params }, [{ name: "Content-Type", value: 'multipart/form-data; boundary="B"' }]);
    expect(textOf(told.body)).toMatch(/^--B\r\n.*--B--\r\n$/s);
  });

  test.each([
    [
      "https://x.org/a?b=1%202&c",
      [
        ["b", "1 2"],
        ["c", ""],
      ],
      "/a?b=1%202&c",
    ],
    ["https://x.org/a?b=1%202", [["b", "1%202"]], "/a?b=1%202"],
    [
      "https://x.org/a?b=1",
      [
        ["b", "1"],
        ["pan", "4111 1"],
      ],
      "/a?b=1&pan=4111+1",
    ],
    ["https://x.org/a", [["b", "1"]], "/a?b=1"],
  ])("the query of %s", (url, listed, path) => {
    const queryString = listed.map(([name, value]) => ({ name, value }));
    const [one] = parse({ log: { entries: [{ request: { method: "GET", url, queryString } }] } });
    expect(one!.request.path).toBe(path);
  });

  test("a byte order mark, as tools of Windows write it", () => {
    expect(parseRecordings(`\ufeff${JSON.stringify({ log: { entries: [entry] } })}`, "a.har")).toHaveLength(1);
  });

  test("a broken entry is refused with its number", () => {
    expect(() => parse({ log: { entries: [entry, {}] } })).toThrow("entry 2");
  });
});

describe("Envoy tap", () => {
  const trace = (body: object) => ({
    http_buffered_trace: {
      request: {
        headers: [
          { key: ":method", value: "POST" },
          { key: ":path", value: "/p" },
          { key: "a", value: "b" },
        ],
        body,
      },
      response: { headers: [{ key: ":status", value: "503" }], trailers: [{ key: "t", value: "u" }] },
    },
  });

  test.each([
    ["a whole file", JSON.stringify(trace({ as_string: "{}" }), null, 2)],
    ["a line", `${JSON.stringify(trace({ as_bytes: "e30=" }))}\n`],
    ["a list", JSON.stringify([trace({ as_string: "{}" })])],
  ])("%s", (_title, text) => {
    const [one] = parseRecordings(text, "tap.json");
    expect(one).toMatchObject({
      request: { method: "POST", path: "/p", headers: [["a", "b"]] },
      response: { status: 503, trailers: [["t", "u"]] },
    });
    expect(textOf(one!.request.body)).toBe("{}");
  });

  const segments = [
    { trace_id: "7", request_headers: { headers: [{ key: ":path", value: "/p" }] } },
    { trace_id: "8", request_headers: { headers: [{ key: ":method", value: "PUT" }] } },
    { trace_id: "7", request_body_chunk: { as_bytes: "eyJh" } },
    { trace_id: "7", request_body_chunk: { as_string: '":1}' } },
    { trace_id: "7", request_trailers: { headers: [{ key: "t", value: "u" }] } },
    { trace_id: "7", response_headers: { headers: [{ key: ":status", value: "201" }] } },
    { trace_id: "7", response_body_chunk: { as_bytes: "b2s=" } },
  ].map((one) => ({ http_streamed_trace_segment: one }));

  test.each([
    ["lines", "t.json", segments.map((one) => JSON.stringify(one)).join("\n")],
    ["printed", "t.json", segments.map((one) => JSON.stringify(one, null, 1)).join("\n")],
    ["printed, nothing between them", "t.json", segments.map((one) => JSON.stringify(one, null, 1)).join("\n\n")],
    ["a list", "t.json", JSON.stringify(segments)],
    ["YAML", "t.yaml", segments.map((one) => `- ${JSON.stringify(one)}`).join("\n")],
  ])("pieces of traces: %s", (_title, file, text) => {
    const [one, other, ...rest] = parseRecordings(text, file);
    expect(rest).toEqual([]);
    expect(one).toMatchObject({ request: { path: "/p", trailers: [["t", "u"]] }, response: { status: 201 } });
    expect([textOf(one!.request.body), textOf(one!.response!.body)]).toEqual(['{"a":1}', "ok"]);
    expect(other!.request.method).toBe("PUT");
  });

  const samples = "payloads/envoy-tap/doc_samples.yaml";
  test.skipIf(!corpus(samples))(titleOf("the samples of Envoy's documentation", samples), () => {
    expect(readRecordings(corpus(samples)!)).toMatchObject([
      { request: { headers: [["a", "b"]], body: bytes("hello") } },
    ]);
  });

  test("traces printed one behind another", () => {
    const printed = JSON.stringify(trace({ as_string: "{}" }), null, 2);
    expect(parseRecordings(`${printed}\n${printed}\n`, "tap.json")).toHaveLength(2);
  });

  test("pieces that are cut or unknown are refused", () => {
    const piece = (parts: object) => JSON.stringify({ http_streamed_trace_segment: parts });
    expect(() => parseRecordings(piece({ request_body_chunk: { as_string: "a", truncated: true } }), "t")).toThrow(
      "truncated",
    );
    expect(() => parseRecordings(piece({ request_body: {} }), "t")).toThrow("request_body");
  });

  test("a truncated body is refused", () => {
    expect(() => parse(trace({ as_string: "{", truncated: true }))).toThrow("truncated");
  });
});
