/**
 * The way back under rules of presets behind own ones: tokens of the own rules that presets let stay are turned back as without
 * presets, in calls and in answers, at every cut, and the leak proof agrees. Such a policy takes seconds to compile, and has
 * many messages.
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
  type Left,
  losesType,
  type Message,
  messageOf,
  sameInPieces,
  show,
  use,
} from "./back-exchange.ts";
import { type Place, places, thereAndBack } from "./back-policies.ts";
import { Formats } from "./documents.ts";
import { messages } from "./messages.ts";
import { presetMessages } from "./on-presets.ts";
import { presets } from "./policies.ts";
import { valuesIn } from "./readings.ts";

export interface OnPresets {
  given: Place[];
  names: string[];
}
export const onPresets: fc.Arbitrary<OnPresets> = fc.record({
  given: places,
  names: fc.shuffledSubarray(presets, { minLength: 1, maxLength: 2 }),
});

const aloneInside = new Both();
const aloneOutside = new Both();

/** The property of one policy, which has all the messages; undefined where there can be none. */
export function returnsOnPresets({ given, names }: OnPresets): fc.IAsyncProperty<unknown> | undefined {
  const policy = thereAndBack(given, "64KiB", { extends: names });
  const compiled = compile(policy, "edge");
  const outside = use(egress, policy, "egress");
  const insideAlone = use(aloneInside, thereAndBack(given), "edge");
  const outsideAlone = use(aloneOutside, thereAndBack(given), "egress");
  if (!compiled || !outside || !insideAlone || !outsideAlone) return undefined;
  const inside = edge.use(compiled.binary);
  const prover = new Prover(compiled);
  return fc.asyncProperty(fc.oneof(messages, presetMessages), fc.nat(), async (one, cut) => {
    if (losesType(one, given)) return;
    const sent = messageOf(one, { planter: new Formats() });
    const hidden = asRequest(inside, sent);
    if (typeof hidden === "string") return;
    const about = () => `${one.carrier}\nsent ${show(sent)}\nhidden ${show(hidden)}`;
    const back = asRequest(outside, hidden);
    if (isRefused(one.carrier, String(back))) return;
    if (typeof back === "string") throw new Error(`${back} at the egress\n${about()}`);
    const ways = { cut, coding: one.coding };
    sameInPieces(back, hidden, ways, (it, chunk) => asRequest(outside, it, chunk), about);
    const alone = asRequest(insideAlone, sent);
    sameTokens([hidden, back], [alone, onward(alone, (it) => asRequest(outsideAlone, it))], about);
    // A query is no answer.
    if (one.carrier.startsWith("graphql")) return;
    const answer = asAnswer(inside, hidden);
    sameInPieces(answer, hidden, ways, (it, chunk) => asAnswer(inside, it, chunk), about);
    sameTokens([hidden, answer], [alone, onward(alone, (it) => asAnswer(insideAlone, it))], about);
    await proveAnswer(compiled, inside, prover, one, hidden);
  });
}

/**
 * A message that waits whole may be too long with its tokens, and one that ends in what a rule had stripped may have had no end
 * to wait for; a part that a rule took by its name may be no document of its type any more.
 */
const isRefused = (carrier: string, back: string): boolean =>
  back === "limit_value" || back === "trailers" || (carrier === "multipart" && /_syntax$/.test(back));

const onward = (left: Left, send: (message: Message) => Left): Left => (typeof left === "string" ? left : send(left));

const tokensIn = (left: Left): Set<string> => (typeof left === "string" ? new Set() : valuesIn(left));

/** Tokens that the own rules alone make and turn back are turned back under presets, too, where these let them stay. */
function sameTokens([hidden, back]: [Left, Left], alone: [Left, Left], about: () => string): void {
  if (typeof back === "string" || typeof alone[1] === "string") return;
  const [stay, came, made, left] = [hidden, back, ...alone].map(tokensIn) as [
    Set<string>,
    Set<string>,
    ...Set<string>[],
  ];
  for (const token of made!) {
    if (stay.has(token) && came.has(token) && !left!.has(token))
      throw new Error(`${token} stays\n${show(back)}\n${about()}`);
  }
}
