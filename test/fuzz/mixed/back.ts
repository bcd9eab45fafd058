/**
 * The way back: what rules that reveal make of tokens, at the edge in answers and at the egress in calls.
 *
 * 1. A request that lost its values gets them back at the egress, and sent again loses them to the same tokens; as an answer it
 * gets them back alike; for other destinations it keeps its tokens. The leak proof agrees. 2. A reveal acts where a hash with
 * the same selectors does. 3. The egress makes of an answer what the edge makes of the same body as a request. 4. What is no
 * token of the rule stays, byte for byte. All of it at any cut.
 */
import fc from "fast-check";
import type { Tally } from "../tokens.ts";
import { egressAnswersAlike, proofAgrees } from "./back-answers.ts";
import {
  asAnswer,
  asRequest,
  edge,
  egress,
  elsewhere,
  has,
  type Left,
  losesType,
  messageOf,
  same,
  sameInPieces,
  sentOnes,
  show,
  use,
} from "./back-exchange.ts";
import { holds, places, selectorsOf, thereAndBack } from "./back-policies.ts";
import { type OnPresets, onPresets, returnsOnPresets } from "./back-presets.ts";
import { actsWhereHashDoes, foreignStays } from "./back-tokens.ts";
import { Formats, Spelled, type Tree } from "./documents.ts";
import type { Sent } from "./messages.ts";

/** The one spelling that the filter writes itself, so that what comes back is what was sent, byte for byte. */
const plainly = { below: (bound: number): number => bound - 1 };

/**
 * A tree of which all comes back. A number in the place of a token that is none is redacted: 0 is what it was. Base64 whose text
 * fills its last group does not tell whether it is padded in others: so it stands as the filter writes it.
 */
function returning(tree: Tree, code: "base64" | "base64url"): Tree {
  if (tree instanceof Spelled) {
    return new Spelled(tree.code.startsWith("base64") ? code : tree.code, returning(tree.inner, code));
  }
  if (Array.isArray(tree)) return tree.map((one) => returning(one, code));
  if (typeof tree === "object" && tree !== null) {
    return Object.fromEntries(Object.entries(tree).map(([name, one]) => [name, returning(one, code)]));
  }
  return typeof tree === "number" ? 0 : tree === true ? false : tree;
}

function returningAll(sent: Sent, code: "base64" | "base64url"): Sent {
  const trees = { documents: sent.documents, orders: sent.orders, fields: sent.fields };
  return { ...sent, ...(returning(trees as unknown as Tree, code) as unknown as typeof trees) };
}

/** Spellings that receivers take for one, and of which the filter writes the first. */
const spelling = (left: Left): Left => {
  if (typeof left === "string") return left;
  const body = Buffer.from(left.body).toString("latin1").replaceAll("&quot;", '"').replaceAll("&gt;", ">");
  const plain = body.replace(/%2[1789A]|%7E/gi, decodeURIComponent);
  return { ...left, path: decodeURIComponent(left.path), body: Buffer.from(plain, "latin1") };
};

export const comesBack = fc.property(places, sentOnes, holds, fc.nat(), (drawn, sentAll, hold, cut) => {
  // Soft decoders take either alphabet, and write what fills its last group as base64.
  const code = cut % 2 === 0 || drawn.some(({ select }) => /named:/.test(String(select))) ? "base64" : "base64url";
  const given = drawn.map((one) => ({
    ...one,
    select: one.select.map((s) => s.replace(/\|base64(?:url)?/g, `|${code}`)),
  }));
  // A name that is a token leads to no rule about the value behind it, and so does a segment of a path.
  const hidesNames =
    has(given, /^json-key:|^any:|^(?:proto|grpc):.*(?:key|\*)/) ||
    (has(given, /^path:/) && selectorsOf(given).length > 1);
  // A token is issued again without its signature; a text that is a number becomes one that is redacted.
  const isLossy = has(given, /\|jwt|\|json:\$(?:\||$)/);
  const inside = use(edge, thereAndBack(given, hold), "edge");
  const outside = use(egress, thereAndBack(given, hold), "egress");
  if (inside === undefined || outside === undefined) return;
  const others = { egress: { hosts: ["b.example"], otherwise: "keep" } };
  const other = cut % 4 < 2 ? use(elsewhere, thereAndBack(given, hold, others), "egress") : undefined;
  for (const one of sentAll) {
    if (losesType(one, given)) continue;
    const sent = messageOf(returningAll(one, code), { draw: plainly, planter: new Formats() });
    const hidden = asRequest(inside, sent);
    if (typeof hidden === "string") continue;
    const about = () => `${one.carrier}\nsent ${show(sent)}\nhidden ${show(hidden)}\n${JSON.stringify(given)}`;
    if (other !== undefined) same(hidden, asRequest(other, hidden), "tokens left for another destination", about);
    const back = asRequest(outside, hidden);
    // Tokens are longer than what they stand for: a message that waits whole may be too long with them.
    if (back === "limit_value") continue;
    if (typeof back === "string") throw new Error(`${back} at the egress\n${about()}`);
    const ways = { cut, coding: one.coding };
    sameInPieces(back, hidden, ways, (it, chunk) => asRequest(outside, it, chunk), about);
    // Pieces of a document come in events with numbers, and leave as one.
    if (!isLossy && !hidesNames && one.carrier !== "pieces")
      same(spelling({ ...sent, headers: back.headers }), spelling(back), "not what was sent", about);
    if (hidesNames && show({ ...sent, headers: back.headers }) !== show(back)) continue;
    same(hidden, asRequest(inside, back), "other tokens", () => `${show(back)}\n${about()}`);
    const answer = asAnswer(inside, hidden);
    sameInPieces(answer, hidden, ways, (it, chunk) => asAnswer(inside, it, chunk), about);
    // A query is no answer.
    if (one.carrier.startsWith("graphql")) continue;
    if (typeof answer === "string") throw new Error(`${answer} in the answer\n${about()}`);
    same({ ...back, headers: [] }, { ...answer, path: back.path, headers: [] }, "another answer", about);
  }
});

/** What goes wrong in so many runs, after shrinking, and how to see it again; undefined when nothing does. */
type Check = (count: number, seed: number) => Promise<string | undefined>;

const checking =
  <T>(property: fc.IProperty<T> | fc.IAsyncProperty<T>): Check =>
  async (count, seed) => {
    const details = await fc.check(property, { seed, numRuns: count, includeErrorInReport: true });
    return details.failed ? (fc.defaultReportMessage(details) ?? "a property failed") : undefined;
  };

export const checks: Readonly<Record<string, Check>> = {
  "tokens come back, and become the same again": checking(comesBack),
  "the leak proof has no complaint of answers with originals": checking(proofAgrees),
  "a reveal acts where a hash does": checking(actsWhereHashDoes),
  "the egress makes of answers what the edge makes of requests": checking(egressAnswersAlike),
  "what is no token of the rule stays": checking(foreignStays),
};

/** The check of one policy on presets; of one that has diagnostics nothing is asked. */
export function checkOnPresets(given: OnPresets): Check {
  const property = returnsOnPresets(given);
  return property === undefined ? async () => undefined : checking(property);
}

/** One policy on presets, which takes seconds to compile, to so many others, and messages for each. */
const TO_ONE_ON_PRESETS = 100;
const MESSAGES_ON_PRESETS = 50;

export async function fuzzBack(count: number, seed: number): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, failures: [] };
  const add = (name: string, runs: number, failure: string | undefined): void => {
    if (failure === undefined) {
      tally.passed += runs;
      return;
    }
    tally.failed++;
    tally.failures.push(`${name}: ${failure}`);
  };
  if (count === 0) return tally;
  for (const [name, check] of Object.entries(checks)) add(name, count, await check(count, seed));
  for (const given of fc.sample(onPresets, { seed, numRuns: Math.ceil(count / TO_ONE_ON_PRESETS) })) {
    const failure = await checkOnPresets(given)(MESSAGES_ON_PRESETS, seed);
    add(`on presets: ${JSON.stringify(given)}`, MESSAGES_ON_PRESETS, failure);
  }
  return tally;
}
