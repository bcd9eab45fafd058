// How a text is read before it is searched: what a person reads as a digit, a space, a hyphen or nothing at all is one,
// whatever its code point, and a character that HTML spells by reference, JSON or an address by an escape, is that character.
// Patterns, check functions and words then only know ASCII spellings of numbers and addresses.
// One source for the wasm (assembly/detect/fold.ts), for what patterns and words are compiled to, and for the oracle.
// Invariant: ASCII stands for itself, but for references and escapes.

/** `count` characters from `from` on read as those from `base` on, `period` of them over and over; base 0 as nothing. */
export interface Fold {
  from: number;
  count: number;
  base: number;
  period: number;
}

const fold = (from: number, to: number, base: number, period = 1): Fold => ({
  from,
  count: to - from + 1,
  base,
  period,
});

/** First characters of the blocks of decimal digits (general category Nd) in the Basic Multilingual Plane, from 0 to 9. */
const DIGITS = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
  0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
];

const [SPACE, HYPHEN, QUOTE, DOT, SLASH] = [...' -"./'].map((character) => character.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
  number,
];

/** In the order of code points. */
export const FOLDS: readonly Fold[] = [
  ...DIGITS.map((from) => fold(from, from + 9, 0x30, 10)),
  fold(0x00a0, 0x00a0, SPACE),
  fold(0x00ad, 0x00ad, 0), // soft hyphen
  fold(0x034f, 0x034f, 0),
  fold(0x061c, 0x061c, 0),
  fold(0x180e, 0x180e, 0),
  fold(0x2000, 0x200a, SPACE),
  fold(0x200b, 0x200f, 0), // zero width space, joiners, marks of direction
  fold(0x2010, 0x2015, HYPHEN),
  fold(0x201c, 0x201f, QUOTE),
  fold(0x2024, 0x2024, DOT),
  fold(0x202a, 0x202e, 0), // embeddings of direction
  fold(0x202f, 0x202f, SPACE),
  fold(0x2044, 0x2044, SLASH),
  fold(0x205f, 0x205f, SPACE),
  fold(0x2060, 0x2064, 0),
  fold(0x2066, 0x206f, 0),
  fold(0x20e3, 0x20e3, 0), // the frame of a keycap
  fold(0x2212, 0x2212, HYPHEN),
  fold(0x2215, 0x2215, SLASH),
  fold(0x3000, 0x3000, SPACE),
  fold(0x3002, 0x3002, DOT), // a full stop in domain names (UTS 46)
  fold(0xfe00, 0xfe0f, 0), // variation selectors
  fold(0xfe52, 0xfe52, DOT),
  fold(0xfe58, 0xfe58, HYPHEN),
  fold(0xfe63, 0xfe63, HYPHEN),
  fold(0xfe6b, 0xfe6b, 0x40),
  fold(0xfeff, 0xfeff, 0),
  fold(0xff01, 0xff5e, 0x21, 0x5e), // full width
  fold(0xff61, 0xff61, DOT),
].sort((a, b) => a.from - b.from);

/** Digits of mathematical alphabets stand beyond 16 bits; of the other blocks there nobody writes numbers of persons. */
export const MATH_DIGITS = { first: 0x1d7ce, count: 50 };

/** Characters of HTML that are referred to by name: those that stand in numbers, addresses and around them. */
export const NAMES: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", commat: "@", period: ".", comma: ",", colon: ":", semi: ";" },
  ...{ plus: "+", lowbar: "_", num: "#", percnt: "%", sol: "/", equals: "=", lpar: "(", rpar: ")", dollar: "$" },
  ...{ excl: "!", quest: "?", ast: "*", hyphen: "-", dash: "-", ndash: "-", mdash: "-", minus: "-" },
  ...{ Tab: "\t", NewLine: "\n", nbsp: " ", NonBreakingSpace: " ", ensp: " ", emsp: " ", thinsp: " ", numsp: " " },
  ...{ puncsp: " ", hairsp: " ", shy: "\0", zwnj: "\0", zwj: "\0", lrm: "\0", rlm: "\0", NoBreak: "\0" },
  ...{ ZeroWidthSpace: "\0" },
};

/** Longest reference in bytes, from the ampersand to the semicolon. */
export const MAX_REFERENCE = 20;
/** Characters that read as nothing, in a row; more of them stay, so that what waits has a bound. */
export const MAX_DROPPED = 8;

/** What a character reads as: a code of ASCII, 0 for nothing, undefined for itself. */
export function foldOf(point: number): number | undefined {
  if (point >= MATH_DIGITS.first && point < MATH_DIGITS.first + MATH_DIGITS.count) {
    return 0x30 + ((point - MATH_DIGITS.first) % 10);
  }
  const found = FOLDS.find(({ from, count }) => point >= from && point < from + count);
  if (found === undefined) return undefined;
  return found.base === 0 ? 0 : found.base + ((point - found.from) % found.period);
}

const REFERENCE = new RegExp(
  `&(?:#x([0-9a-f]{1,${MAX_REFERENCE - 4}})(?![0-9a-f]);?|#([0-9]{1,${MAX_REFERENCE - 3}})(?![0-9]);?|([A-Za-z]+);)`,
  "iy",
);

/**
 * Escapes of JSON, in a document that is a text to us; and those of addresses, of letters, digits and what stands in the
 * names of mailboxes: what else an address escapes would end it, or mean something in it.
 */
const ESCAPE = /\\(?:(\/)|u([0-9a-fA-F]{4}))|%(2[dDeE]|3[0-9]|4[0-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])/y;

/** The text as it is searched. */
export function foldText(text: string): string {
  let out = "";
  let dropped = 0;
  for (let at = 0; at < text.length; ) {
    const spelled = spelledAt(text, at);
    const character = spelled?.character ?? String.fromCodePoint(text.codePointAt(at)!);
    const read = character === "\0" && spelled ? 0 : foldOf(character.codePointAt(0)!);
    const source = spelled?.source ?? character;
    at += source.length;
    if (read === 0 && dropped < MAX_DROPPED) {
      dropped++;
      continue;
    }
    dropped = 0;
    out += read === 0 ? source : read === undefined ? character : String.fromCharCode(read);
  }
  return out;
}

/** The reference or escape at a place of a text, and the character that it stands for; "\0" stands for nothing. */
function spelledAt(text: string, at: number): { source: string; character: string } | undefined {
  const spelling = text[at] === "&" ? REFERENCE : ESCAPE;
  spelling.lastIndex = at;
  const match = spelling.exec(text);
  if (match === null || match[0].length > MAX_REFERENCE) return undefined;
  const character = spelling === REFERENCE ? referred(match) : escaped(match);
  return character === undefined ? undefined : { source: match[0], character };
}

function referred([, hex, decimal, name]: RegExpExecArray): string | undefined {
  if (name !== undefined) return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  return characterOf(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
}

const escaped = ([, slash, json, address]: RegExpExecArray): string | undefined =>
  slash ?? characterOf(Number.parseInt(json ?? address!, 16));

/** The character of a code point that a text can have. */
function characterOf(point: number): string | undefined {
  const isText = point < 0x80 ? point >= 0x20 || point === 9 || point === 10 || point === 13 : point >= 0xa0;
  const isSurrogate = point >= 0xd800 && point < 0xe000;
  return isText && !isSurrogate && point <= 0x10ffff ? String.fromCodePoint(point) : undefined;
}
