/**
 * Random exchanges: documents with planted values in a body of any format, compressed or not, and in headers, cookies, the
 * query, the path and trailers; in an answer too.
 */
import fc from "fast-check";
import { callers, carriers } from "./carriers.ts";
import { type Coding, coding } from "./codings.ts";
import { Spelled, type Tree, text, told, trees } from "./documents.ts";
import { anyName, plainName, some } from "./words.ts";

const optional = { requiredKeys: [] };
type Fields = { [name: string]: Tree };
const bytes = text.map((inner) => new Spelled("base64", inner));
const tag = fc.record(
  {
    value: fc.oneof(text, trees.spelled),
    key: told,
    intValue: some(0, 1),
    fieldName: told,
    answers: fc.array(text, { maxLength: 2 }),
  },
  optional,
) as fc.Arbitrary<Fields>;
const tags = fc.array(tag, { maxLength: 2 });
const card = fc.letrec<{ card: Fields }>((tie) => ({
  card: fc.record(
    {
      pan: text,
      cardNumber: text,
      card: fc.option(tie("card"), { nil: {}, depthSize: "small" }),
      data: fc.oneof(text, trees.spelled),
      cvc: some(0, 7),
      note: fc.array(bytes, { maxLength: 2 }),
      tags,
    },
    optional,
  ) as fc.Arbitrary<Fields>,
})).card;
const { attribute } = fc.letrec<{ attribute: Fields }>((tie) => ({
  attribute: fc.record(
    {
      key: told,
      value: fc.record(
        {
          stringValue: text,
          intValue: some(0, 1),
          attributes: fc.option(tie("attribute"), { nil: {}, depthSize: "small" }).map((one) => [one]),
          card,
        },
        optional,
      ),
      old: trees.value,
    },
    optional,
  ) as fc.Arbitrary<Fields>,
}));
const attributes = fc.array(attribute, { maxLength: 2 });
const mapOf = (value: fc.Arbitrary<Tree>) =>
  fc.dictionary(fc.oneof(plainName, anyName), value, { maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<Fields>;
const extra = fc.oneof(
  card.map((one) => ({ "@type": "type.googleapis.com/mix.Card", ...one })),
  trees.object.map((value) => ({ "@type": "type.googleapis.com/google.protobuf.Struct", value })),
);
const order = fc.letrec<{ order: Fields }>((tie) => ({
  order: fc.record(
    {
      pan: text,
      card,
      items: fc.array(card, { maxLength: 2 }),
      labels: mapOf(fc.oneof(text, trees.spelled)),
      wallet: mapOf(card),
      plan: trees.object,
      extra,
      levels: fc.dictionary(some("1", "7"), card, { maxKeys: 2, noNullPrototype: true }),
      note: fc.array(fc.oneof(text, trees.spelled), { maxLength: 2 }),
      data: bytes,
      cvc: trees.value,
      total: some(0, 1),
      rows: fc.array(trees.value, { maxLength: 2 }),
      points: fc.array(some(0, 1), { maxLength: 3 }),
      order: fc.option(tie("order"), { nil: {}, depthSize: "small" }),
      tags,
      attributes,
      tag,
    },
    optional,
  ) as fc.Arbitrary<Fields>,
})).order;

const receipt = fc.record({ note: text, card, plan: trees.object, tags }, optional) as fc.Arbitrary<Fields>;

const fieldText = fc.oneof({ weight: 4, arbitrary: text as fc.Arbitrary<Tree> }, trees.spelled);
const headerFields = fc.array(
  fc.tuple(
    fc.oneof(
      plainName.map((name) => `x-${name}`),
      some("authorization", "referer", "x-plan-bin", "accept-encoding"),
    ),
    fieldText,
  ),
  { maxLength: 2 },
);
const trailers = fc.oneof({ weight: 4, arbitrary: fc.constant<[string, Tree][]>([]) }, headerFields);
/** Fields of a request beside its body. */
const extras = fc.record({
  headers: headerFields,
  cookies: fc.array(fc.tuple(plainName, fieldText), { maxLength: 2 }),
  query: fc.array(fc.tuple(fc.oneof(anyName, some("card[pan]", "card.note", "items[]")), fieldText), { maxLength: 2 }),
  path: fc.array(
    fc.oneof(
      { weight: 2, arbitrary: text.filter((one) => one !== "") as fc.Arbitrary<Tree> },
      fc.constant<Tree>("card"),
    ),
    { maxLength: 3 },
  ),
  trailers,
});

export interface Sent {
  carrier: string;
  documents: Tree[];
  orders: Fields[];
  coding: Coding;
  fields: {
    headers: [string, Tree][];
    cookies: [string, Tree][];
    query: [string, Tree][];
    path: Tree[];
    trailers: [string, Tree][];
  };
  /** That of a call is a receipt. */
  answer:
    | { carrier: string; documents: Tree[]; receipt: Fields; coding: Coding; trailers: [string, Tree][] }
    | undefined;
  seed: number;
}

const names = some(...Object.keys(carriers));
/** A query is no answer. */
const answers = some(...Object.keys(carriers).filter((name) => name !== "graphql, a body"));
const documents = fc.array(fc.oneof({ weight: 4, arbitrary: trees.object as fc.Arbitrary<Tree> }, trees.value), {
  minLength: 1,
  maxLength: 3,
});

export const messages: fc.Arbitrary<Sent> = fc.record({
  carrier: fc.oneof(
    { weight: 3, arbitrary: names },
    { weight: 1, arbitrary: some("grpc", "grpc", ...Object.keys(callers)) },
  ),
  documents,
  orders: fc.array(order, { minLength: 1, maxLength: 2 }),
  coding,
  fields: extras,
  answer: fc.option(fc.record({ carrier: answers, documents, receipt, coding, trailers }), { nil: undefined }),
  seed: fc.nat(),
});
