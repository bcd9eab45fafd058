// Answers without a body by their status, or to HEAD: another filter may have made them such, with the bytes still behind
// them. What comes is left out; the headers lose what they would lose if the body had come.
import { describe, expect, test } from "vitest";
import { runExchange } from "../../../scripts/host/index.ts";
import { json, pluginOf, type Sent, send } from "./support.ts";

const rules = [{ name: "cvv", on: "response", select: ["json:$..cvc", "header:x-user-email"], action: "redact" }];
const plugin = pluginOf({ rules });
const body = '{"card":{"cvc":"123"}}';
const length: [string, string] = ["content-length", String(body.length)];
const digests: [string, string][] = [
  ["content-md5", "Q2hlY2sgSW50ZWdyaXR5IQ=="],
  ["digest", "sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="],
  ["content-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"],
  ["repr-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"],
];
const mail: [string, string] = ["x-user-email", "ann@example.org"];

const cases: [string, Partial<Sent>, number][] = [
  ["a 204", { method: "GET" }, 204],
  ["a 304", { method: "GET" }, 304],
  ["an answer to HEAD", { method: "HEAD" }, 200],
  ["a 404 to HEAD", { method: "HEAD" }, 404],
];

const answer = (sent: Partial<Sent>, response: NonNullable<Sent["response"]>, more: object = {}, of = plugin) => {
  const result = send(of, { headers: [], ...sent, response }, more);
  expect(result.outcome).toBe("forwarded");
  return { text: Buffer.from(result.response!.body).toString(), headers: Object.fromEntries(result.response!.headers) };
};

describe.each(cases)("%s", (_, sent, status) => {
  test.each([{}, { chunk: "each" }, { endOnEmpty: true }, { attachment: "upstream" }])(
    "leaves bytes out: %o",
    (more) => {
      for (const headers of [[json, length, mail], [json, mail], [mail]]) {
        const { text, headers: left } = answer(sent, { status, headers, body }, more);
        expect(text).toBe("");
        expect(left["x-user-email"]).toBe("[redacted]");
      }
    },
  );

  test("leaves out what nobody could read, and is not refused for it", () => {
    for (const type of ["image/png", "application/json; charset=utf-16", "multipart/form-data"]) {
      expect(answer(sent, { status, headers: [["content-type", type], length], body }).text).toBe("");
    }
    const coded: [string, string][] = [json, ["content-encoding", "br"], length];
    expect(answer(sent, { status, headers: coded, body }).text).toBe("");
    expect(
      answer(sent, { status, headers: [json, length], body }, {}, pluginOf({ rules, limits: { hold: 0 } })).text,
    ).toBe("");
  });

  test("does not tell of the body that would have come", () => {
    for (const [name, value] of [length, ...digests] as [string, string][]) {
      for (const type of ["application/json", "image/png"]) {
        const { headers } = answer(sent, {
          status,
          headers: [
            ["content-type", type],
            [name, value],
          ],
        });
        expect(headers[name], name).toBeUndefined();
      }
    }
  });

  test("tells all of a body that would have left as it came", () => {
    const told = [...digests, length];
    const passing = pluginOf({ rules, unsupported: "pass" });
    const image = answer(sent, { status, headers: [["content-type", "image/png"], ...told] }, {}, passing);
    expect(image.headers).toMatchObject(Object.fromEntries(told));
    const form = pluginOf({ rules: [{ name: "f", on: "response", select: "form:cvc", action: "redact" }] });
    expect(answer(sent, { status, headers: [json, ...told] }, {}, form).headers).toMatchObject(
      Object.fromEntries(told),
    );
    const requests = pluginOf({ rules: [{ name: "cvv", select: "json:$..cvc", action: "redact" }] });
    expect(answer(sent, { status, headers: [json, ...told] }, {}, requests).headers).toMatchObject(
      Object.fromEntries(told),
    );
  });

  test("keeps a length of none, and says that of a body that would be emptied", () => {
    const none: [string, string] = ["content-length", "0"];
    expect(answer(sent, { status, headers: [json, none] }).headers["content-length"]).toBe("0");
    const emptying = pluginOf({ rules, unsupported: "empty" });
    const image: [string, string][] = [["content-type", "image/png"], length, ...digests];
    const { headers } = answer(sent, { status, headers: image, body }, {}, emptying);
    expect(headers).toEqual({ ":status": String(status), "content-type": "image/png", "content-length": "0" });
  });

  test("whose body would be decoded names no coding", () => {
    const decoding = pluginOf({ rules, compressed: "decode" });
    const coded: [string, string][] = [json, ["content-encoding", "gzip"], length];
    expect(Object.keys(answer(sent, { status, headers: coded }, {}, decoding).headers)).toEqual([
      ":status",
      "content-type",
    ]);
  });
});

test("trailers behind such an answer are judged, and tell nothing of the body either", () => {
  const exchange = {
    request: { method: "GET", path: "/", headers: [] },
    response: { status: 204, headers: [json], body: Buffer.from(body), trailers: [mail, digests[3]!] },
  };
  for (const chunk of [undefined, "each"] as const) {
    const result = runExchange(plugin, exchange, chunk === undefined ? {} : { chunk });
    expect(result.outcome).toBe("forwarded");
    expect(result.response!.body).toHaveLength(0);
    expect(result.response!.trailers).toEqual([["x-user-email", "[redacted]"]]);
  }
});

test("a longer body than limits.body is refused there, too", () => {
  const small = pluginOf({ rules, limits: { body: 20, hold: 0 } });
  const result = send(small, { method: "HEAD", headers: [], response: { status: 200, headers: [json], body } });
  expect(result.reason).toBe("limit_body");
  expect(Buffer.from(result.response!.body).toString()).not.toContain("123");
});

test("a 205, an answer to DELETE and a body of GET are like any other", () => {
  const both = pluginOf({
    rules: [{ name: "cvv", on: ["request", "response"], select: "json:$..cvc", action: "redact" }],
  });
  for (const method of ["GET", "DELETE", "HEAD", "OPTIONS", "TRACE"]) {
    const result = send(both, { method, headers: [json], body, response: { status: 205, headers: [json], body } });
    expect(Buffer.from(result.request!.body).toString()).toBe('{"card":{"cvc":"[redacted]"}}');
    const left = Buffer.from(result.response!.body).toString();
    expect(left).toBe(method === "HEAD" ? "" : '{"card":{"cvc":"[redacted]"}}');
  }
});
