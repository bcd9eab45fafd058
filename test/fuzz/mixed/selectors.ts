/**
 * Random selectors of every location, in what every location takes as its path, with decoders behind. Most are valid; what
 * is not has a diagnostic.
 */
import fc from "fast-check";
import { anyName, endings, plainName, some, words } from "./words.ts";

const quoted = (name: string): string => `'${name}'`;

/** Steps of a JSONPath that a stream can follow. */
const index = fc.nat({ max: 3 }).map(String);
/** Each of them holds an index: what holds none selects nothing, and decodes nothing. */
const slice = fc
  .tuple(
    fc.option(fc.nat({ max: 2 })),
    fc.option(fc.integer({ min: 3, max: 5 })),
    fc.option(fc.integer({ min: 1, max: 3 })),
  )
  .map(([start, end, step]) => `${start ?? ""}:${end ?? ""}${step === null ? "" : `:${step}`}`);
const step = fc.oneof(
  { weight: 6, arbitrary: anyName.map(quoted) },
  { weight: 2, arbitrary: fc.constant("*") },
  { weight: 1, arbitrary: index },
  { weight: 1, arbitrary: slice },
);
const bracketed = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => `[${steps.join(",")}]`);
const dotted = fc.oneof({ weight: 5, arbitrary: plainName }, fc.constant("*")).map((name) => `.${name}`);
const segment = fc.oneof(
  { weight: 5, arbitrary: dotted },
  { weight: 3, arbitrary: bracketed },
  { weight: 2, arbitrary: dotted.map((name) => `.${name}`) },
  { weight: 1, arbitrary: bracketed.map((inside) => `..${inside}`) },
);
const pathOf = (minLength: number): fc.Arbitrary<string> =>
  fc.array(segment, { minLength, maxLength: 3 }).map((segments) => `$${segments.join("")}`);
const jsonPath = pathOf(0);
/** A path to what stands in a body: all of one that is no JSON (application/graphql) is not decoded. */
const inside = pathOf(1);

/** One decoder, or some in a row; a chain that ends in a document selects in it. */
const document = fc.oneof(
  { weight: 4, arbitrary: jsonPath.map((path) => `|json:${path}`) },
  { weight: 1, arbitrary: jsonPath.map((path) => `|jwt:${path}`) },
  { weight: 1, arbitrary: jsonPath.map((path) => `|graphql:${path}`) },
);
const chain = fc.oneof(
  { weight: 4, arbitrary: document },
  { weight: 1, arbitrary: some("|base64", "|base64url") },
  { weight: 2, arbitrary: fc.tuple(some("|base64", "|base64url"), document).map((parts) => parts.join("")) },
  { weight: 1, arbitrary: fc.tuple(document, document).map((parts) => parts.join("")) },
);
const behind = fc.oneof({ weight: 3, arbitrary: fc.constant("") }, { weight: 1, arbitrary: chain });

const listed = (name: fc.Arbitrary<string>) => fc.uniqueArray(name, { minLength: 1, maxLength: 3 });
const orWords = fc.oneof(
  { weight: 3, arbitrary: plainName.map(quoted) },
  words.map((one) => `~${quoted(one)}`),
);
const orEndings = fc.oneof(
  { weight: 3, arbitrary: orWords },
  endings.map((one) => `~${quoted(one)}`),
);
const namedStep = fc.oneof(
  { weight: 6, arbitrary: listed(orWords) },
  { weight: 1, arbitrary: some<string[]>(["*"], [":"], [":", "'pan'"], ["*", "'card'"]) },
);
const named = fc.oneof(
  { weight: 4, arbitrary: plainName },
  { weight: 1, arbitrary: anyName },
  { weight: 2, arbitrary: fc.oneof(words, endings).map((one) => `~${quoted(one)}`) },
  { weight: 2, arbitrary: listed(orEndings).map((steps) => `[${steps}]`) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.array(namedStep, { minLength: 1, maxLength: 3 }), listed(orEndings))
      .map(([steps, last]) => [...steps, last].map((one) => `[${one}]`).join("")),
  },
);

const xmlName = fc.oneof(
  { weight: 6, arbitrary: plainName },
  fc.constant("*"),
  listed(
    fc.oneof(
      plainName,
      fc.oneof(words, endings).map((one) => `~${one}`),
    ),
  ).map((names) => `(${names.join("|")})`),
);
const xml = fc
  .tuple(
    fc.array(
      fc.tuple(some("/", "//", "//"), xmlName).map((parts) => parts.join("")),
      { minLength: 1, maxLength: 2 },
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.constant("") },
      fc.tuple(some("/@", "//@"), xmlName).map((parts) => parts.join("")),
    ),
  )
  .map((parts) => parts.flat().join(""));

const pattern = fc.oneof(
  { weight: 6, arbitrary: anyName },
  { weight: 2, arbitrary: plainName.map((name) => `${name}*`) },
  { weight: 1, arbitrary: some("*", "*card*", "items[card]", "card[*]", "card.pan") },
);
const header = fc.oneof(
  { weight: 5, arbitrary: plainName.map((name) => `x-${name}`) },
  some("x-*", "*", "authorization", "x-card*", "*-bin", "referer"),
);
const path = some("/p/{a}", "/p/{a}/{b}", "/p/*/{b}", "/p/card/{b}", "/{a}/**", "/p/{a}/**", "/{x}/{a}/{b}");

/** What fields lead to, of the types of `types.ts`: a type, or nothing further. */
const fields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Order: {
    pan: "",
    card: "Card",
    items: "Card",
    labels: "Labels",
    wallet: "Wallet",
    plan: "Struct",
    extra: "Any",
    levels: "Levels",
    note: "",
    data: "",
    cvc: "Value",
    total: "",
    rows: "List",
    points: "",
    order: "Order",
    tags: "Tag",
    attributes: "Attribute",
    tag: "Tag",
  },
  Card: { pan: "", card_number: "", card: "Card", data: "", cvc: "", note: "", tags: "Tag" },
  Tag: { key: "", value: "", int_value: "", answers: "" },
  Attribute: { key: "", value: "Scalar", old: "Value" },
  Scalar: { string_value: "", int_value: "", attributes: "Attribute", card: "Card" },
  Labels: { key: "", value: "" },
  Wallet: { key: "", value: "Card" },
  Levels: { value: "Card" },
  Any: { "[mix.Card]": "Card", "[google.protobuf.Struct]": "Struct" },
  Struct: { fields: "Fields" },
  Fields: { key: "", value: "Value" },
  Value: { string_value: "", struct_value: "Struct", list_value: "List" },
  List: { values: "Value" },
};

/** A path from a type: numbers say which way each step takes; some steps may be any field, or any number of them. */
function protoWalk(type: string, turns: readonly number[]): string {
  const steps: string[] = [];
  let at = type;
  for (const turn of turns) {
    const ways = Object.entries(fields[at] ?? {});
    if (ways.length === 0) break;
    if (turn % 11 === 0) steps.push("**");
    const [name, next] = ways[Math.floor(turn / 11) % ways.length]!;
    steps.push(name);
    at = next;
  }
  return steps.join(".");
}
const protoPath = (type: string) =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.array(fc.nat({ max: 1100 }), { minLength: 1, maxLength: 4 }).map((turns) => protoWalk(type, turns)),
    },
    some("*", "**.*", "**.pan", "**.note", "*.*", "card.*"),
  );
const proto = fc.oneof(
  ...(
    [
      ["grpc:mix.Shop/Pay", "Order"],
      ["grpc:*/*", "Order"],
      ["grpc:mix.*/*", "Order"],
      ["proto:mix.Order", "Order"],
      ["proto:mix.Card", "Card"],
    ] as const
  ).map(([scope, type]) => protoPath(type).map((path) => `${scope}:${path}`)),
);

const at = (location: string, expression: fc.Arbitrary<string>, rest: fc.Arbitrary<string> = fc.constant("")) =>
  fc.tuple(expression, rest).map(([one, more]) => `${location}:${one}${more}`);

/** Selectors of a part of a message, for any action. */
export const selector: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: at("json", jsonPath) },
  { weight: 2, arbitrary: at("json", inside, chain) },
  { weight: 2, arbitrary: at("json-key", jsonPath) },
  { weight: 6, arbitrary: at("named", named) },
  { weight: 3, arbitrary: at("xml", xml, behind) },
  { weight: 2, arbitrary: at("form", pattern, behind) },
  { weight: 2, arbitrary: at("query", pattern, behind) },
  { weight: 2, arbitrary: at("cookie", pattern, behind) },
  { weight: 2, arbitrary: at("multipart", pattern, behind) },
  { weight: 1, arbitrary: at("multipart-filename", pattern) },
  { weight: 2, arbitrary: at("header", header, behind) },
  { weight: 1, arbitrary: at("path", path, behind) },
  { weight: 4, arbitrary: proto },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        proto.filter((path) => /(?:pan|note|data|\*|value|number)$/.test(path)),
        chain,
      )
      .map((parts) => parts.join("")),
  },
  {
    weight: 1,
    arbitrary: at(
      "graphql",
      fc
        .tuple(some("variables", "arguments"), fc.array(segment, { minLength: 1, maxLength: 2 }))
        .map(([part, segments]) => part + segments.join("")),
    ),
  },
);

/** Selectors that only rules that detect may have. */
export const everywhere: fc.Arbitrary<string> = some("any:", "any:", "text:");
