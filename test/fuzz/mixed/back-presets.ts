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
  type Filter,
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
  const alone = [use(aloneInside, thereAndBack(given), "edge"), use(aloneOutside, thereAndBack(given), "egress")];
  if (!compiled || !outside || !alone[0] || !alone[1]) return undefined;
  const [insideAlone, outsideAlone] = [alone[0], alone[1]];
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
    const [stays, came] = [valuesIn(hidden), valuesIn(back)];
    for (const token of turnedBack(insideAlone, outsideAlone, sent)) {
      if (stays.has(token) && came.has(token)) throw new Error(`${token} stays\n${show(back)}\n${about()}`);
    }
    // A query is no answer.
    if (one.carrier.startsWith("graphql")) return;
    sameInPieces(asAnswer(inside, hidden), hidden, ways, (it, chunk) => asAnswer(inside, it, chunk), about);
    await proveAnswer(compiled, inside, prover, one, hidden);
  });
}

/**
 * A message that waits whole may be too long with its tokens, and one that ends in what a rule had stripped may have had no end
 * to wait for; a part that a rule took by its name may be no document of its type any more.
 */
const isRefused = (carrier: string, back: string): boolean =>
  back === "limit_value" || back === "trailers" || (carrier === "multipart" && /_syntax$/.test(back));

/** The tokens that the own rules make alone, and turn back. */
function turnedBack(inside: Filter, outside: Filter, sent: Message): string[] {
  const hidden = asRequest(inside, sent);
  const back = typeof hidden === "string" ? hidden : asRequest(outside, hidden);
  if (typeof hidden === "string" || typeof back === "string") return [];
  const stay = valuesIn(back);
  return [...valuesIn(hidden)].filter((token) => !stay.has(token));
}
