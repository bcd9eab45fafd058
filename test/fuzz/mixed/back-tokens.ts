/** Where a reveal acts, and on what: messages full of tokens of its rule, and of others that are none of it. */
import fc from "fast-check";
import { machine } from "../../unit/filter/support.ts";
import {
  asAnswer,
  asRequest,
  compile,
  edge,
  egress,
  type Headers,
  has,
  isCall,
  losesType,
  type Message,
  messageOf,
  same,
  sameInPieces,
  sentOnes,
  show,
  use,
} from "./back-exchange.ts";
import { acting, holds, MADE, maker, namedPlaces, policyOf } from "./back-policies.ts";
import { Planter, Spelled } from "./documents.ts";
import type { Sent } from "./messages.ts";
import { valuesIn } from "./readings.ts";
import { some } from "./words.ts";

const originals = Array.from({ length: 3000 }, (_, at) => `Qrs${at}nmlk`);
const json: [string, string] = ["content-type", "application/json"];

/** The tokens of all originals, under other keys, policies or domains as well. */
function mint(
  domain: string,
  more: object = {},
  environment?: Record<string, string>,
  headers: Headers = [],
): string[] {
  const compiled = compile(policyOf([maker(domain, "json:$[*]")], more), "edge")!;
  const plugin = machine(environment).vm.plugin("mint", compiled.binary);
  const body = Buffer.from(JSON.stringify(originals));
  const left = asRequest({ release: plugin }, { path: "/", headers: [json, ...headers], body, trailers: [] });
  return JSON.parse(Buffer.from((left as Message).body).toString()) as string[];
}
const tokens = mint("one");

/**
 * Plants a text of a list in the place of each value; where tokens inside of texts count, in each place in a text. In documents
 * one of the names is such a text as well, that in messages of a type is the name of a field.
 */
class Given extends Planter {
  planted = 0;
  readonly #texts: readonly string[];
  readonly #anywhere: boolean;
  readonly #isTyped: boolean;
  constructor(texts: readonly string[], anywhere: boolean, isTyped: boolean) {
    super();
    this.#texts = texts;
    this.#anywhere = anywhere;
    this.#isTyped = isTyped;
  }
  protected override name(given: string): string {
    return given === "items" && !this.#isTyped ? this.made() : given;
  }
  override text(kind: string): string {
    return this.#anywhere || !/^[^A-Z]*[A-Z]{4,}/.test(kind) ? super.text(kind) : this.made();
  }
  protected override made(): string {
    return this.#texts[this.planted++ % this.#texts.length]!;
  }
}

const holdsTexts = (tree: unknown): boolean =>
  tree instanceof Spelled || (typeof tree === "object" && tree !== null && Object.values(tree).some(holdsTexts));

/** Texts in which values stand: hidden as a whole none of them is left, and no token as a whole all of them stay. */
const nests = (sent: Sent): boolean =>
  /graphql|a document/.test(sent.carrier) ||
  sent.carrier === "multipart" ||
  holdsTexts(isCall(sent) ? [sent.orders, sent.fields] : [sent.documents, sent.fields]);

const reveal = (anywhere: boolean): object => ({ reveal: anywhere ? { rule: MADE, anywhere } : MADE });

export const actsWhereHashDoes = fc.property(
  namedPlaces,
  sentOnes,
  fc.boolean(),
  fc.boolean(),
  holds,
  fc.nat(),
  (given, sentAll, isAnswer, anywhere, hold, cut) => {
    const hash = use(edge, acting(given, { hash: {} }, isAnswer ? "response" : "request", hold), "edge");
    const revealing = acting(given, reveal(anywhere), isAnswer ? "response" : "egress-request", hold);
    const plugin = use(egress, revealing, isAnswer ? "edge" : "egress");
    if (hash === undefined || plugin === undefined) return;
    const send = isAnswer ? asAnswer : asRequest;
    for (const one of sentAll) {
      if (losesType(one, given)) continue;
      // All cookies are one header, which is no token.
      const cookies = has(given, /^header:\*/) ? [] : one.fields.cookies;
      const planter = new Given(tokens, anywhere, isCall(one));
      const sent = messageOf({ ...one, fields: { ...one.fields, cookies } }, { planter });
      const hashed = send(hash, sent);
      const back = send(plugin, sent);
      const about = () =>
        `${one.carrier}\nsent ${show(sent)}\nhashed ${show(hashed)}\nback ${show(back)}\n${JSON.stringify(given)}`;
      if (typeof back === "string" && back !== hashed) throw new Error(`only the reveal is refused\n${about()}`);
      sameInPieces(back, sent, { cut, coding: one.coding }, (it, chunk) => send(plugin, it, chunk), about);
      if (typeof back === "string" || typeof hashed === "string") continue;
      const [before, afterHash, after] = [valuesIn(sent), valuesIn(hashed), valuesIn(back)];
      for (let at = 0; at < planter.planted; at++) {
        const [token, original] = [tokens[at]!, originals[at]!];
        if (!before.has(token)) continue;
        if (after.has(original) && afterHash.has(token) && !after.has(token))
          throw new Error(`${original} came back where no rule is\n${about()}`);
        const isHidden = !after.has(original) && !after.has(token);
        if (isHidden && (afterHash.has(token) || !given.some(({ always }) => always !== undefined)))
          throw new Error(`${token} is gone\n${about()}`);
        if (!afterHash.has(token) && after.has(token) && !after.has(original) && !nests(one))
          throw new Error(`${original} did not come back\n${about()}`);
      }
    }
  },
);

const url = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((one) => Buffer.from(one).toString("base64url"));
const presence = { activation: { verify: "presence" } };
const session: Headers = [["x-emergency-tunnel", "another"]];
const foreign = [
  mint("two"),
  mint("one", { name: "other" }),
  mint("one", presence, undefined, session),
  mint("one", {}, { FROSTGLASS_KEY: "ab".repeat(32) }),
];
const ours = some(...tokens.slice(0, 20));
const forged = fc.oneof(
  some(...foreign.flatMap((all) => all.slice(0, 20))),
  fc.tuple(ours, fc.nat({ max: 33 })).map(([token, at]) => token.slice(0, at)),
  fc
    .tuple(ours, fc.integer({ min: 7, max: 30 }))
    .map(([token, at]) => token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1)),
  ours.map((token) => `${token}A`),
  ours.map((token) => token.replace("k0", "k1")),
  ours.map((token) => token.replace("fg1", "FG1")),
  ours.map((token) => `x${token}`),
  url(24).map((bytes) => `fg1.k0.${bytes}`),
  url(8).map((bytes) => `fg1.k0.${bytes}`),
  some("fg1.", "fg1.k0", "fg1.k0.", "fg1..", "fg1.k0.AAAA=", "plain"),
);

export const foreignStays = fc.property(
  namedPlaces,
  sentOnes,
  fc.array(forged, { minLength: 40, maxLength: 40 }),
  fc.boolean(),
  fc.boolean(),
  fc.nat(),
  (given, sentAll, texts, isAnswer, anywhere, cut) => {
    const revealing = given.filter(({ always }) => always === undefined);
    const policy = acting(revealing, reveal(anywhere), isAnswer ? "response" : "egress-request");
    const plugin = use(egress, policy, isAnswer ? "edge" : "egress");
    if (plugin === undefined) return;
    const send = isAnswer ? asAnswer : asRequest;
    for (const one of sentAll) {
      const sent = messageOf(one, { planter: new Given(texts, anywhere, isCall(one)) });
      const about = () => `${one.carrier}\nsent ${show(sent)}\n${JSON.stringify(given)}`;
      const left = send(plugin, sent);
      sameInPieces(left, sent, { cut, coding: one.coding }, (it, chunk) => send(plugin, it, chunk), about);
      if (typeof left === "string") continue;
      same({ ...sent, headers: [] }, { ...left, headers: [] }, "it did not stay", about);
      for (const [name, value] of sent.headers) {
        const stays = left.headers.some(([other, same]) => other === name.toLowerCase() && same.includes(value));
        if (!stays) throw new Error(`${name} did not stay: ${show(left)}\n${about()}`);
      }
    }
  },
);
