// What reads as something else: digits, spaces, hyphens and letters of any kind, characters of no width, references of HTML, escapes.
// The wasm against its twin in TypeScript, which folds a whole text at once, at every cut; and tables against Unicode.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { builtInProgram } from "../../../scripts/detect/built-in.ts";
import { DETECTORS } from "../../../scripts/detect/detectors/index.ts";
import { FOLDS, foldOf, foldText, MAX_DROPPED } from "../../../scripts/detect/fold.ts";
import { compileProgram } from "../../../scripts/detect/program.ts";
import { Scanner } from "../../../scripts/detect/scanner.ts";
import { marked } from "./support.ts";

const scanner = new Scanner(builtInProgram());
const spaces = "\u00a0\u2000\u2002\u2003\u2007\u2009\u200a\u202f\u205f\u3000";
const hyphens = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d";
const nothings = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2066\ufe0f\ufeff";
const wide = (text: string) => text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));

/** Types and covered texts. */
const finds = (text: string): [string, string][] =>
  scanner.scan(text).map(({ start, end, type }) => [type, [...text].slice(start, end).join("")]);

describe("numbers and addresses are found however they are spelled", () => {
  const card = "4111 1111 1111 1111";
  test.each([
    ...[...spaces].map((space) => card.replaceAll(" ", space)),
    ...[...hyphens].map((hyphen) => card.replaceAll(" ", hyphen)),
    ...[...nothings].map((nothing) => card.replace("11", `1${nothing}1`)),
    wide(card).replaceAll(" ", "\u3000"),
    card.replace(/\d/g, (digit) => String.fromCharCode(0x0660 + Number(digit))),
    card.replace(/\d/g, (digit) => String.fromCodePoint(0x1d7ce + Number(digit))),
    card.replace(/\d/g, (digit) => `&#${48 + Number(digit)};`),
    card.replace(/\d/g, (digit) => `&#x3${digit}`).replaceAll(" ", "&nbsp;"),
    card.replace(/\d(?=.)/g, (digit) => `${digit}\ufe0f\u20e3`),
    card.replace(/\d/g, (digit) => `\\u003${digit}`),
    card.replace(/\d/g, (digit) => `\\uFF1${digit}`).replaceAll(" ", "\\u00a0"),
    card.replaceAll(" ", "").replace(/1/g, "%31"),
  ])("%j", (text) => {
    expect(finds(`é ${text} ü`)).toEqual([["CREDIT_CARD", text]]);
  });

  test.each([
    ["EMAIL_ADDRESS", "ann&#64;example.org"],
    ["EMAIL_ADDRESS", "ann&commat;example&period;org"],
    ["EMAIL_ADDRESS", "ann%40example.org"],
    ["EMAIL_ADDRESS", "ann%2esmith\\u0040example.org"],
    ["URL", "https:\\/\\/x.example\\/a?b=%20c&d=%2fe"],
    ["EMAIL_ADDRESS", "a\u00adnn@exam\u200bple.org"],
    ["EMAIL_ADDRESS", wide("ann@example.org")],
    ["EMAIL_ADDRESS", "ann@example。org"],
    ["PHONE_NUMBER", "+41\u00a044\u00a0668\u00a018\u00a000"],
    ["PHONE_NUMBER", "+1\u2011415\u2011555\u20110132"],
    ["IBAN_CODE", "DE89\u202f3704\u202f0044\u202f0532\u202f0130\u202f00"],
    ["US_SSN", "536–90–4399"],
  ])("%s: %j", (type, text) => {
    expect(finds(`(${text})`)).toEqual([[type, text]]);
  });
});

test.each([
  "4111&#1111 1111 1111 1111", // a reference by its number that no text has
  "4111 1111 1111&unknown; 1111",
  `4111 1111 11${"\u200b".repeat(MAX_DROPPED + 1)}11 1111`,
  "&#0000000000000000000000000000052;111111111111111",
  "\\u003411111111111111", // too few digits behind it
  "GB82%20WEST%201234%205698%207654%2032", // a blank would end an address
  "4111\\U00311111111111 4111\\u00g11111111111 4111%g11111111111 %",
])("stays what it is: %j", (text) => {
  expect(finds(text)).toEqual([]);
});

it("reads all decimal digits of the Basic Multilingual Plane as digits, and no letter as one", () => {
  for (let point = 0x80; point < 0x10000; point++) {
    const character = String.fromCharCode(point);
    const reading = foldOf(point);
    const isDigit = reading !== undefined && reading >= 0x30 && reading <= 0x39;
    expect(isDigit, point.toString(16)).toBe(/\p{Nd}/u.test(character));
    if (reading === 0) expect(character, point.toString(16)).toMatch(/[\p{Cf}\p{Mn}\p{Me}]/u);
    // The rest of what reads as ASCII: what Unicode says is compatible with it, and what only looks like it.
    else if (reading !== undefined && !isDigit && character.normalize("NFKC").length === 1)
      expect([character.normalize("NFKC"), "-", '"', "/", "."]).toContain(String.fromCharCode(reading));
  }
});

const odd = fc.oneof(
  fc.constantFrom(...FOLDS.map(({ from }) => String.fromCharCode(from))),
  fc.constantFrom(
    "é",
    "字",
    "🙂",
    "ß",
    "&",
    "&#",
    "&#x",
    "&#x34",
    "&#52;",
    "&amp;",
    "&lt",
    "&nbsp;",
    "&#8203;",
    "&#233;",
    "\\",
    "\\/",
    "\\u",
    "\\u003",
    "\\u0034",
    "\\u200b",
    "\\ud83d",
    "%",
    "%4",
    "%40",
    "%20",
    "%34",
  ),
  fc.constantFrom(..."0123456789 -.@ab;"),
  fc.constantFrom("4111", "1111", "ann", "example.org"),
);
const texts = fc.oneof(
  fc.array(odd, { maxLength: 40 }).map((parts) => parts.join("")),
  fc
    .tuple(fc.constantFrom(...DETECTORS.flatMap(({ examples }) => examples.finds)), fc.infiniteStream(odd), fc.nat(6))
    .map(([example, stream, every]) => {
      const { text } = marked(example);
      return [...text].flatMap((c, index) => (index % 7 === every ? [c, stream.next().value!] : [c])).join("");
    }),
);

describe("the wasm folds as its twin does", () => {
  it("at every cut", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = Buffer.from(text);
        const options = { threshold: 0.3, rivals: "none" } as const;
        const whole = scanner.scanBytes([bytes], options);
        const folded = scanner.scan(foldText(text), options).length;
        // What a folded sign begins is not folded again.
        if (!/[&%\\]/.test(foldText(text))) expect(whole.length, text).toBe(folded);
        for (let cut = 0; cut <= bytes.length; cut++)
          expect(scanner.scanBytes([bytes.subarray(0, cut), bytes.subarray(cut)], options), text).toEqual(whole);
        const single = [...bytes].map((byte) => Uint8Array.of(byte));
        expect(scanner.scanBytes(single, options), text).toEqual(whole);
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  it("covers of a text what it covers of its reading", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const reading = foldText(text);
        fc.pre(!/[&%\\]/.test(reading));
        const covered = scanner.scan(text).map(({ start, end }) => foldText([...text].slice(start, end).join("")));
        const expected = scanner.scan(reading).map(({ start, end }) => [...reading].slice(start, end).join(""));
        expect(covered, text).toEqual(expected);
      }),
      { numRuns: 400, seed: 6 },
    );
  });

  it("over texts that are longer than the window, in chunks of any size", () => {
    const piece = `é カード４１１１－１１１１－１１１１－１１１１、${"和".repeat(9)}&#64;&amp;\u200b ann&#64;example.org `;
    const bytes = Buffer.from(piece.repeat(600));
    const whole = scanner.scanBytes([bytes]);
    expect(whole.length).toBe(1200);
    const length = Buffer.byteLength(piece);
    whole.forEach((span, index) => {
      const at = index >> 1 === 0 ? 0 : length * (index >> 1);
      expect([span.start - at, span.end - at]).toEqual([whole[index % 2]!.start, whole[index % 2]!.end]);
    });
    for (const size of [1, 7, 64, 2047, 2048, 2049, 4096]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(scanner.scanBytes(chunks)).toEqual(whole);
    }
  });
});

describe("what patterns, words and policies ask for", () => {
  const find = (pattern: string, text: string, rest = {}) => {
    const examples = { finds: [], ignores: [] };
    const own = new Scanner(compileProgram([{ type: "OWN", pattern, score: 0.9, examples, ...rest }]));
    return own.scan(text).map(({ start, end }) => [start, end]);
  };

  it("is folded too", () => {
    expect(find("no\\u2013[０-９]{3}", "no–１２３ no-456")).toEqual([
      [0, 6],
      [7, 13],
    ]);
    expect(find("[a-z]{3}[^a-z]x", "abc\u3000x")).toEqual([[0, 5]]);
    expect(find("\\d{6}", "ＩＤ 123456", { score: 0, contextScore: 0.9, context: ["ｉｄ"] })).toEqual([[3, 9]]);
  });

  it("has letters in either case, and leaves them out in either case", () => {
    expect(find("x[^a]y", "xAy xay xby XBY")).toEqual([
      [8, 11],
      [12, 15],
    ]);
    expect(find("x[^a]y", "xAy xay", { ignoreCase: false })).toEqual([[0, 3]]);
    expect(find("k[^s]", "ks kS KT", { right: "" })).toEqual([[6, 8]]);
  });
});
