/** Fields of an exchange: of its headers, cookies, path, query, trailers and bodies, both ways. */
import type { RecordedRequest, RecordedResponse } from "../../replay/recording.ts";
import { decodePercent, decodeQuery, type Header } from "../../replay/text.ts";
import type { Direction, Met } from "../field.ts";
import { type BodyKnowledge, bodyFields, formFields, named } from "./bodies.ts";
import { valueFields } from "./documents.ts";
import type { Paths } from "./paths.ts";

export interface TrafficKnowledge extends BodyKnowledge {
  readonly paths: Paths;
}

export interface Exchange {
  readonly request: RecordedRequest;
  readonly response?: RecordedResponse | undefined;
}

export function* exchangeFields(knowledge: TrafficKnowledge, { request, response }: Exchange): Generator<Met> {
  yield* requestFields(knowledge, request);
  if (response) yield* responseFields(knowledge, request.path, response);
}

export function* requestFields(knowledge: TrafficKnowledge, request: RecordedRequest): Generator<Met> {
  const { path, headers, body, trailers = [] } = request;
  const direction = "request";
  if (knowledge.isLearning) knowledge.paths.learn(path);
  if (!knowledge.messages?.knows(path)) {
    for (const { template, names, value } of knowledge.paths.of(path)) {
      yield { direction, place: "path", expression: template, names, value };
    }
  }
  yield* formFields(knowledge, direction, "query", parametersOf(path));
  for (const [name, value] of [...headers, ...trailers]) {
    if (name.toLowerCase() !== "cookie") yield* headerFields(knowledge, direction, name, value);
    else for (const pair of value.split(";")) yield* cookieFields(knowledge, direction, pair);
  }
  if (body) yield* bodyFields(knowledge, direction, path, { headers: lowered(headers), body });
}

export function* responseFields(
  knowledge: TrafficKnowledge,
  path: string,
  { headers, body, trailers = [] }: RecordedResponse,
): Generator<Met> {
  const direction = "response";
  for (const [name, value] of [...headers, ...trailers]) {
    if (name.toLowerCase() !== "set-cookie") yield* headerFields(knowledge, direction, name, value);
    else yield* cookieFields(knowledge, direction, value.split(";", 1)[0]!);
  }
  if (body) yield* bodyFields(knowledge, direction, path, { headers: lowered(headers), body });
}

const lowered = (headers: readonly Header[]): Header[] => headers.map(([name, value]) => [name.toLowerCase(), value]);

function parametersOf(path: string): { name: string; value: string }[] {
  const [, query = ""] = /^[^?]*\?(.*)$/s.exec(path) ?? [];
  return query.split("&").flatMap((pair) => {
    const [raw = "", ...rest] = pair.split("=");
    return raw === "" ? [] : [{ name: decodeQuery(raw), value: decodeQuery(rest.join("=")) }];
  });
}

function* headerFields(knowledge: TrafficKnowledge, direction: Direction, name: string, value: string): Generator<Met> {
  const expression = name.toLowerCase();
  if (expression.startsWith(":")) return;
  yield* valueFields(knowledge, {
    direction,
    place: "header",
    expression,
    names: [expression.replace(/^x-/, "")],
    value,
  });
}

function* cookieFields(knowledge: TrafficKnowledge, direction: Direction, pair: string): Generator<Met> {
  const [, name = "", raw = ""] = /^\s*([^=]*?)\s*=(.*)$/s.exec(pair) ?? [];
  if (name === "") return;
  const value = decodePercent(raw.trim().replace(/^"(.*)"$/s, "$1"));
  yield* named(knowledge, { direction, place: "cookie", expression: name, names: [name], value });
}
