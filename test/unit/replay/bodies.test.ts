// The leak proof of bodies other than JSON: an honest result has no finding, and planted leaks and changes are found.

import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { Bench, bytes, request, textOf, withBody } from "./support.ts";

const pan = "4111111111111111";

const bench = new Bench({
  rules: [
    { name: "pan", select: ["form:card", "multipart:card", "json:$..card"], action: { mask: { keepLast: 4 } } },
    { name: "cvc", select: ["form:cvc", "multipart:cvc", "json:$..cvc"], action: "strip" },
    {
      name: "holder",
      select: ["form:h*", "form:payload|json:$.holder", "multipart:payload|json:$.holder", "multipart-filename:*"],
      action: "redact",
    },
  ],
});

const of = (type: string, body: string): Recording => request(body, { headers: [["content-type", type]] });

const bodies: Record<string, [type: string, body: string]> = {
  form: [
    "application/x-www-form-urlencoded",
    `a=leave%20it&&card=41111111+11111111&cvc=7371&holder=Zo%C3%AB+O%27Neill&payload=${encodeURIComponent('{"holder":"Jane Roe","n":1}')}&note=left&holder=`,
  ],
  parts: [
    "multipart/form-data; boundary=XX",
    [
      '--XX\r\nContent-Disposition: form-data; name="note"; filename="jane-roe.txt"\r\nX-A: left\r\n\r\nleft',
      `--XX\r\nContent-Disposition: form-data; name="card"\r\n\r\n${pan}`,
      '--XX\r\nContent-Disposition: form-data; name="cvc"\r\n\r\n7371',
      '--XX\r\nContent-Disposition: form-data; name="payload"\r\n\r\n{"holder":"Jane Roe","n":"left"}',
      "--XX--\r\n",
    ].join("\r\n"),
  ],
  lines: ["application/x-ndjson", `{"card":"${pan}","cvc":"7371","note":"left"}\n\n{"note":["left"]}\n`],
  events: [
    "text/event-stream",
    `: left\nevent: note\ndata: {"card":"${pan}",\ndata: "cvc":"7371"}\n\ndata: {"note":"left"}\n\ndata: [DONE]\n\n`,
  ],
};

describe.each(Object.entries(bodies))("%s", (_, [type, body]) => {
  test("an honest result has no finding", async () => {
    const run = await bench.run(of(type, body));
    expect(run.result.outcome).toBe("forwarded");
    expect(textOf(run.result.request?.body)).not.toBe(body);
    expect(bench.findings(run)).toEqual([]);
  });

  test("a value in another place is a leak", async () => {
    const run = await bench.run(of(type, body));
    const planted = withBody((out) => out.replace("left", type.includes("urlencoded") ? "41111111 11111111" : pan));
    expect(bench.findings(run, planted).map(({ kind }) => kind)).toContain("leak");
  });

  test("what no rule selects must stay", async () => {
    const run = await bench.run(of(type, body));
    for (const change of [
      (out: string) => out.replace("left", "Left"),
      (out: string) => out.replace("note", "Note"),
      (out: string) => out.replace(/(&|\n)/, "$1$1"),
      (out: string) => out.replace(/[&\n].*/s, ""),
    ]) {
      expect(bench.findings(run, withBody(change)).map(({ kind }) => kind)).toContain("changed");
    }
  });

  test("the original body is found", async () => {
    const run = await bench.run(of(type, body));
    const findings = bench.findings(
      run,
      withBody(() => body),
    );
    expect(findings.map(({ kind }) => kind)).toContain("leak");
  });
});

test("parts with a charset beside the boundary, and a length in a part that detectors look into", async () => {
  const searching = new Bench({ rules: [{ name: "pan", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }] });
  const part = '--XX\r\ncontent-disposition: form-data; name="note"\r\ncontent-length: 4\r\n\r\nleft\r\n--XX--\r\n';
  for (const type of [
    "multipart/form-data; boundary=XX; charset=utf-8",
    "multipart/form-data;charset=UTF-8;boundary=XX",
  ]) {
    const run = await searching.run(of(type, part));
    expect(run.result.outcome).toBe("forwarded");
    expect(searching.findings(run)).toEqual([]);
    expect(bench.findings(await bench.run(of(type, part)))).toEqual([]);
  }
});

test("a value that is a word of its part's header is no leak where the word stays", async () => {
  const all = new Bench({ rules: [{ name: "r", select: "json:$.x", action: "redact" }], unmatched: "redact" });
  const lines = [
    'form-data; name="q"',
    'form-data; name="q"; filename="data.json"',
    "form-data; filename=name; name=q",
  ];
  for (const line of lines) {
    for (const value of ["name", "filename", "data.json", "form-data", "Content", "application"]) {
      for (const type of ["", "Content-Type: application/json\r\n"]) {
        const text = `--XX\r\nContent-Disposition: ${line}\r\n${type}\r\n${JSON.stringify({ a: value })}\r\n--XX--\r\n`;
        const run = await all.run(of("multipart/form-data; boundary=XX", text));
        expect(run.result.outcome).toBe("forwarded");
        expect(all.findings(run), text).toEqual([]);
      }
    }
  }
});

test("a compressed body: decoded by zlib, compared as it is, leaks found", async () => {
  const decoding = new Bench({
    compressed: "decode",
    rules: [{ name: "pan", select: "json:$.card", action: "redact" }],
  });
  const headers: [string, string][] = [
    ["content-type", "application/json"],
    ["content-encoding", "gzip"],
  ];
  const body = new Uint8Array(gzipSync(`{"card":"${pan}","note":"left"}`));
  const run = await decoding.run({ id: "one", request: { method: "POST", path: "/", headers, body } });
  expect(textOf(run.result.request?.body)).toBe('{"card":"[redacted]","note":"left"}');
  expect(decoding.findings(run)).toEqual([]);
  const leak = decoding.findings(
    run,
    withBody((out) => out.replace("left", pan)),
  );
  expect(leak.map(({ kind }) => kind)).toContain("leak");
});

test("a compressed body that turns out to be empty: its coding goes", async () => {
  const decoding = new Bench({
    compressed: "decode",
    rules: [{ name: "pan", select: "json:$.card", action: "redact" }],
  });
  const headers: [string, string][] = [
    ["content-type", "application/json"],
    ["content-encoding", "gzip"],
  ];
  for (const body of [new Uint8Array(), undefined]) {
    const run = await decoding.run({
      id: "one",
      request: { method: "POST", path: "/", headers, ...(body && { body }) },
    });
    expect(run.result.outcome).toBe("forwarded");
    expect(decoding.findings(run)).toEqual([]);
  }
});

test("digests of a body that a rule may change go, and one that stays behind is found", async () => {
  const own = new Bench({ rules: [{ name: "pan", select: "json:$.card", action: "redact" }] });
  const told: [string, string][] = [
    ["content-md5", "Q2hlY2sgSW50ZWdyaXR5IQ=="],
    ["digest", "sha-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="],
    ["content-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"],
    ["repr-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"],
  ];
  const leftOf = async (bench: Bench, body: string, headers: [string, string][]) => {
    const run = await bench.run(request(body, { headers }));
    expect(bench.findings(run)).toEqual([]);
    return { run, names: run.result.request!.headers.map(([name]) => name) };
  };
  const json: [string, string] = ["content-type", "application/json"];
  for (const one of told) {
    const { run, names } = await leftOf(own, `{"card":"${pan}"}`, [json, one]);
    expect(names).not.toContain(one[0]);
    const stale = own.findings(run, ({ request }) => ({
      request: { ...request!, headers: [...request!.headers, one] },
    }));
    expect(stale.map(({ location }) => location)).toContain(`header:${one[0]}`);
  }
  for (const one of told) {
    const run = await own.run(request(`{"card":"${pan}"}`, { headers: [json], trailers: [one, ["x-end", "1"]] }));
    expect(own.findings(run)).toEqual([]);
    expect(run.result.request!.trailers).toEqual([["x-end", "1"]]);
    const stale = own.findings(run, ({ request }) => ({ request: { ...request!, trailers: [one, ["x-end", "1"]] } }));
    expect(stale.map(({ location }) => location)).toContain(`header:${one[0]}`);
  }
  const quiet = new Bench({ rules: [{ name: "pan", select: "form:card", action: "redact" }] });
  expect((await leftOf(quiet, "{}", [json, ...told])).names).toEqual(
    expect.arrayContaining(told.map(([name]) => name)),
  );
  const emptying = new Bench({
    unsupported: "empty",
    rules: [{ name: "pan", select: "json:$.card", action: "redact" }],
  });
  expect((await leftOf(emptying, pan, [["content-type", "image/png"], ...told])).names).not.toContain("digest");
});

test("of an answer without a body: bytes that come all the same, and digests that stay behind, are found", async () => {
  const own = new Bench({ rules: [{ name: "pan", on: "response", select: "json:$.card", action: "redact" }] });
  const digest: [string, string] = ["repr-digest", "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"];
  const answer = (status: number, type: string): NonNullable<Recording["response"]> => ({
    status,
    headers: [["content-type", type], digest],
    body: bytes(`{"card":"${pan}"}`),
  });
  for (const [method, status] of [
    ["HEAD", 200],
    ["GET", 204],
    ["GET", 304],
  ] as const) {
    for (const type of ["application/json", "image/png"]) {
      const request = { method, path: "/", headers: [] };
      const run = await own.run({ id: "one", request, response: answer(status, type) });
      const { response } = run.result;
      expect(response).toMatchObject({ status, body: new Uint8Array(), headers: expect.not.arrayContaining([digest]) });
      expect(own.findings(run)).toEqual([]);
      const told = { ...response!, headers: [...response!.headers, digest] };
      const stale = own.findings(run, () => ({ response: told }));
      expect(stale).toMatchObject([{ kind: "changed", location: "header:repr-digest" }]);
      const leaking = { ...response!, body: bytes(`{"card":"${pan}"}`) };
      expect(own.findings(run, () => ({ response: leaking })).length).toBeGreaterThan(0);
    }
  }
  const quiet = new Bench({
    unsupported: "pass",
    rules: [{ name: "pan", on: "response", select: "json:$.card", action: "redact" }],
  });
  const request = { method: "HEAD", path: "/", headers: [] };
  const run = await quiet.run({ id: "one", request, response: answer(200, "image/png") });
  expect(run.result.response!.headers).toContainEqual(digest);
  expect(quiet.findings(run)).toEqual([]);
});

test("a form that went through although nobody reads it is found", async () => {
  const closed = new Bench({ rules: [{ name: "pan", select: "json:$.card", action: "redact" }] });
  const run = await closed.run(of(...bodies.form!));
  expect(run.result.reason).toBe("unsupported_media_type");
  const leaked = { ...run.result, isReply: false, request: { headers: [], body: Buffer.from("card=1") } };
  const through = { ...leaked, outcome: "forwarded" as const, requestComplete: true };
  expect(closed.findings(run, () => through).map(({ detail }) => detail)).toContain(
    "a body that cannot be read went through",
  );
});
