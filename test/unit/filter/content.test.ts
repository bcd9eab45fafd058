// What content-type makes of a body: its format and charset, decided for every name that servers use; the rest is refused
// with a remedy. The same decisions by the filter and by the oracle.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Bench } from "../replay/support.ts";

const policy = {
  rules: [
    { name: "a", select: ["json:$..a", "xml://a", "form:a", "multipart:a"], action: "redact" },
    { name: "found", select: "text:", detect: ["CREDIT_CARD"], action: "redact" },
  ],
};
const bench = new Bench(policy);

const bodies = {
  json: ['{"a":"x"}', '{"a":"[redacted]"}'],
  lines: ['{"a":"x"}\n{"a":"x"}', '{"a":"[redacted]"}\n{"a":"[redacted]"}'],
  sequence: ['\x1e{"a":"x"}\n\x1e{"a":\n"x"}\n', '\x1e{"a":"[redacted]"}\n\x1e{"a":\n"[redacted]"}\n'],
  events: ['data: {"a":"x"}\n\n', 'data: {"a":"[redacted]"}\n\n'],
  xml: ["<b><a>x</a></b>", "<b><a>[redacted]</a></b>"],
  form: ["a=x", "a=%5Bredacted%5D"],
  text: ["4111 1111 1111 1111", "[redacted]"],
} as const;

async function send(type: string | undefined, body: Uint8Array | string, chunk?: "each") {
  const headers: [string, string][] = type === undefined ? [] : [["content-type", type]];
  const request = { method: "POST", path: "/", headers, body: new Uint8Array(Buffer.from(body)) };
  const run = await bench.run({ id: "content", request }, chunk);
  expect(bench.findings(run)).toEqual([]);
  return run.result.reason ?? Buffer.from(run.result.request!.body!).toString();
}

const read: Record<keyof typeof bodies, readonly (string | undefined)[]> = {
  json: [
    undefined,
    "application/json",
    "Application/JSON",
    " application/json ;charset=UTF-8",
    "text/json",
    "text/x-json",
    "application/x-json",
    "application/jsonrequest",
    "application/json-rpc",
    "application/json+fhir",
    "application/x-amz-json-1.0",
    "application/x-amz-json-1.1",
    "application/csp-report",
    "application/reports+json",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/ld+json",
    'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"; profile="a, b"',
    'application/json; charset="utf-8"',
    "application/json; charset=utf8",
    "application/json; charset='UTF-8'",
    'application/json; x="a;charset=utf-8"',
    "application/json; charset=utf-8; charset=utf-8",
    "application/json; charset=us-ascii",
    "application/json; charset=latin1",
    "application/json; charset=windows-1251",
    "application/json;",
    'application/json; version="1.0"; q=\\"',
  ],
  lines: [
    "application/x-ndjson",
    "application/x-ndjson; charset=utf-8",
    "application/ndjson",
    "application/jsonl",
    "application/jsonlines",
    "application/x-jsonlines",
    "application/x-jsonl",
    "application/fhir+ndjson",
    "application/vnd.elasticsearch+x-ndjson; compatible-with=8",
    "text/x-ndjson",
  ],
  sequence: ["application/json-seq", "application/geo+json-seq"],
  events: ["text/event-stream; charset=utf-8", "text/event-stream;charset=ISO-8859-1"],
  xml: [
    "application/xml",
    "text/xml; charset=iso-8859-1",
    'application/soap+xml; charset=utf-8; action="urn:x;y"',
    "application/xhtml+xml",
    "application/xml+fhir; charset=utf-8",
    'application/xop+xml; charset=UTF-8; type="text/xml"',
  ],
  form: ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=windows-1252"],
  text: [
    "text/plain; format=flowed",
    "text/html; charset=ISO-8859-1",
    "text/csv; header=present",
    "text/tab-separated-values",
  ],
};

for (const [kind, types] of Object.entries(read) as [keyof typeof bodies, readonly (string | undefined)[]][]) {
  test.each(types)(`${kind}: %s`, async (type) => {
    for (const chunk of [undefined, "each"] as const)
      expect(await send(type, bodies[kind][0], chunk)).toBe(bodies[kind][1]);
  });
}

test.each([
  ["application/json; charset=utf-16", "unsupported_charset"],
  ["application/json; charset=utf-7", "unsupported_charset"],
  ["application/json; charset=ibm037", "unsupported_charset"],
  ["application/json; charset=iso-2022-jp", "unsupported_charset"],
  ["application/json; charset=shift_jis", "unsupported_charset"],
  ["application/json; charset=iso-8859-01", "unsupported_charset"],
  ["application/json; charset=iso-8859-100", "unsupported_charset"],
  ["application/json; charset=windows-1259", "unsupported_charset"],
  ["application/json; charset=", "unsupported_charset"],
  ["application/json; charset", "unsupported_charset"],
  ['application/json; charset=""', "unsupported_charset"],
  ["application/json; charset=utf-8; charset=utf-16", "unsupported_charset"],
  ["application/json; charset=utf-8; charset=iso-8859-1", "unsupported_charset"],
  ['application/json; x="a;charset=utf-16"', "unsupported_charset"],
  ['application/json; charset = "utf-16"', "unsupported_charset"],
  ["application/x-www-form-urlencoded; charset=utf-16", "unsupported_charset"],
  ["application/json, text/plain", "content_type_repeated"],
  ["application/octet-stream", "unsupported_media_type"],
  ["application/x-json-seq", "unsupported_media_type"],
  ["application/json5", "unsupported_media_type"],
  ["application/+ndjson", "unsupported_media_type"],
  ["application/fhir-ndjson", "unsupported_media_type"],
  ["application/javascript", "unsupported_media_type"],
  ["application/yaml", "unsupported_media_type"],
  ["text/javascript", "unsupported_media_type"],
  ["text", "unsupported_media_type"],
  ["/json", "unsupported_media_type"],
  ["multipart/digest; boundary=x", "unsupported_media_type"],
  ["multipart/mixed", "multipart_boundary"],
  ['multipart/related; type="application/xop+xml"; start="<a>"', "multipart_boundary"],
  ["multipart/related; boundary=x; boundary=y", "multipart_boundary"],
  ["multipart/related; boundary=x; xboundary=y", "multipart_boundary"],
  ["multipart/related; boundary=x; boundary*=y", "multipart_boundary"],
  ['multipart/related; start-info="a;boundary=y"; boundary=x', "multipart_boundary"],
  ['multipart/related; boundary=x; type="text/xml; charset=utf-16"', "multipart_boundary"],
  ["multipart/form-data; boundary=x; charset=utf-16", "multipart_boundary"],
  ["application/json\u00a0", "unsupported_media_type"],
])("refused: %s", async (type, outcome) => {
  for (const chunk of [undefined, "each"] as const) expect(await send(type, bodies.json[0], chunk)).toBe(outcome);
});

/** Texts of latin letters, of what windows-1252 has besides them, and of what is UTF-8 or nothing. */
const letters = fc.string({
  unit: fc.constantFrom(..."aZ1 äöüßéÉñ§»«¤÷€“”’ŠŸ•", "\x81", "\x9f", "Ã¶"),
  maxLength: 12,
});
const toBytes = (text: string): Buffer => {
  const table = new Map(
    Array.from({ length: 32 }, (_, at) => [
      new TextDecoder("windows-1252").decode(new Uint8Array([0x80 + at])),
      0x80 + at,
    ]),
  );
  return Buffer.from([...text].map((letter) => table.get(letter) ?? letter.charCodeAt(0)));
};

test("any text in ISO-8859-1 and windows-1252, by TextDecoder", async () => {
  await fc.assert(
    fc.asyncProperty(
      letters,
      letters,
      fc.constantFrom("application/json", "application/xml", "text/plain"),
      fc.constantFrom("iso-8859-1", "windows-1252", "iso-8859-15"),
      fc.boolean(),
      async (value, other, media, charset, isDeclared) => {
        const [text] =
          media === "application/json"
            ? [JSON.stringify({ a: value, b: other })]
            : media === "text/plain"
              ? [`${value} 4111 1111 1111 1111 ${other}`]
              : [
                  `${isDeclared ? `<?xml version="1.0" encoding="${charset}"?>` : ""}<b c="${other}"><a>${value}</a>${other}</b>`,
                ];
        const type = media === "application/xml" && isDeclared ? media : `${media}; charset=${charset}`;
        const whole = await send(type, toBytes(text));
        expect(await send(type, toBytes(text), "each")).toBe(whole);
        // What is refused has a byte that two receivers read in two ways.
        const bytes = toBytes(text).toString("latin1");
        const isPlain =
          charset === "iso-8859-15"
            ? !/\P{ASCII}/u.test(bytes)
            : !/[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xff][\x80-\xbf]{3}/.test(bytes) &&
              !(charset === "iso-8859-1" ? /[\x80-\x9f]/ : /[\x81\x8d\x8f\x90\x9d]/).test(bytes);
        if (isPlain) expect(whole).not.toBe("unsupported_charset");
        else expect(whole).toBe("unsupported_charset");
      },
    ),
    { numRuns: 400, seed: 5 },
  );
});
