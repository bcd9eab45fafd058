// Texts inside texts against JSON.parse, JSON.stringify and Buffer: whatever is spelled, however it is cut, what leaves is
// the same text with the selected value replaced, and every other character in the spelling in which it came.

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { Engine } from "../../support/engine.ts";
import { binaryOf } from "../../support/engine-policy.ts";

const policy = {
  rules: [
    {
      name: "pan",
      select: [
        "json:$.p|json:$.pan",
        "json:$.p|json:$.p|json:$.pan",
        "json:$.b|base64|json:$.pan",
        "json:$.u|base64url|json:$.pan",
        "json:$.u|base64url|json:$.b|base64|json:$.pan",
        "json:$.t|jwt:$.pan",
      ],
      action: "redact",
    },
  ],
};

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
  engine.use(binaryOf(policy));
});

/** A text with one place in it that a rule replaces: what stands before it, in it, in its place, and behind it. */
interface Piece {
  readonly head: string;
  readonly before: string;
  readonly after: string;
  readonly tail: string;
}

const was = ({ head, before, tail }: Piece) => head + before + tail;
const is = ({ head, after, tail }: Piece) => head + after + tail;
const stays = ({ before, after }: Piece) => before === after;

const strings = fc.string({ unit: "grapheme", maxLength: 12 }).filter((text) => text !== "[redacted]");
const value = fc.oneof(strings, fc.integer({ min: 1 }), fc.constantFrom(true, null, ""));
const space = fc.constantFrom("", " ", "\n\t ", "  ");

const replaced = (given: unknown): unknown => {
  if (given === null || given === "") return given;
  return typeof given === "string" ? "[redacted]" : typeof given === "number" ? 0 : false;
};

const pan: fc.Arbitrary<Piece> = value.map((given) => ({
  head: "",
  before: JSON.stringify(given),
  after: JSON.stringify(replaced(given)),
  tail: "",
}));

const others = fc.array(fc.tuple(fc.constantFrom("a", "\u00e9", 'q"', "x/y"), fc.jsonValue({ maxDepth: 2 })), {
  maxLength: 3,
});

/** An object of some members around the one that is selected. */
const documentOf = (name: string, member: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> =>
  fc.tuple(others, member, others, space, space).map(([first, piece, last, one, two]) => {
    const written = (members: typeof first) =>
      members.map(([key, item]) => `${JSON.stringify(key)}:${one}${JSON.stringify(item)}`);
    const start = [...written(first), `${two}${JSON.stringify(name)}${two}:${one}`].join(",");
    const end = ["", ...written(last)].join(",");
    return { ...piece, head: `${one}{${start}${piece.head}`, tail: `${piece.tail}${end}${two}}${one}` };
  });

/** Spells a text as the inside of a literal, some of its characters as escapes. */
function speller(seed: number): (text: string) => string {
  let state = seed | 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  };
  const spell = (unit: string) => {
    const code = unit.charCodeAt(0);
    const isHalf = code >= 0xd800 && code < 0xe000;
    if (code < 0x20 || isHalf || next() < 40) return `\\u${code.toString(16).padStart(4, "0")}`;
    return unit === '"' || unit === "\\" || (unit === "/" && next() < 100) ? `\\${unit}` : unit;
  };
  return (text) => text.split("").map(spell).join("");
}

/** The replacement is spelled plainly, whatever stood there before. */
const plainly = (text: string) => JSON.stringify(text).slice(1, -1);

const inString = (inner: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> =>
  fc.tuple(inner, fc.integer()).map(([piece, seed]) => {
    const spell = speller(seed);
    const before = spell(piece.before);
    const after = stays(piece) ? before : plainly(piece.after);
    return { head: `"${spell(piece.head)}`, before, after, tail: `${spell(piece.tail)}"` };
  });

const whole = (before: string, after: string): Piece => ({ head: "", before, after, tail: "" });

type Style = "padded" | "plain" | "padded where it shows";

const encoded = (inner: fc.Arbitrary<Piece>, encoding: "base64" | "base64url", style: Style): fc.Arbitrary<Piece> =>
  inner.map((piece) => {
    const write = (text: string, isPadded: boolean) => {
      const plain = Buffer.from(text).toString(encoding).replaceAll("=", "");
      return JSON.stringify(isPadded ? plain.padEnd(Math.ceil(plain.length / 4) * 4, "=") : plain);
    };
    const before = write(was(piece), style !== "plain");
    return whole(before, write(is(piece), style === "padded" || before.includes("=")));
  });

const url = (text: string) => Buffer.from(text).toString("base64url");

const token = (inner: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> =>
  inner.map((piece) => {
    const signed = JSON.stringify(`${url('{"alg":"HS256"}')}.${url(was(piece))}.${url("signature")}`);
    const stub = JSON.stringify(`${url('{"alg":"none","typ":"JWT"}')}.${url(is(piece))}.`);
    return whole(signed, stays(piece) ? signed : stub);
  });

const document = documentOf("pan", pan);
const shapes: [name: string, shape: fc.Arbitrary<Piece>][] = [
  ["JSON in a string", documentOf("p", inString(document))],
  ["JSON in JSON in a string", documentOf("p", inString(documentOf("p", inString(document))))],
  ["base64", documentOf("b", encoded(document, "base64", "padded"))],
  [
    "base64 in JSON in base64url",
    documentOf("u", encoded(documentOf("b", encoded(document, "base64", "padded")), "base64url", "plain")),
  ],
  ["base64url with padding", documentOf("u", encoded(document, "base64url", "padded where it shows"))],
  ["a token", documentOf("t", token(document))],
];

test.each(shapes)("%s", (_, shape) => {
  fc.assert(
    fc.property(shape, fc.nat(), (piece, cut) => {
      const bytes = Buffer.from(was(piece));
      const at = cut % (bytes.length + 1);
      const pieces = [bytes.subarray(0, at), bytes.subarray(at)].filter((piece) => piece.length > 0);
      const result = engine.rewrite(pieces);
      expect([result.error, Buffer.from(result.output).toString()]).toEqual([undefined, is(piece)]);
    }),
    { numRuns: 300, seed: 20261125 },
  );
});

test("texts that are no base64 are refused, exactly where Buffer and the alphabet say so", () => {
  const digits = fc.string({ unit: fc.constantFrom(..."ABab01+/-_= e3"), minLength: 1, maxLength: 10 });
  const isBase64 = (text: string) => {
    const spelled = Buffer.from(text, "base64").toString("base64");
    return !/[-_ ]/.test(text) && (spelled === text || spelled.replace(/=+$/, "") === text);
  };
  const blind = binaryOf({ rules: [{ name: "text", select: "json:$.b|base64", action: "redact" }] });
  engine.use(blind);
  fc.assert(
    fc.property(digits, (text) => {
      const { error } = engine.rewrite([Buffer.from(JSON.stringify({ b: text }))]);
      expect(error).toBe(isBase64(text) ? undefined : "nested_value");
    }),
    { numRuns: 2_000, seed: 20261125 },
  );
  engine.use(binaryOf(policy));
});
