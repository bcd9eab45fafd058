/** Answers on the way back: the leak proof has nothing to say of them, and those to the hotfix are what its requests would be. */
import fc from "fast-check";
import type { CompiledPolicy } from "../../../scripts/policy/index.ts";
import { Prover } from "../../../scripts/replay/proof.ts";
import { nodeEngine, run } from "../../../scripts/replay/run.ts";
import {
  asAnswer,
  asRequest,
  compile,
  edge,
  egress,
  type Filter,
  isCall,
  type Left,
  losesType,
  type Message,
  messageOf,
  same,
  sameInPieces,
  sentOnes,
  show,
  use,
} from "./back-exchange.ts";
import { echoed, places, thereAndBack } from "./back-policies.ts";
import { Formats } from "./documents.ts";
import type { Sent } from "./messages.ts";
import { type MixedPolicy, policies } from "./policies.ts";

const settings = { isActive: true, session: { emergency: "", claims: undefined } };

/** Proves the answer in which what a request became comes back. */
export async function proveAnswer(
  compiled: CompiledPolicy,
  { release }: Filter,
  prover: Prover,
  sent: Sent,
  { path, headers, body, trailers }: Message,
): Promise<void> {
  const isOfCall = isCall(sent);
  const request = { method: "POST", path: isOfCall ? path : "/p", headers: isOfCall ? headers : [] };
  const recording = { id: "back", request, response: { status: 200, headers, body, trailers } };
  const engine = nodeEngine(compiled, release, settings);
  const { findings } = prover.prove(await run(engine, compiled, recording, settings, undefined));
  if (findings.length > 0) throw new Error(`the proof finds ${JSON.stringify(findings)}`);
}

export const proofAgrees = fc.asyncProperty(places, sentOnes, async (given, sentAll) => {
  const compiled = compile(thereAndBack(given), "edge");
  if (compiled === undefined) return;
  const filter = edge.use(compiled.binary);
  const prover = new Prover(compiled);
  for (const one of sentAll) {
    if (losesType(one, given)) continue;
    const hidden = asRequest(filter, messageOf(one, { planter: new Formats() }));
    if (typeof hidden !== "string") await proveAnswer(compiled, filter, prover, one, hidden);
  }
});

interface Rule {
  select: string | string[];
  action: object | string;
}
/** Rules on what answers have as well: requests alone have a path, a query and cookies. */
const onBoth = (rules: readonly Rule[]): object[] =>
  rules
    .filter(({ action }) => typeof action === "string" || !("reveal" in action))
    .map((one) => ({ ...one, on: "request", select: [one.select].flat().map(echoed) }))
    .filter(({ select }) => !select.some((one) => /^(?:path|query|cookie):/.test(one)));

export const egressAnswersAlike = fc.property(policies, sentOnes, fc.nat(), (given: MixedPolicy, sentAll, cut) => {
  const of = (one: object): object => ({ ...one, rules: onBoth((one as { rules: Rule[] }).rules) });
  const policy = { ...of(given.policy), compressed: "decode", egress: { hosts: ["*.example"] } };
  const { egress: _, ...base } = of(given.base) as { egress?: object };
  const inside = use(edge, policy, "edge", base);
  const outside = use(egress, policy, "egress", base);
  if (inside === undefined || outside === undefined) return;
  for (const one of sentAll) {
    // A query is no answer.
    if (one.carrier.startsWith("graphql")) continue;
    const fields = { ...one.fields, cookies: [], query: [], path: [] };
    const sent = { ...messageOf({ ...one, fields }), ...(!isCall(one) && { path: "/p" }) };
    const about = () => `${one.carrier}\nsent ${show(sent)}\n${JSON.stringify({ policy, base })}`;
    const onward = (left: Left): Left =>
      typeof left === "string"
        ? left
        : { ...left, path: "", headers: left.headers.filter(([name]) => /^(?:x-|content-)/.test(name)) };
    const answer = onward(asAnswer(outside, sent));
    same(onward(asRequest(inside, sent)), answer, "the egress differs", about);
    sameInPieces(answer, sent, { cut, coding: one.coding }, (it, chunk) => onward(asAnswer(outside, it, chunk)), about);
  }
});
