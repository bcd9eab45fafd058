/**
 * Messages under policies that extend presets: names of all kinds that presets know, in random spellings, and values that
 * their detectors find, in every format. A policy takes seconds to compile, and has hundreds of messages for it.
 */
import fc from "fast-check";
import { Random } from "../../../scripts/host/index.ts";
import { spellings } from "../../../scripts/policy/spelling.ts";
import * as headers from "../../../scripts/presets/headers.ts";
import { NAMES, type Named } from "../../../scripts/presets/names.ts";
import { Spelled, type Tree } from "./documents.ts";
import { messages, type Sent } from "./messages.ts";
import { type MixedPolicy, onPresets, presets } from "./policies.ts";
import { descriptors } from "./types.ts";
import { some } from "./words.ts";

/** A policy that is nothing but presets. */
export const extending = (names: string[], settings: object = {}): MixedPolicy => ({
  role: "edge",
  base: {},
  policy: {
    name: "mixed",
    activation: { always: true },
    keys: { root: { env: "FROSTGLASS_KEY" } },
    compressed: "decode",
    extends: names,
    protobuf: { descriptors, unknown: "pass" },
    ...settings,
  },
});

/** Policies of presets alone, in any order, and with rules before and behind. */
export const presetPolicies: fc.Arbitrary<MixedPolicy> = fc.oneof(
  fc
    .tuple(
      fc.shuffledSubarray(presets, { minLength: 1, maxLength: 2 }),
      fc.record({ unsupported: some("block", "empty", "pass"), unmatched: some("pass", "pass", "redact") }),
    )
    .map(([names, settings]) => extending(names, settings)),
  onPresets,
);

const kinds: readonly Named[] = Object.values(NAMES);

/** What a name leads to: one that counts below a parent stands in one. */
function path(draw: Random): string[] {
  const { names, exact = [], endings = [], below = [] } = pick(kinds, draw);
  const spelled = (words: string): string => pick(spellings(words), draw);
  const turn = draw.below(6);
  if (turn === 0 && exact.length > 0) return [pick(exact, draw)];
  if (turn === 1 && endings.length > 0) return [spelled(`tenant ${pick(endings, draw)}`)];
  if (turn > 3 && below.length > 0) {
    const { parents, names: inner, through } = pick(below, draw);
    const between = through !== undefined && draw.below(3) === 0 ? [spelled(pick(through, draw))] : [];
    return [spelled(pick(parents, draw)), ...between, spelled(pick(inner, draw))];
  }
  return names.length > 0 ? [spelled(pick(names, draw))] : ["note"];
}

const pick = <T>(list: readonly T[], draw: Random): T => list[draw.below(list.length)]!;

const values = ["WORD", "MAIL", "CARD", "PHONE", "IBAN", "SSN", "IP", "DATE", "KEY", "LINK", "LOGIN"];

/** The document with names of presets in the place of some, and other values. */
function renamed(tree: Tree, draw: Random): Tree {
  if (typeof tree === "string") return tree.replace(/WORD|MAIL|CARD/g, () => pick(values, draw));
  if (typeof tree !== "object" || tree === null) return tree;
  if (tree instanceof Spelled) return new Spelled(tree.code, renamed(tree.inner, draw));
  if (Array.isArray(tree)) return tree.map((one) => renamed(one, draw));
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]): [string, Tree] => {
      const inner = renamed(value, draw);
      if (draw.below(5) === 0) return [name, inner];
      const [first, ...rest] = path(draw);
      return [first!, rest.reduceRight<Tree>((one, step) => ({ [step]: one }), inner)];
    }),
  );
}

const known = Object.values(headers)
  .flat()
  .filter((name) => /^[a-z]/.test(name))
  .map((name) => name.replace("*", "a"));
const cookies = ["session", "sid", "my_token", "JSESSIONID", "auth", "lang"];

/** Fields of the types of `types.ts` in which any document may stand. */
const untyped = ["plan", "cvc", "rows"];

function inTypes(order: Sent["orders"][number], draw: Random): Sent["orders"][number] {
  const withNames = (labels: typeof order): typeof order =>
    Object.fromEntries(Object.values(labels).map((one) => [path(draw).at(-1)!, renamed(one, draw)]));
  // What tells a name tells one of the presets.
  const telling = (tags: Tree[]): Tree[] =>
    tags.map((one) => {
      const key = draw.below(5) === 0 ? {} : { key: `WORD.${path(draw).join(".")}` };
      return { ...(one as typeof order), ...key };
    });
  const member = ([name, value]: [string, Tree]): [string, Tree] => {
    if (name === "tags" || name === "attributes") return [name, telling(value as Tree[])];
    if (name === "labels") return [name, withNames(value as typeof order)];
    return [name, untyped.includes(name) || typeof value === "string" ? renamed(value, draw) : value];
  };
  return Object.fromEntries(Object.entries(order).map(member));
}

function named(sent: Sent, seed: number): Sent {
  const draw = new Random(seed);
  const all = (trees: Tree[]): Tree[] => trees.map((one) => renamed(one, draw));
  const field =
    (name: (old: string) => string) =>
    ([old, value]: [string, Tree]): [string, Tree] => [name(old), renamed(value, draw)];
  const { fields, answer } = sent;
  const header = field((old) => (draw.below(4) === 0 ? old : pick(known, draw)));
  const spelled = (old: string): string => (draw.below(4) === 0 ? old : path(draw).at(-1)!);
  return {
    ...sent,
    documents: all(sent.documents),
    orders: sent.orders.map((one) => inTypes(one, draw)),
    fields: {
      headers: fields.headers.map(header),
      cookies: fields.cookies.map(field((old) => (draw.below(3) === 0 ? old : pick(cookies, draw)))),
      query: fields.query.map(field(spelled)),
      path: all(fields.path),
      trailers: fields.trailers.map(header),
    },
    answer: answer && { ...answer, documents: all(answer.documents), trailers: answer.trailers.map(header) },
  };
}

/** Exchanges with names and values of presets. */
export const presetMessages: fc.Arbitrary<Sent> = fc.tuple(messages, fc.nat()).map(([sent, seed]) => named(sent, seed));
