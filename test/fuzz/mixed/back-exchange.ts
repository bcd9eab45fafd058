/** Messages through the filter at the edge and at the egress, as requests and as answers, and what left of them. */
import { unzipSync } from "node:zlib";
import fc from "fast-check";
import {
  type Chunking,
  type Exchange,
  type ExchangeResult,
  type Plugin,
  runExchange,
} from "../../../scripts/host/index.ts";
import type { CompiledPolicy, Role } from "../../../scripts/policy/index.ts";
import { headersToWire, toWire } from "../../../scripts/replay/text.ts";
import { echoed, type Place, selectorsOf } from "./back-policies.ts";
import { callers } from "./carriers.ts";
import { assertAlive, compile as compileMixed, Target } from "./check.ts";
import { type Coding, coded, codingHeader } from "./codings.ts";
import { messages, type Sent } from "./messages.ts";
import { pairsOf } from "./pairs.ts";
import { poisonedTarget } from "./poisoned.ts";
import { recordingOf } from "./recordings.ts";

/** Messages a policy. */
const MESSAGES = 3;
/** Pairs of places at which a message is cut. */
const PAIRS = 3;
export const sentOnes = fc.array(messages, { minLength: MESSAGES, maxLength: MESSAGES });

export type Headers = [string, string][];
export interface Message {
  path: string;
  headers: Headers;
  body: Uint8Array;
  trailers: Headers;
}
/** How a message comes beside as it is: in what pieces, and in what coding. */
export interface Ways {
  cut: number;
  coding: Coding;
}
/** What left, or why nothing did. */
export type Left = Message | string;

/** The filter in both builds: in that which poisons memory the same leaves, or something was read that nobody wrote. */
export class Both {
  readonly release = new Target();
  readonly poisoned = poisonedTarget();
  use(binary: Uint8Array): Filter {
    return { release: this.release.use(binary), poisoned: this.poisoned.use(binary) };
  }
}
/** A plugin under one policy, in both builds. */
export interface Filter {
  release: Plugin;
  poisoned?: Plugin;
}

export const edge = new Both();
export const egress = new Both();
/** The egress under a policy that allows no destination here. */
export const elsewhere = new Both();

/** The policy compiled; undefined where it has diagnostics, which other properties are about. */
export const compile = (policy: object, role: Role, base: object = {}): CompiledPolicy | undefined =>
  compileMixed({ policy, base, role }).compiled;

/** The filter under such a policy. */
export function use(target: Both, policy: object, role: Role, base: object = {}): Filter | undefined {
  const compiled = compile(policy, role, base);
  return compiled && target.use(compiled.binary);
}

const host: [string, string] = ["host", "a.example"];
const optionsOf = (chunk: Chunking | undefined) => ({
  properties: { "xds.cluster_name": "out" },
  ...(chunk !== undefined && { chunk }),
});

/** What the gateway sets itself, as its host does. */
const isOwn = /^:|^content-length$|accept-encoding$/;

function leftOf(result: ExchangeResult, way: "request" | "response", path: string): Left {
  assertAlive(result.reason);
  const left = result[way];
  if (result.outcome !== "forwarded" || left === undefined) return result.reason ?? result.outcome;
  const target = left.headers.find(([name]) => name === ":path")?.[1];
  return { path: target ?? path, headers: fieldsOf(left.headers), body: left.body, trailers: fieldsOf(left.trailers) };
}

/** What others set, as it arrives; the order of fields with different names says nothing. */
const fieldsOf = (all: readonly (readonly [string, string])[] = []): Headers =>
  all
    .filter(([name]) => !isOwn.test(name))
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** What leaves, the same in both builds. */
function exchanged({ release, poisoned }: Filter, exchange: Exchange, chunk: Chunking | undefined): Left {
  const way = exchange.response === undefined ? "request" : "response";
  const of = (plugin: Plugin) => leftOf(runExchange(plugin, exchange, optionsOf(chunk)), way, exchange.request.path);
  const left = of(release);
  if (poisoned !== undefined) same(left, of(poisoned), "something was read that nobody wrote", () => "");
  return left;
}

export function asRequest(filter: Filter, { path, headers, ...message }: Message, chunk?: Chunking): Left {
  const request = { method: "POST", path, headers: [host, ...headers], ...ended(message) };
  return exchanged(filter, { request }, chunk);
}

export function asAnswer(filter: Filter, { path, headers, ...message }: Message, chunk?: Chunking): Left {
  const called = path.startsWith("/mix.");
  // A call says of what type it is, which is that of the answer.
  const type = headers.filter(([name]) => called && name === "content-type");
  const request = { method: called ? "POST" : "GET", path, headers: [host, ...type], ...(called && { body: nothing }) };
  return exchanged(filter, { request, response: { status: 200, headers, ...ended(message) } }, chunk);
}

/** Where there are no trailers the body is the end. */
const ended = ({ body, trailers }: Pick<Message, "body" | "trailers">) => ({
  body,
  ...(trailers.length > 0 && { trailers }),
});
export const nothing = new Uint8Array();

export const show = (left: Left): string =>
  typeof left === "string" ? left : JSON.stringify({ ...left, body: Buffer.from(left.body).toString("latin1") });

export function same(one: Left, other: Left, what: string, about: () => string): void {
  if (show(one) !== show(other)) throw new Error(`${what}\n${show(one)}\n${show(other)}\n${about()}`);
}

/** The same at every cut, and compressed. */
export function sameInPieces(
  one: Left,
  message: Message,
  { cut, coding }: Ways,
  send: (message: Message, chunk?: Chunking) => Left,
  about: () => string,
): void {
  for (const chunk of ["each", { random: cut }, 7, ...pairsOf(cut, message.body.length, PAIRS)] satisfies Chunking[]) {
    same(one, send(message, chunk), `in pieces of ${JSON.stringify(chunk)}`, about);
  }
  if (coding === "" || message.body.length === 0) return;
  const sent = compressed(message, coding);
  for (const chunk of [undefined, "each", ...pairsOf(cut, sent.body.length, PAIRS)] satisfies (
    | Chunking
    | undefined
  )[]) {
    same(one, decompressed(send(sent, chunk)), `in ${coding}, in pieces of ${JSON.stringify(chunk)}`, about);
  }
}

function compressed({ headers, body, ...message }: Message, coding: Coding): Message {
  return { ...message, headers: [...headers, ...codingHeader("content-encoding", coding)], body: coded(body, coding) };
}

/** What leaves as it came still has its coding. */
function decompressed(left: Left): Left {
  const isCoding = ([name]: Headers[number]): boolean => name === "content-encoding";
  if (typeof left === "string" || !left.headers.some(isCoding)) return left;
  return { ...left, headers: left.headers.filter((one) => !isCoding(one)), body: unzipSync(left.body) };
}

/** The message without its coding, and, where it is a call, to a method that answers in the same type. */
export function messageOf(sent: Sent, tools: Parameters<typeof recordingOf>[1] = {}): Message {
  const { request } = recordingOf({ ...sent, coding: "", answer: undefined }, tools);
  return {
    path: echoed(toWire(request.path)),
    headers: headersToWire(request.headers.filter(([name]) => !isOwn.test(name))) as Headers,
    body: request.body ?? nothing,
    trailers: fieldsOf(headersToWire(request.trailers ?? [])),
  };
}

export const isCall = ({ carrier }: Sent): boolean => carrier in callers;
export const has = (given: readonly Place[], part: RegExp): boolean => selectorsOf(given).some((one) => part.test(one));

/** The type of a call is known by its path: one that became a token tells none. */
export const losesType = (sent: Sent, given: readonly Place[]): boolean => isCall(sent) && has(given, /^path:/);
