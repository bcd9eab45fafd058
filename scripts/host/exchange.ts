/**
 * A whole exchange through a plugin: the request in, and when all of it came out, the response in.
 *
 * Invariant: the result says what left, never what was meant to leave; a body that was cut is marked as not complete.
 */

import { joined } from "./arena.ts";
import { NOTHING } from "./body.ts";
import { type Chunking, chunksOf } from "./chunks.ts";
import type { LocalReply, PropertyValue } from "./context.ts";
import type { Side } from "./flow.ts";
import type { Pair } from "./headers.ts";
import type { Plugin } from "./root.ts";
import { readStat } from "./stats.ts";
import type { HttpStream } from "./stream.ts";

export interface Exchange {
  request: {
    method: string;
    path: string;
    headers: readonly (readonly [string, string])[];
    /** Without a body the request ends with its headers; an empty body is one empty last piece. */
    body?: Uint8Array | undefined;
    trailers?: readonly (readonly [string, string])[] | undefined;
    scheme?: string | undefined;
  };
  response?:
    | {
        status: number;
        headers: readonly (readonly [string, string])[];
        body?: Uint8Array | undefined;
        trailers?: readonly (readonly [string, string])[] | undefined;
      }
    | undefined;
}

export interface ExchangeOptions {
  chunk?: Chunking;
  properties?: Readonly<Record<string, PropertyValue>>;
  holdHeaders?: boolean;
  bufferLimit?: number;
  attachment?: "downstream" | "upstream";
  /** The end of a body comes as an empty last piece, as HTTP/1 codecs do it. */
  endOnEmpty?: boolean;
}

export interface Message {
  headers: Pair[];
  body: Uint8Array;
  trailers?: Pair[];
}

export interface ExchangeResult {
  /**
   * forwarded: all went through. blocked: the client got a local reply, and the service nothing or all of the request.
   * cut: bytes had left before the refusal. hung: something is held for ever.
   */
  outcome: "forwarded" | "blocked" | "cut" | "hung";
  /** What reached the service. */
  request: Message | undefined;
  requestComplete: boolean;
  /** What reached the client, a local reply included. */
  response: (Message & { status: number }) | undefined;
  responseComplete: boolean;
  localReply?: LocalReply;
  /** The code of the refusal: of its problem document, or its response code details, or the outcome counter. */
  reason?: string;
  /** How often each rule acted. */
  rules: Record<string, number>;
  /** Body bytes that had left in the direction that was cut. */
  released: number;
}

export function runExchange(plugin: Plugin, exchange: Exchange, options: ExchangeOptions = {}): ExchangeResult {
  const stream = plugin.stream(options);
  // Counts of streams that the caller runs beside this one are not ours.
  plugin.takeMetricChanges();
  feedRequest(stream, exchange.request, options);
  const { upstream, downstream } = stream;
  if (exchange.response && upstream.ended && !stream.localReply) feedResponse(stream, exchange.response, options);

  const waitsForResponse = upstream.ended && !exchange.response && !downstream.headers && !downstream.reset;
  const finished = downstream.ended || waitsForResponse;
  // Closing cuts what is still open, so the sides are judged before it.
  const cutUpstream = upstream.reset;
  const cut = cutUpstream || downstream.reset;
  const requestComplete = upstream.ended;
  const responseComplete = downstream.ended;
  stream.close();

  const { localReply } = stream;
  const changes = plugin.takeMetricChanges();
  const refused = cut || localReply !== undefined;
  const reason = refused ? reasonOf(localReply ?? stream.lateReply, changes) : undefined;
  return {
    outcome: cut ? "cut" : !finished ? "hung" : localReply ? "blocked" : "forwarded",
    request: messageOf(upstream),
    requestComplete,
    response: responseOf(downstream),
    responseComplete,
    ...(localReply && { localReply }),
    ...(reason !== undefined && { reason }),
    rules: rulesOf(changes),
    released: cut ? sizeOf(cutUpstream ? upstream : downstream) : 0,
  };
}

function feedRequest(stream: HttpStream, request: Exchange["request"], options: ExchangeOptions): void {
  const { body, trailers } = request;
  const host = request.headers.find(([name]) => name.toLowerCase() === "host");
  const headers: (readonly [string, string])[] = [
    [":method", request.method],
    [":path", request.path],
    [":scheme", request.scheme ?? "http"],
    [":authority", host?.[1] ?? "localhost"],
  ];
  for (const pair of request.headers) if (pair !== host) headers.push(pair);
  stream.requestHeaders(headers, !body && !trailers);
  if (body) feedBody(body, trailers !== undefined, options, (piece, end) => stream.requestBody(piece, end));
  if (trailers) stream.requestTrailers(trailers);
}

function feedResponse(stream: HttpStream, response: NonNullable<Exchange["response"]>, options: ExchangeOptions): void {
  const { body, trailers } = response;
  stream.responseHeaders([[":status", String(response.status)], ...response.headers], !body && !trailers);
  if (body) feedBody(body, trailers !== undefined, options, (piece, end) => stream.responseBody(piece, end));
  if (trailers) stream.responseTrailers(trailers);
}

function feedBody(
  body: Uint8Array,
  trailers: boolean,
  options: ExchangeOptions,
  feed: (piece: Uint8Array, endOfStream: boolean) => void,
): void {
  const pieces = chunksOf(body, options.chunk);
  const ends = !trailers && !options.endOnEmpty;
  for (let i = 0; i < pieces.length; i++) feed(pieces[i]!, ends && i === pieces.length - 1);
  if (!trailers && options.endOnEmpty) feed(NOTHING, true);
}

/** On a connection the pseudo-headers are the request line, which has one order, whatever the map's is. */
const PSEUDO_ORDER = [":method", ":path", ":scheme", ":authority", ":protocol", ":status"];

function wireOrder(headers: Pair[]): Pair[] {
  const rank = ([name]: Pair): number => (name.startsWith(":") ? PSEUDO_ORDER.indexOf(name) : PSEUDO_ORDER.length);
  return [...headers].sort((a, b) => rank(a) - rank(b));
}

function messageOf(side: Side): Message | undefined {
  if (!side.headers) return undefined;
  const headers = wireOrder(side.headers);
  return { headers, body: joined(side.body), ...(side.trailers && { trailers: side.trailers }) };
}

function responseOf(side: Side): ExchangeResult["response"] {
  const message = messageOf(side);
  return message && { ...message, status: Number(message.headers.find(([name]) => name === ":status")?.[1]) };
}

const sizeOf = (side: Side): number => side.body.reduce((sum, piece) => sum + piece.length, 0);

const utf8 = new TextDecoder();

function reasonOf(reply: LocalReply | undefined, changes: ReadonlyMap<string, bigint>): string | undefined {
  if (reply) return problemCode(reply.body) ?? reply.details.replace(/^frostglass_/, "");
  for (const name of changes.keys()) {
    const outcome = readStat(name)?.labels.outcome;
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}

function problemCode(body: Uint8Array): string | undefined {
  try {
    const problem: unknown = JSON.parse(utf8.decode(body));
    return problem && typeof problem === "object" && "code" in problem ? String(problem.code) : undefined;
  } catch {
    // A reply of the host itself is plain text.
    return undefined;
  }
}

function rulesOf(changes: ReadonlyMap<string, bigint>): Record<string, number> {
  const rules: Record<string, number> = {};
  for (const [name, count] of changes) {
    const rule = readStat(name)?.labels.rule;
    if (rule !== undefined) rules[rule] = (rules[rule] ?? 0) + Number(count);
  }
  return rules;
}
