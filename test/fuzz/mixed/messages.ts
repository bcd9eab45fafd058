/**
 * Random exchanges: documents with planted values in a body of any format, compressed or not, and in headers, cookies, the
 * query and the path; in an answer too.
 */
import { deflateSync, gzipSync } from "node:zlib";
import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import { Random } from "../../../scripts/host/index.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { type Body, callers, carriers, type Tools } from "./carriers.ts";
import { Planter, Spelled, type Tree, text, trees, type Value } from "./documents.ts";
import { encode } from "./types.ts";
import { anyName, plainName, some } from "./words.ts";

const optional = { requiredKeys: [] };
type Fields = { [name: string]: Tree };
const bytes = text.map((inner) => new Spelled("base64", inner));
const card = fc.letrec<{ card: Fields }>((tie) => ({
  card: fc.record(
    {
      pan: text,
      cardNumber: text,
      card: fc.option(tie("card"), { nil: {}, depthSize: "small" }),
      data: fc.oneof(text, trees.spelled),
      cvc: some(0, 7),
      note: fc.array(bytes, { maxLength: 2 }),
    },
    optional,
  ) as fc.Arbitrary<Fields>,
})).card;
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
    },
    optional,
  ) as fc.Arbitrary<Fields>,
})).order;

const receipt = fc.record({ note: text, card, plan: trees.object }, optional) as fc.Arbitrary<Fields>;

const fieldText = fc.oneof({ weight: 4, arbitrary: text as fc.Arbitrary<Tree> }, trees.spelled);
/** Fields of a request beside its body. */
const extras = fc.record({
  headers: fc.array(
    fc.tuple(
      fc.oneof(
        plainName.map((name) => `x-${name}`),
        some("authorization", "referer", "x-plan-bin", "accept-encoding"),
      ),
      fieldText,
    ),
    { maxLength: 2 },
  ),
  cookies: fc.array(fc.tuple(plainName, fieldText), { maxLength: 2 }),
  query: fc.array(fc.tuple(fc.oneof(anyName, some("card[pan]", "card.note", "items[]")), fieldText), { maxLength: 2 }),
  path: fc.array(
    fc.oneof(
      { weight: 2, arbitrary: text.filter((one) => one !== "") as fc.Arbitrary<Tree> },
      fc.constant<Tree>("card"),
    ),
    { maxLength: 3 },
  ),
});

export interface Sent {
  carrier: string;
  documents: Tree[];
  orders: Fields[];
  coding: "" | "gzip" | "deflate";
  fields: { headers: [string, Tree][]; cookies: [string, Tree][]; query: [string, Tree][]; path: Tree[] };
  /** That of a call is a receipt. */
  answer: { carrier: string; documents: Tree[]; receipt: Fields; coding: "" | "gzip" } | undefined;
  seed: number;
}

const names = some(...Object.keys(carriers));
/** A query is no answer. */
const answers = some(...Object.keys(carriers).filter((name) => name !== "graphql, a body"));
const coding = some("", "", "", "", "gzip", "deflate");
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
  answer: fc.option(fc.record({ carrier: answers, documents, receipt, coding: some("", "", "gzip") }), {
    nil: undefined,
  }),
  seed: fc.nat(),
});

/** What a header may hold as it is: visible ASCII. */
const headerText = (given: Value): string =>
  String(given)
    .replace(/[^\x20-\x7e]/g, "e")
    .trim();
const percent = encodeURIComponent;

/** The same exchange for the same description; with other tools in other spellings, or with other values. */
export function recordingOf(sent: Sent, tools: Partial<Tools> = {}): Recording {
  const { draw = new Random(sent.seed), planter = new Planter() } = tools;
  const plant = (tree: Tree): Value => planter.plant(tree);
  const isCall = sent.carrier in callers;
  const body: Body = isCall
    ? callers[sent.carrier]!(sent.orders.map((one) => encode("mix.Order", plant(one) as JsonObject)))
    : carriers[sent.carrier]!(sent.documents.map(plant), { draw, planter });
  const { fields, answer } = sent;
  const query = fields.query.map(([name, tree]) => `${percent(name)}=${percent(String(plant(tree)))}`);
  const segments = fields.path.map((tree) => `/${percent(String(plant(tree)))}`).join("");
  const path = isCall ? `/mix.Shop/${sent.orders.length > 1 ? "Send" : "Pay"}` : `/p${segments}`;
  const headers: [string, string][] = [
    ...(body.type === "" ? [] : [["content-type", body.type] as [string, string]]),
    ...fields.headers.map(([name, tree]): [string, string] => [name, headerText(plant(tree))]),
    ...fields.cookies.map(([name, tree]): [string, string] => [
      "cookie",
      `a=1; ${name}=${percent(String(plant(tree)))}`,
    ]),
  ];
  const answerOf = ({ carrier, documents, receipt }: NonNullable<Sent["answer"]>): Body =>
    isCall
      ? callers[sent.carrier]!([encode("mix.Receipt", plant(receipt) as JsonObject)])
      : carriers[carrier]!(documents.map(plant), { draw, planter });
  const response = answer && answerOf(answer);
  return {
    id: "one",
    request: {
      method: "POST",
      path: query.length > 0 ? `${path}?${query.join("&")}` : path,
      headers: [...headers, ...codingOf(sent.coding)],
      body: coded(body.body, sent.coding),
    },
    ...(response && {
      response: {
        status: 200,
        headers: [
          ...(response.type === "" ? [] : [["content-type", response.type] as [string, string]]),
          ...codingOf(answer.coding),
        ],
        body: coded(response.body, answer.coding),
      },
    }),
  };
}

const codingOf = (name: string): [string, string][] => (name === "" ? [] : [["content-encoding", name]]);

function coded(body: Uint8Array | string, name: string): Uint8Array {
  const plain = new Uint8Array(Buffer.from(body));
  if (name === "") return plain;
  return new Uint8Array(name === "gzip" ? gzipSync(plain) : deflateSync(plain));
}
