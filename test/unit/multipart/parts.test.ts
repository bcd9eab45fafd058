// Parts without names: dicer reads what left, each part is what becomes of a body of its type, and the proof finds no leak.
import { Dicer } from "@fastify/busboy";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { Bench, request, withBody } from "../replay/support.ts";

const filter = new Filter();
const boundary = "-b--b";
const related = `multipart/related; type="text/xml"; boundary="${boundary}"; start="<a@x>"`;

interface Piece {
  readonly headers: readonly string[];
  readonly value: string;
}

const spell = (pieces: readonly Piece[]): Buffer =>
  Buffer.from(
    `${pieces
      .map(({ headers, value }) => `--${boundary}\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n${value}\r\n`)
      .join("")}--${boundary}--\r\n`,
    "latin1",
  );

/** What a receiver reads: header lines by their names, in small letters, and values. */
function receive(body: Uint8Array): Promise<{ headers: Record<string, string[]>; value: string }[]> {
  return new Promise((resolve, reject) => {
    const parts: { headers: Record<string, string[]>; value: string }[] = [];
    const parser = new Dicer({ boundary });
    parser.on("part", (stream: NodeJS.ReadableStream) => {
      const part = { headers: {}, value: "" };
      parts.push(part);
      stream.on("header", (headers: Record<string, string[]>) => {
        part.headers = headers;
      });
      stream.on("data", (data: Buffer) => {
        part.value += data.toString("latin1");
      });
    });
    parser.on("finish", () => resolve(parts));
    parser.on("error", reject);
    parser.end(Buffer.from(body));
  });
}

const rules = [
  { name: "pan", select: "named:pan", action: { mask: { keepLast: 4 } } },
  { name: "cvc", select: "named:cvc", action: "strip" },
  { name: "mail", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" },
];

const text = fc.constantFrom(
  "",
  "4111111111111111",
  "ann@example.org",
  "a b",
  "-",
  "--",
  "\\u0034",
  `--${boundary.slice(0, 4)}`,
);
const typed: [string | undefined, (pan: string, cvc: string) => string][] = [
  ["application/json", (pan, cvc) => JSON.stringify({ pan, x: [cvc], cvc })],
  ["application/vnd.x+json; charset=utf-8", (pan, cvc) => `{"cvc" : "${cvc}", "pan":"${pan}"}`],
  ["application/x-ndjson", (pan, cvc) => `{"pan":"${pan}"}\n{"cvc":"${cvc}"}\n`],
  ["application/x-www-form-urlencoded", (pan, cvc) => `pan=${encodeURIComponent(pan)}&cvc=${encodeURIComponent(cvc)}`],
  [
    'application/xop+xml; type="text/xml"',
    (pan, cvc) => `<a><pan>${pan}</pan>\r\n<b c="${cvc}"/><cvc>${cvc}</cvc></a>`,
  ],
  ["text/xml; charset=iso-8859-1", (pan, cvc) => `<a pan="${pan}">${cvc}</a>`],
  ["text/plain", (pan, cvc) => `${pan}\r\n${cvc}\r\n`],
  ["text/html; charset=utf-8", (pan, cvc) => `<p>${pan}</p>\r${cvc}`],
  [undefined, (pan, cvc) => `${pan}\n${cvc}`],
  ["application/json", () => ""],
  ["application/json", (pan) => `{"pan":"${pan}`],
  ["application/pdf", (pan) => pan],
  ["multipart/mixed; boundary=c", () => ""],
];

const piece = fc
  .tuple(
    fc.constantFrom(...typed),
    text,
    text,
    fc.constantFrom([], ["Content-ID: <a@x>"], ["X-Note: to ann@example.org"]),
  )
  .map(([[type, value], pan, cvc, more]) => ({
    type,
    headers: [...(type === undefined ? [] : [`Content-Type: ${type}`]), ...more],
    value: value(pan, cvc),
  }));

test.each(["block", "empty", "pass"])(
  "random parts: each becomes what a body of its type would, where the unsupported is %s",
  async (unsupported) => {
    const policy = binaryOf({ unsupported, rules });
    const seen = new Set<string | undefined>();
    const random = fc.asyncProperty(fc.array(piece, { maxLength: 4 }), fc.nat(), async (pieces, seed) => {
      fc.pre(pieces.every(({ value }) => !value.includes(`--${boundary}`)));
      filter.use(policy);
      const alone = pieces.map(({ type = "text/plain; charset=us-ascii", value }) => {
        if (type.startsWith("multipart/")) return { error: "multipart_encoding", output: new Uint8Array() };
        const whole = filter.rewrite(Buffer.from(value), undefined, type);
        // A part is refused by its headers, a body of no bytes is not.
        const { error } = value === "" ? filter.rewrite(Buffer.from("x"), undefined, type) : whole;
        return { ...whole, error: value === "" && !error?.startsWith("unsupported_") ? undefined : error };
      });
      const fault = alone.find(({ error }) => error !== undefined)?.error;
      const body = spell(pieces);
      const whole = filter.rewrite(body, undefined, related);
      seen.add(whole.error);
      for (const chunk of ["each", { random: seed }] as const) {
        const cut = filter.rewrite(body, chunk, related);
        expect(cut.error).toBe(whole.error);
        if (!cut.error) expect(Buffer.from(cut.output).equals(whole.output)).toBe(true);
      }
      expect(whole.error).toBe(fault);
      if (fault !== undefined) return;
      const left = await receive(whole.output);
      const expected = pieces.map(({ headers }, index) => ({
        headers: Object.fromEntries(
          headers.map((line) => {
            const [name, value] = line.split(": ") as [string, string];
            const isNote = name === "X-Note";
            return [name.toLowerCase(), [isNote ? "to [redacted]" : value]];
          }),
        ),
        value: Buffer.from(alone[index]!.output).toString("latin1"),
      }));
      expect(left).toEqual(expected);
    });
    await fc.assert(random, { numRuns: 700 });
    expect(seen).toContain(undefined);
    expect(seen).toContain("json_syntax");
  },
);

describe("the proof reads the parts itself", () => {
  const headers: [string, string][] = [["content-type", related]];
  const bench = new Bench({
    unsupported: "empty",
    rules: [...rules, { name: "document", select: "named:document", action: "redact" }],
  });
  const send = (...pieces: Piece[]) => request(undefined, { headers, body: new Uint8Array(spell(pieces)) });
  const soap = (inside: string): Piece => ({
    headers: ['Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"', "Content-ID: <a@x>"],
    value: `<s:E xmlns:s="urn:s"><pan>4111111111111111</pan>${inside}</s:E>`,
  });
  const include = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:b@x"/>';
  const attached: Piece = { headers: ["Content-Type: text/xml", "Content-ID: <b@x>"], value: "<c>Jane Doe</c>" };
  const pdf: Piece = { headers: ["Content-Type: application/pdf"], value: "%PDF Jane Doe" };

  test.each([undefined, "each", 7] as const)("no leak, cut by %s", async (chunk) => {
    const run = await bench.run(send(soap(`<x>${include}</x><cvc>737</cvc>`), attached, pdf), chunk);
    expect(bench.findings(run)).toEqual([]);
    expect(Buffer.from(run.result.request!.body).toString()).toBe(
      spell([
        {
          ...soap(`<x>${include}</x>`),
          value: soap(`<x>${include}</x>`).value.replace("411111111111", "************"),
        },
        attached,
        { ...pdf, value: "" },
      ]).toString(),
    );
  });

  test.each([
    ["a value that a rule takes", (body: string) => body.replace("************1111", "4111111111111111")],
    ["a part that must be empty", (body: string) => body.replace("pdf\r\n\r\n", "pdf\r\n\r\n%PDF Jane Doe")],
    ["a line", (body: string) => body.replace("<b@x>", "<c@x>")],
    ["an address in a line", (body: string) => body.replace("[redacted]", "ann@example.org")],
    [
      "a part that is gone",
      (body: string) => body.replace(/--[-b]+\r\nX-Note: [^-]*Content-Type: application\/pdf\r\n\r\n\r\n/, ""),
    ],
    ["a text in front", (body: string) => `x\r\n${body}`],
    ["a reference", (body: string) => body.replace("cid:b@x", "cid:c@x")],
    ["what no rule selects", (body: string) => body.replace("Jane Doe", "Jane")],
  ])("it finds %s", async (_, change) => {
    const noted = { ...pdf, headers: [...pdf.headers, "X-Note: ann@example.org"].reverse() };
    const run = await bench.run(send(soap(`<x>${include}</x>`), attached, noted));
    expect(bench.findings(run)).toEqual([]);
    const changed = withBody(change)(run.result);
    expect(Buffer.from(changed.request!.body).equals(Buffer.from(run.result.request!.body))).toBe(false);
    expect(bench.findings(run, () => changed).length).toBeGreaterThan(0);
  });

  test("content-ids and references are no addresses, but what stands before their host is looked into", async () => {
    const root = "Content-ID: <root.message@cxf.apache.org>";
    const first = { ...soap('<x href="cid:scan-1@cxf.apache.org"/>'), headers: ["Content-Type: text/xml", root] };
    const second = { ...attached, headers: ["Content-Type: text/xml", "Content-ID: <scan-1@cxf.apache.org>"] };
    const run = await bench.run(send(first, second));
    expect(bench.findings(run)).toEqual([]);
    const left = Buffer.from(run.result.request!.body).toString();
    expect(left).toContain('href="cid:scan-1@cxf.apache.org"');
    expect(left).toContain("<scan-1@cxf.apache.org>");
    expect(
      bench.findings(
        run,
        withBody((body) => body.replace("root.message", "root")),
      ).length,
    ).toBeGreaterThan(0);
    const named = { ...attached, headers: ["Content-Type: text/xml", "Content-ID: <ann@example.org@host>"] };
    const other = await bench.run(send(named));
    expect(bench.findings(other)).toEqual([]);
    expect(Buffer.from(other.result.request!.body).toString()).toContain("Content-ID: <[redacted]@host>");
  });

  test.each([
    ["an Include", `<document>${include}</document>`],
    ["one below", `<document><x>${include}</x></document>`],
    ["a text", "<document>cid:b@x</document>"],
    ["an attribute", '<document href="cid:b@x"/>'],
    ["one that a rule selects", '<x pan="cid:b@x"/>'],
    ["in capitals", '<document href="CID:b@x"/>'],
    ["behind blanks", '<document href=" \n\tcid:b@x"/>'],
    ["with a number for a letter", '<document href="&#99;id:b@x"/>'],
    ["with a number in hex", "<document>&#x0043;id:b@x</document>"],
    ["selected, with a number", '<x pan="&#x63;id:b@x"/>'],
    ["behind a blank that is no ASCII", '<document href="\u00c2\u00a0cid:b@x"/>'],
    ["with a comment in it", "<document>c<!-- > -->id:b@x</document>"],
    ["with an instruction in it", "<document>ci<?x >?>d:b@x</document>"],
    ["divided by a section", "<document>c<![CDATA[id:b@x]]></document>"],
    ["in two sections", "<document><![CDATA[cid]]><![CDATA[:b@x]]></document>"],
  ])("a reference that a rule would take, %s, is refused, and found if it were not", async (_, inside) => {
    const recording = send(soap(inside), attached);
    const run = await bench.run(recording);
    expect(run.result.reason).toBe("multipart_reference");
    expect(bench.findings(run)).toEqual([]);
    // What would leave were it no reference.
    const plain = inside.replace(/<document>[^"]*<\/document>/, "<document>x</document>");
    const scheme = /(?:c|&#\w+;)id:/i.exec(plain)?.[0] ?? "cod:";
    const other = await bench.run(send(soap(plain.replace(scheme, "cod:")), attached));
    const left = withBody((body) => body.replace("cod:", scheme))(other.result);
    const found = bench.findings({ ...other, exchange: run.exchange }, () => left);
    expect(found.length).toBeGreaterThan(0);
  });

  test.each([
    ["a word behind which a text ends", "<document><![CDATA[Apt C]]></document>"],
    ["a word before another one", "<document>c<![CDATA[ id:]]></document>"],
  ])("%s is no reference", async (_, inside) => {
    const run = await bench.run(send(soap(inside), attached));
    expect(run.result.reason).toBeUndefined();
    expect(bench.findings(run)).toEqual([]);
  });
});
