// JSON that says it is a text is read as the JSON that it is, in requests and answers, at every cut: what becomes of it is what
// becomes of it as application/json. All other texts are what they were; XML is refused. The leak proof agrees.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutsOf } from "../../../scripts/replay/chunks.ts";
import { Bench, request, textOf } from "../replay/support.ts";

const detecting = (select: string | string[]) => ({ name: "pan", select, detect: ["CREDIT_CARD"], action: "redact" });
const byName = { name: "cvc", on: ["request", "response"], select: "named:cvc", action: "redact" };
const byPath = { name: "card", select: "json:$..card.number", action: { mask: { keepLast: 4 } } };
const everywhere = new Bench({ rules: [byName, byPath, detecting("any:")] });
const inTexts = new Bench({ rules: [detecting("text:")] });
const inJson = new Bench({ rules: [byName, byPath] });
const strict = new Bench({ unmatched: "redact", rules: [{ name: "id", select: "json:$.id", action: "pass" }] });
const sns = "text/plain; charset=UTF-8";

/** What leaves, or the reason of the refusal, the same at every cut and proven. */
async function outcome(bench: Bench, type: string, body: string | Buffer, inAnswer = false): Promise<string> {
  const message = { headers: [["content-type", type]] as [string, string][], body: Buffer.from(body) };
  const recording = inAnswer
    ? { ...request("{}"), response: { status: 200, ...message } }
    : { id: "one", request: { method: "POST", path: "/", ...message } };
  const found = new Set<string>();
  for (const cut of [undefined, ...cutsOf(message.body.length).cuts]) {
    const run = await bench.run(recording, cut);
    expect(bench.findings(run)).toEqual([]);
    const { result } = run;
    const left = inAnswer ? result.response : result.request;
    if (result.outcome === "forwarded") expect(left!.headers).toContainEqual(["content-type", type]);
    found.add(result.outcome === "forwarded" ? Buffer.from(left!.body).toString("latin1") : result.reason!);
  }
  expect(found.size).toBe(1);
  return [...found][0]!;
}

const latin = (text: string): string => Buffer.from(text).toString("latin1");

describe("a document of JSON", () => {
  test.each([
    ['{"cvc":"737"}', '{"cvc":"[redacted]"}'],
    [' \r\n\t{ \n"cvc":"737"}\n', ' \r\n\t{ \n"cvc":"[redacted]"}\n'],
    ['[{"cvc":"737"}]', '[{"cvc":"[redacted]"}]'],
    ['[ [1], {"cvc":"737"}]', '[ [1], {"cvc":"[redacted]"}]'],
    ['["4111 1111 1111 1111"]', '["[redacted]"]'],
    ['\ufeff{"a":"é","cvc":"737"}', '\ufeff{"a":"é","cvc":"[redacted]"}'],
    ['{"card":{"number":"4111"},"n":4111111111111111}', '{"card":{"number":"****"},"n":0}'],
    ['{"Message":"{\\"cvc\\":\\"737\\"}"}', '{"Message":"{\\"cvc\\":\\"[redacted]\\"}"}'],
    ['{"a":1}', '{"a":1}'],
  ])("%j", async (before, after) => {
    for (const type of ["text/plain", sns, "text/html", "text/csv"])
      expect(await outcome(everywhere, type, before)).toBe(latin(after));
    expect(await outcome(inTexts, "text/plain", before)).toBe(
      latin(before.replace(/4111 ?1111 ?1111 ?1111/, "[redacted]")),
    );
  });

  test("that is none is refused as any other", async () => {
    for (const body of [
      '{"cvc":"737"',
      '{"cvc":"737"} x',
      '[["a"],]',
      ' \ufeff{"cvc":"737"}',
      "[[page]]",
      '{"a":1}{"cvc":1}',
    ])
      expect(await outcome(everywhere, "text/plain", body)).toBe("json_syntax");
    expect(await outcome(everywhere, "text/plain", Buffer.from('{"a":"\xff"}', "latin1"))).toBe("json_utf8");
  });

  test("in an answer, with what is revealed", async () => {
    const reveal = new Bench({
      keys: { root: { env: "FROSTGLASS_KEY" } },
      rules: [
        { name: "id", select: "json:$.id", action: { tokenize: { format: "opaque" } } },
        { name: "back", on: "response", select: "json:$.id", action: { reveal: "id" } },
        byName,
      ],
    });
    const { result } = await reveal.run(request('{"id":"ann"}'));
    const token = JSON.parse(textOf(result.request!.body)).id as string;
    expect(token).toMatch(/^fg1\./);
    const answer = `{"id":"${token}","cvc":"737"}`;
    expect(await outcome(reveal, sns, answer, true)).toBe('{"id":"ann","cvc":"[redacted]"}');
  });

  test("in a charset of one byte a character, with escapes of JSON where it has none of a character", async () => {
    const mask = new Bench({
      rules: [{ name: "a", select: "json:$.a", action: { redact: { with: "•" } } }, detecting("any:")],
    });
    for (const charset of ["iso-8859-1", "windows-1252", "us-ascii", "iso-8859-15"]) {
      const body = Buffer.from(
        charset.length < 12 && charset !== "us-ascii" ? ' {"ö":"ü","a":"x"}' : ' {"a":"x"}',
        "latin1",
      );
      const asJson = await outcome(mask, `application/json; charset=${charset}`, body);
      expect(await outcome(mask, `text/plain; charset=${charset}`, body)).toBe(asJson);
    }
    expect(await outcome(mask, "text/plain; charset=iso-8859-1", '{"a":"x"}')).toBe('{"a":"\\u2022"}');
    expect(await outcome(mask, "text/plain; charset=utf-16", '{"a":"x"}')).toBe("unsupported_charset");
  });

  test("is read where no rule looks into texts, which are refused", async () => {
    for (const inAnswer of [false, true]) {
      expect(await outcome(inJson, sns, '{"cvc":"737"}', inAnswer)).toBe('{"cvc":"[redacted]"}');
      for (const text of ["cvc 737", " ", "{", '<?xml version="1.0"?><cvc>737</cvc>'])
        expect(await outcome(inJson, sns, text, inAnswer)).toMatch(/^(unsupported_media_type|text_document)$/);
      expect(await outcome(inJson, sns, "", inAnswer)).toBe("");
    }
    expect(await outcome(strict, sns, '{"id":1,"a":"x"}')).toBe('{"id":1,"a":"[redacted]"}');
    expect(await outcome(strict, sns, "a")).toBe("unsupported_media_type");
    const unheld = new Bench({ limits: { hold: 0 }, rules: [byName] });
    expect(await outcome(unheld, sns, '{"cvc":"737"}')).toBe("unsupported_media_type");
  });

  test("is none where the policy lets through or empties what it does not read", async () => {
    const other = (unsupported: string) => new Bench({ unsupported, rules: [byName] });
    expect(await outcome(other("pass"), sns, '{"cvc":"737"}')).toBe('{"cvc":"737"}');
    expect(await outcome(other("empty"), sns, '{"cvc":"737"}')).toBe("");
  });

  test("is refused where a rule looks into texts and not into every value", async () => {
    const lost = new Bench({ rules: [byName, detecting("any:"), { ...detecting("text:"), name: "other" }] });
    expect(await outcome(lost, "text/plain", '{"note":"4111 1111 1111 1111"}')).toBe("text_document");
    expect(await outcome(lost, "text/plain", "4111 1111 1111 1111")).toBe("[redacted]");
    const both = new Bench({ rules: [byName, detecting(["text:", "any:"])] });
    expect(await outcome(both, "text/plain", '{"note":"4111 1111 1111 1111"}')).toBe('{"note":"[redacted]"}');
  });

  test("behind more white space than may wait is refused, whatever the cut", async () => {
    const small = new Bench({ limits: { hold: "64B", value: "64B" }, rules: [byName, detecting("any:")] });
    const long = JSON.stringify({ cvc: "737", notes: Array.from({ length: 40 }, () => "note") });
    expect(await outcome(small, sns, `${" ".repeat(62)}{"cvc":"737"}`)).toBe(`${" ".repeat(62)}{"cvc":"[redacted]"}`);
    expect(await outcome(small, sns, `${" ".repeat(63)}{"cvc":"737"}`)).toBe("limit_value");
    expect(await outcome(small, sns, " ".repeat(65))).toBe("limit_value");
    expect(await outcome(small, sns, " ".repeat(64))).toBe(" ".repeat(64));
    expect(JSON.parse(await outcome(small, sns, ` ${long}`))).toEqual({ ...JSON.parse(long), cvc: "[redacted]" });
  });

  test("of any shape is what it is as application/json", async () => {
    const blanks = fc.string({ unit: fc.constantFrom(" ", "\n", "\r", "\t"), maxLength: 3 });
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>("737", 4111111111111111, null, true, "4111 1111 1111 1111", "é", '{"cvc":"1"}'),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom("cvc", "card", "number", "a"), tie("any"), { maxKeys: 3 }),
      ),
    })).any;
    await fc.assert(
      fc.asyncProperty(blanks, value, fc.constantFrom(0, 0, 0, 1, 2), async (space, one, indent) => {
        const body = space + JSON.stringify(one, null, indent) + space;
        fc.pre(/^\s*(\{\s*"|\[\s*["{[])/.test(body));
        const left = await outcome(everywhere, sns, body);
        expect(left).toBe(await outcome(everywhere, "application/json", body));
        expect(JSON.stringify(JSON.parse(left))).not.toMatch(/"cvc":"737"|4111 ?1111 ?1111 ?1111/);
      }),
      { numRuns: 40 },
    );
  });
});

test.each(["\ufeff", ""])("UTF-16 is refused, behind %j and whatever the charset is said to be", async (mark) => {
  const text = Buffer.from(`${mark}Ann,4111 1111 1111 1111\n`, "utf16le");
  for (const body of [text, Buffer.from(text).swap16()]) {
    for (const type of ["text/plain", sns, "text/csv", "text/html"]) {
      expect(await outcome(everywhere, type, body)).toBe("unsupported_charset");
      expect(await outcome(inTexts, type, body)).toBe("unsupported_charset");
    }
  }
});

test("UTF-16 in a file that is searched is refused by its byte order mark, and other files pass", async () => {
  const upload = (file: Buffer) =>
    Buffer.concat([
      Buffer.from('--x\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'),
      file,
      Buffer.from("\r\n--x--\r\n"),
    ]);
  const type = "multipart/form-data; boundary=x";
  const text = Buffer.from("\ufeffAnn,4111 1111 1111 1111", "utf16le");
  const image = Buffer.from([0xff, 0xd8, 0, 0xff, 0xfe, 0]);
  expect(await outcome(everywhere, type, upload(text))).toBe("unsupported_charset");
  expect(await outcome(everywhere, type, upload(Buffer.from(text).swap16()))).toBe("unsupported_charset");
  expect(await outcome(everywhere, type, upload(image))).toBe(upload(image).toString("latin1"));
  expect(await outcome(inJson, type, upload(text))).toBe(upload(text).toString("latin1"));
});

test("XML is refused", async () => {
  const xml = '<?xml version="1.0"?><cvc>737</cvc>';
  for (const type of [sns, "text/html"]) {
    expect(await outcome(everywhere, type, xml)).toBe("text_document");
    expect(await outcome(everywhere, type, `\ufeff\n${xml}`)).toBe("text_document");
  }
  expect(await outcome(inTexts, sns, xml)).toBe(xml);
});

test.each([
  "",
  " ",
  "{",
  "[",
  "[ {",
  "{}",
  "[1]",
  "{name} went",
  "{{name}}",
  "[INFO] started",
  "[2026-11-25] x",
  "<p>x</p>",
  "<a@example.org> wrote",
  '"x"',
])("the text %j passes", async (body) => {
  for (const inAnswer of [false, true]) {
    const bench = inAnswer ? new Bench({ rules: [{ ...detecting("any:"), on: "response" }, byName] }) : everywhere;
    if (body === "[ {") expect(await outcome(bench, "text/plain", body, inAnswer)).toBe("json_syntax");
    else expect(await outcome(bench, "text/plain", body, inAnswer)).toBe(body);
  }
});
