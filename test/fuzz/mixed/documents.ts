/**
 * Random documents whose values are planted: each of them is there once, so that one that stays does not look like another
 * that must go. Texts may hold documents again, in JSON, base64 or a token.
 */
import fc from "fast-check";
import { anyName, plainName, some } from "./words.ts";

export type Code = "json" | "base64" | "base64url" | "jwt" | "deep";
export type Tree = string | number | boolean | null | Tree[] | { [name: string]: Tree } | Spelled;

/** The same with texts in the place of documents in texts. */
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

/** A document in a text. */
export class Spelled {
  readonly code: Code;
  readonly inner: Tree;
  constructor(code: Code, inner: Tree) {
    this.code = code;
    this.inner = inner;
  }
}

/** What becomes a value of its own in each place. */
const kinds = ["WORD", "MAIL", "x MAIL y", "CARD", "TICKET", "a CARD b TICKET", "é WORD"] as const;
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constant("WORD") },
  { weight: 4, arbitrary: some(...kinds) },
  { weight: 1, arbitrary: fc.constant("") },
);
const leaf: fc.Arbitrary<Tree> = fc.oneof(
  { weight: 8, arbitrary: text },
  { weight: 1, arbitrary: some<Tree>(true, false, null, 0) },
  // Becomes digits that are no card.
  { weight: 1, arbitrary: fc.constant(1) },
);

type Members = { [name: string]: Tree };

/** Members in a pair of a name and a value, and names that the text of one tells. */
const naming = some("name", "key", "Field", "label", "path", "id");
const holding = some("value", "v", "answer", "stringValue", "New_Value");
/** With a word in it: one that a rule takes would else be found again in names. */
export const told: fc.Arbitrary<Tree> = fc.oneof(
  { weight: 5, arbitrary: plainName.map((name) => `WORD.${name}`) },
  { weight: 1, arbitrary: anyName.map((name) => ` WORD[${name}] *`) },
  { weight: 1, arbitrary: plainName.map((name) => `${name}.WORD`) },
  {
    weight: 2,
    arbitrary: some("Card number:", "/WORD/0/note", "x:WORD:data", "urn:WORD:pan", "https://WORD.example/#cvc"),
  },
);

export const trees = fc.letrec<{ value: Tree; object: Members; pair: Members; spelled: Spelled }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small", withCrossShrink: true },
    { weight: 5, arbitrary: leaf },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 3 }) as fc.Arbitrary<Tree> },
    { weight: 4, arbitrary: tie("object") },
    { weight: 1, arbitrary: tie("pair") },
    { weight: 1, arbitrary: tie("spelled") },
  ),
  object: fc.dictionary(fc.oneof({ weight: 4, arbitrary: plainName }, anyName), tie("value"), {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  }),
  pair: fc
    .tuple(naming, told, holding, tie("value"), fc.oneof(naming, holding, anyName), fc.oneof(told, tie("value")))
    .chain(([name, tells, value, held, other, more]) =>
      fc.shuffledSubarray<[string, Tree]>(
        [
          [name, tells],
          [value, held],
          [other, more],
        ],
        { minLength: 2 },
      ),
    )
    .map((members) => Object.fromEntries(members)),
  spelled: fc
    .tuple(some<Code>("json", "json", "base64", "base64url", "jwt", "deep"), tie("object"))
    .map(([code, inner]) => new Spelled(code, inner)),
}));

/** Makes values, each of them once. */
export class Planter {
  #count = 0;

  text(kind: string): string {
    return kind.replace(/\b(?:WORD|MAIL|CARD|TICKET|PHONE|IBAN|SSN|IP|DATE|KEY|LINK|LOGIN|UUID)\b/g, (one) =>
      this.made(one, ++this.#count),
    );
  }

  protected made(kind: string, number: number): string {
    const four = String(1000 + (number % 9000));
    if (kind === "WORD") return `Zyx${number}wvut`;
    if (kind === "MAIL") return `jane${number}@mail.example`;
    // Of the last character base64 tells a part alone: not in that should two differ.
    if (kind === "TICKET") return `TCK-${String((number * 7919) % 1_000_000).padStart(6, "0")}`;
    if (kind === "PHONE") return `+1 415 55${four[0]} ${four.slice(1)}7`;
    if (kind === "IBAN") return iban(`50070010${String(number * 7919).padStart(10, "0")}`);
    if (kind === "SSN") return `536-9${four[0]}-${four.slice(1)}2`;
    if (kind === "IP") return `203.0.${number % 200}.${17 + (number % 200)}`;
    if (kind === "DATE") return `19${10 + (number % 90)}-0${1 + (number % 9)}-1${number % 10}`;
    if (kind === "KEY") return `AKIA${`${number}QZTW7XKNPRV3MHJD`.replaceAll(/[0189]/g, "B").slice(0, 16)}`;
    if (kind === "LINK") return `https://ann${number}:s3cr${number}et@db.example/a?token=Zq${number}wLx81kd02mz7`;
    if (kind === "LOGIN") return `password=hunter${number}Xq9`;
    if (kind === "UUID") return `5f0c${four}-3b1a-4c${String(number % 100).padStart(2, "0")}-9d2e-6a7b8c9d0e1f`;
    return luhn(`411111${String(number * 7919).padStart(9, "0")}`);
  }

  /** The document with values in the place of their kinds, and texts that spell documents. */
  plant(tree: Tree): Value {
    if (typeof tree === "string") return this.text(tree);
    if (tree === 1) return 700_000_001 + 13 * ++this.#count;
    if (typeof tree !== "object" || tree === null) return tree;
    if (tree instanceof Spelled) return spell(tree.code, JSON.stringify(this.plant(tree.inner)));
    if (Array.isArray(tree)) return tree.map((each) => this.plant(each));
    return Object.fromEntries(Object.entries(tree).map(([name, value]) => [this.name(name), this.plant(value)]));
  }

  protected name(given: string): string {
    return given;
  }
}

/** Values of every format in the place of words. */
export class Formats extends Planter {
  protected override made(kind: string, number: number): string {
    const formats = ["WORD", "DATE", "IBAN", "PHONE", "UUID"];
    return super.made(kind === "WORD" ? formats[number % formats.length]! : kind, number);
  }
}

function luhn(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, at) => {
    const value = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** One of Germany, with its check digits. */
function iban(account: string): string {
  const rest = BigInt(`${account}131400`) % 97n;
  return `DE${String(98n - rest).padStart(2, "0")}${account}`;
}

const url = (given: string): string => Buffer.from(given).toString("base64url");

function spell(code: Code, given: string): string {
  if (code === "base64") return Buffer.from(given).toString("base64");
  if (code === "base64url") return url(given);
  if (code === "jwt") return `${url('{"alg":"HS256"}')}.${url(given)}.${url("signature")}`;
  return code === "deep" ? JSON.stringify({ data: given }) : given;
}
