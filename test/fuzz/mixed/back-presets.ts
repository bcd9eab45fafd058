/**
 * The way back under rules of presets behind own ones: what the own rules took comes back as it does without presets, in calls
 * and in answers, at every cut, and the leak proof agrees. Such a policy takes seconds to compile, and has many messages.
 */
import fc from "fast-check";
import { Prover } from "../../../scripts/replay/proof.ts";
import { proveAnswer } from "./back-answers.ts";
import {
  asAnswer,
  asRequest,
  Both,
  compile,
  edge,
  egress,
  type Filter,
  losesType,
  type Message,
  messageOf,
  sameInPieces,
  show,
  use,
} from "./back-exchange.ts";
import { type Place, places, thereAndBack } from "./back-policies.ts";
import { Formats, Spelled, type Tree, type Value } from "./documents.ts";
import { messages } from "./messages.ts";
import { presetMessages } from "./on-presets.ts";
import { presets } from "./policies.ts";
import { readings } from "./readings.ts";

export interface OnPresets {
  given: Place[];
  names: string[];
}
export const onPresets: fc.Arbitrary<OnPresets> = fc.record({
  given: places,
  names: fc.shuffledSubarray(presets, { minLength: 1, maxLength: 2 }),
});

/** Remembers what it plants, but for that in texts, of which rules of presets may take the whole. */
class Remembering extends Formats {
  readonly values: string[] = [];
  #isInText = false;
  protected override made(kind: string, number: number): string {
    const value = super.made(kind, number);
    if (!this.#isInText) this.values.push(value);
    return value;
  }
  override plant(tree: Tree): Value {
    const isInText = this.#isInText;
    this.#isInText ||= tree instanceof Spelled;
    const value = super.plant(tree);
    this.#isInText = isInText;
    return value;
  }
}
/** Carriers of documents in texts. */
const isInTexts = /graphql|a document|pieces|json as text/;

/** Those of the values that stand in what left, in any code. */
function valuesIn({ path, headers, body, trailers }: Message, values: readonly string[]): Set<string> {
  const isText = headers.some(([name, value]) => name === "content-type" && value.includes("grpc-web-text"));
  const plain = isText ? Buffer.from(Buffer.from(body).toString(), "base64") : Buffer.from(body);
  const all = [...readings([path, ...headers.flat(), ...trailers.flat(), plain.toString("latin1")].join("\n"))].join(
    "\n",
  );
  return new Set(values.filter((value) => all.includes(value)));
}

const aloneInside = new Both();
const aloneOutside = new Both();

/** The property of one policy, which has all the messages; undefined where there can be none. */
export function returnsOnPresets({ given, names }: OnPresets): fc.IAsyncProperty<unknown> | undefined {
  const policy = thereAndBack(given, "64KiB", { extends: names });
  const compiled = compile(policy, "edge");
  const outside = use(egress, policy, "egress");
  const alone = {
    inside: use(aloneInside, thereAndBack(given), "edge"),
    outside: use(aloneOutside, thereAndBack(given), "egress"),
  };
  if (!compiled || !outside || !alone.inside || !alone.outside) return undefined;
  const inside = edge.use(compiled.binary);
  const prover = new Prover(compiled);
  return fc.asyncProperty(fc.oneof(messages, presetMessages), fc.nat(), async (one, cut) => {
    if (losesType(one, given)) return;
    const planter = new Remembering();
    const sent = messageOf(one, { planter });
    const hidden = asRequest(inside, sent);
    if (typeof hidden === "string") return;
    const about = () => `${one.carrier}\nsent ${show(sent)}\nhidden ${show(hidden)}`;
    const back = asRequest(outside, hidden);
    // Tokens are longer than what they stand for: a message that waits whole may be too long with them.
    if (back === "limit_value") return;
    // A part that a rule took by its name, and that is no document of its type any more.
    if (one.carrier === "multipart" && /_syntax$/.test(String(back))) return;
    if (typeof back === "string") throw new Error(`${back} at the egress\n${about()}`);
    const ways = { cut, coding: one.coding };
    sameInPieces(back, hidden, ways, (it, chunk) => asRequest(outside, it, chunk), about);
    const came = valuesIn(back, planter.values);
    const values = isInTexts.test(one.carrier) ? [] : planter.values;
    for (const value of comesBackAlone(alone.inside!, alone.outside!, sent, values)) {
      if (!came.has(value)) throw new Error(`${value} did not come back\n${show(back)}\n${about()}`);
    }
    // A query is no answer.
    if (one.carrier.startsWith("graphql")) return;
    sameInPieces(asAnswer(inside, hidden), hidden, ways, (it, chunk) => asAnswer(inside, it, chunk), about);
    await proveAnswer(compiled, inside, prover, one, hidden);
  });
}

/** The values that the own rules take, and that come back. */
function comesBackAlone(inside: Filter, outside: Filter, sent: Message, values: readonly string[]): string[] {
  const hidden = asRequest(inside, sent);
  if (typeof hidden === "string") return [];
  const back = asRequest(outside, hidden);
  if (typeof back === "string") return [];
  const [stays, comes] = [valuesIn(hidden, values), valuesIn(back, values)];
  return values.filter((value) => comes.has(value) && !stays.has(value));
}
