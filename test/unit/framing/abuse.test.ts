// Ways to slip a body past a body parser: content types, charsets and framings of forms, JSON and the rest, each with a
// decided outcome under a policy that redacts everything it can read: redacted, or refused before a byte has left.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { runExchange, Vm } from "../../../scripts/host/index.ts";
import { loadWasm } from "../../../scripts/wasm.ts";
import { corpora, corpus, titleOf } from "../../support/corpora.ts";
import { binaryOf } from "../../support/engine-policy.ts";

const folder = "http-abuse";
const policy = binaryOf({
  compressed: "decode",
  limits: { hold: "1MiB", value: "1MiB" },
  rules: [
    { name: "json", select: ["json:$", "json:$..*"], action: "redact" },
    { name: "fields", select: ["form:*", "multipart:*", "multipart-filename:*"], action: "redact" },
  ],
});
const plugin = new Vm(new WebAssembly.Module(loadWasm())).plugin("abuse", policy);

const cases = (file: string) =>
  corpus(folder)
    ? readFileSync(`${corpora}/${folder}/${file}`, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
    : [];

function send(headers: [string, string][], body: Uint8Array, chunk: "each" | undefined) {
  const request = { method: "POST", path: "/", headers, body };
  return runExchange(plugin, { request }, chunk ? { holdHeaders: true, chunk } : { holdHeaders: true });
}

/** What left of the body, in the ways in which a receiver may read it. */
const readings = (body: Uint8Array): string[] => {
  const text = Buffer.from(body).toString("latin1");
  return [text, decodeURIComponent(text.replaceAll("+", " ").replace(/%(?![0-7][0-9a-fA-F])/g, "%25"))];
};

describe.skipIf(corpus(folder) === undefined)(titleOf("own wire cases", folder), () => {
  const secrets = ["4111111111111111", "4111 1111", "jane.doe", "078-05-1123", "NDExMTExMTExMTExMTExMQ", "%34%31%31"];
  test.each(cases("own_wire_cases.jsonl"))("$name", ({ headers, body_b64 }) => {
    const body = Buffer.from(body_b64, "base64");
    const whole = send(headers, body, undefined);
    const cut = send(headers, body, "each");
    expect([cut.outcome, cut.reason]).toEqual([whole.outcome, whole.reason]);
    if (whole.outcome !== "forwarded") {
      expect([whole.outcome, whole.request]).toEqual(["blocked", undefined]);
      return;
    }
    expect(Buffer.from(cut.request!.body).equals(whole.request!.body)).toBe(true);
    for (const text of readings(whole.request!.body)) {
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
  });
});

/** Values that every rule leaves: a field of a form that is empty, or its name. */
const valuesIn = (body: Uint8Array): string[] =>
  [...new URLSearchParams(Buffer.from(body).toString("latin1"))].map(([, value]) => value);

for (const file of ["crs_body_cases.jsonl", "modsecurity_body_cases.jsonl"]) {
  describe.skipIf(corpus(folder) === undefined)(titleOf(`forms of ${file}`, folder), () => {
    const forms = cases(file).flatMap(({ headers, data_b64, body_b64, rule, test: number, title }, index) => {
      const data = data_b64 ?? body_b64;
      const type = headers?.["Content-Type"];
      const isForm = typeof type === "string" && /^\s*application\/x-www-form-urlencoded/i.test(type);
      return isForm && data
        ? [{ name: `${index} ${title ?? `${rule}-${number}`}`, type, body: Buffer.from(data, "base64") }]
        : [];
    });

    test.each(forms)("$name", ({ type, body }) => {
      for (const chunk of [undefined, "each"] as const) {
        const { outcome, request } = send([["content-type", type]], body, chunk);
        if (outcome === "forwarded") {
          expect(new Set(valuesIn(request!.body))).toEqual(
            new Set(valuesIn(body).map((value) => (value === "" ? "" : "[redacted]"))),
          );
        } else expect([outcome, request]).toEqual(["blocked", undefined]);
      }
    });
  });
}

describe.skipIf(corpus(folder) === undefined)(
  titleOf("every other body of the web application firewalls", folder),
  () => {
    const others = [...cases("crs_body_cases.jsonl"), ...cases("modsecurity_body_cases.jsonl")].flatMap(
      ({ headers, data_b64, body_b64 }, index) => {
        const type = headers?.["Content-Type"];
        const isOurs =
          typeof type === "string" && /^\s*(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(type);
        const data = data_b64 ?? body_b64;
        return data && !isOurs ? [{ index, type: typeof type === "string" ? type : undefined, data }] : [];
      },
    );

    test.each(others)("case $index, $type: redacted as a whole, or refused", ({ type, data }) => {
      const headers: [string, string][] = type === undefined ? [] : [["content-type", type]];
      const { outcome, request } = send(headers, Buffer.from(data, "base64"), "each");
      if (outcome !== "forwarded") expect([outcome, request]).toEqual(["blocked", undefined]);
      else
        expect(Buffer.from(request!.body).toString().trim()).toMatch(/^(\{\}|\[\]|0|false|null|"\[redacted\]"|"")?$/);
    });
  },
);

test("nesting ten thousand deep is refused in every format that holds documents", () => {
  const deep = "[".repeat(10_000);
  const head = '--x\r\nContent-Disposition: form-data; name="doc"\r\n\r\n';
  const inside = binaryOf({
    rules: [{ name: "in", select: ["json:$.a", "form:doc|json:$.a", "multipart:doc|json:$.a"], action: "redact" }],
  });
  const reader = new Vm(new WebAssembly.Module(loadWasm())).plugin("deep", inside);
  for (const [type, body] of [
    ["application/json", deep],
    ["application/x-ndjson", `{}\n${deep}`],
    ["text/event-stream", `data: ${deep}\n\n`],
    ["application/x-www-form-urlencoded", `doc=${deep}`],
    ["multipart/form-data; boundary=x", `${head}${deep}\r\n--x--`],
  ] as const) {
    const headers: [string, string][] = [["content-type", type]];
    const request = { method: "POST", path: "/", headers, body: Buffer.from(body) };
    expect([type, runExchange(reader, { request }, { holdHeaders: true }).reason]).toEqual([type, "limit_depth"]);
  }
});
