/** The exchange that a description of `messages.ts` stands for, as it is sent. */
import type { JsonObject } from "@bufbuild/protobuf";
import { Random } from "../../../scripts/host/index.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { type Body, callers, carriers, type Tools } from "./carriers.ts";
import { type Coding, coded, codingHeader, framed } from "./codings.ts";
import { Planter, type Tree, type Value } from "./documents.ts";
import type { Sent } from "./messages.ts";
import { encode } from "./types.ts";

/** What a header may hold as it is: visible ASCII. */
const headerText = (given: Value): string =>
  String(given)
    .replace(/[^\x20-\x7e]/g, "e")
    .trim();
const percent = encodeURIComponent;

const announcing = (trailers: [string, string][]): [string, string][] =>
  trailers.length > 0 ? [["trailer", trailers.map(([name]) => name).join(", ")]] : [];

/** The same exchange for the same description; with other tools in other spellings, or with other values. */
export function recordingOf(sent: Sent, tools: Partial<Tools> = {}): Recording {
  const { draw = new Random(sent.seed), planter = new Planter() } = tools;
  const plant = (tree: Tree): Value => planter.plant(tree);
  const isCall = sent.carrier in callers;
  // Of a call the messages are compressed, or all of the body.
  const inFrames = isCall && sent.carrier !== "connect" && draw.below(2) === 0;
  const call = (all: Uint8Array[], name: Coding, trailers: [string, string][]): Body =>
    callers[sent.carrier]!(all, { framed: (one) => framed(one, inFrames ? name : ""), trailers });
  const plantAll = (fields: [string, Tree][]): [string, string][] =>
    fields.map(([name, tree]) => [name, headerText(plant(tree))]);
  const complete = ({ type, body }: Body, more: [string, string][], name: Coding, trailers: [string, string][]) => ({
    headers: [
      ...(type === "" ? [] : [["content-type", type] as [string, string]]),
      ...more,
      ...codingHeader(inFrames ? "grpc-encoding" : "content-encoding", name),
      ...(draw.below(4) > 0 ? announcing(trailers) : []),
    ],
    body: coded(body, inFrames ? "" : name),
    ...(trailers.length > 0 && { trailers }),
  });
  const { fields, answer } = sent;
  const body = isCall
    ? call(
        sent.orders.map((one) => encode("mix.Order", plant(one) as JsonObject)),
        sent.coding,
        [],
      )
    : carriers[sent.carrier]!(sent.documents.map(plant), { draw, planter });
  const query = fields.query.map(([name, tree]) => `${percent(name)}=${percent(String(plant(tree)))}`);
  const segments = fields.path.map((tree) => `/${percent(String(plant(tree)))}`).join("");
  const path = isCall ? `/mix.Shop/${sent.orders.length > 1 ? "Send" : "Pay"}` : `/p${segments}`;
  const headers: [string, string][] = [
    ...plantAll(fields.headers),
    ...fields.cookies.map(([name, tree]): [string, string] => [
      "cookie",
      `a=1; ${name}=${percent(String(plant(tree)))}`,
    ]),
  ];
  const request = complete(body, headers, sent.coding, plantAll(fields.trailers));
  const answerOf = ({ carrier, documents, receipt, coding: name, trailers }: NonNullable<Sent["answer"]>) => {
    const isOfCall = sent.carrier.startsWith("grpc");
    const ends = [...(isOfCall ? [["grpc-status", "0"] as [string, string]] : []), ...plantAll(trailers)];
    const body = isCall
      ? call([encode("mix.Receipt", plant(receipt) as JsonObject)], name, ends)
      : carriers[carrier]!(documents.map(plant), { draw, planter });
    return complete(body, [], name, sent.carrier.startsWith("grpc-web") ? [] : ends);
  };
  return {
    id: "one",
    request: { method: "POST", path: query.length > 0 ? `${path}?${query.join("&")}` : path, ...request },
    ...(answer && { response: { status: 200, ...answerOf(answer) } }),
  };
}
