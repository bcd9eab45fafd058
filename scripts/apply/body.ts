/**
 * One body through one stream of the filter, piece by piece.
 *
 * Invariant: a piece is handed on as soon as the filter has released it, and is then forgotten, so that the size of a body
 * does not matter.
 */
import { type Chunking, chunksOf } from "../host/chunks.ts";
import type { HttpStream, Pair, Plugin } from "../host/index.ts";
import { readStat } from "../host/stats.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import { activated, inOrder, isActive, propertiesOf, type Settings } from "../replay/run.ts";
import { type Header, headersToWire, toWire } from "../replay/text.ts";

export interface BodyOptions extends Settings {
  readonly direction: "request" | "response";
  readonly method: string;
  readonly path: string;
  readonly headers: readonly Header[];
  readonly status: number;
  /** Undefined: the pieces as they come. */
  readonly chunking: Chunking | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  readonly release: (piece: Uint8Array) => Promise<void>;
}

export interface BodyResult {
  readonly outcome: "forwarded" | "blocked" | "bypassed";
  readonly reason: string | null;
  /** Of the response, or of the refusal. */
  readonly status: number | null;
  /** Of the message that left, or of the refusal. */
  readonly headers: readonly Pair[];
  readonly rules: Readonly<Record<string, number>>;
  /** The refusal's text, one character a byte. */
  readonly problem?: string;
}

export async function applyBody(compiled: CompiledPolicy, plugin: Plugin, options: BodyOptions): Promise<BodyResult> {
  const isRequest = options.direction === "request";
  const body = pieces(options);
  // The headers say whether a body follows, so its first piece is awaited.
  let next = await body.next();
  const hasBody = !next.done;
  const [asked, own] = isRequest ? [[], options.headers] : parted(compiled, options.headers);
  const headers = headersToWire(hasBody ? withType(own) : own);
  const requestHeaders = isRequest ? headers : headersToWire(asked);
  const sent = options.isActive ? activated(compiled, requestHeaders, options) : requestHeaders;
  const acts = isActive(compiled, sent, options);
  const stream = plugin.stream({ holdHeaders: compiled.limits.hold > 0, ...propertiesOf(compiled, options) });
  plugin.takeMetricChanges();
  stream.requestHeaders([...pseudoHeaders(options, sent), ...sent], !isRequest || !hasBody);
  if (!isRequest && stream.localReply === undefined) {
    stream.responseHeaders([[":status", String(options.status)], ...headers], !hasBody);
  }
  const side = isRequest ? stream.upstream : stream.downstream;
  while (!next.done && stream.localReply === undefined && !side.reset) {
    const { piece, isLast } = next.value;
    if (isRequest) stream.requestBody(piece, isLast);
    else stream.responseBody(piece, isLast);
    const released = side.body.splice(0);
    // A refusal leaves on the side of the response, and is no part of the body.
    if (stream.localReply === undefined) for (const part of released) if (part.length > 0) await options.release(part);
    next = await body.next();
  }
  return resultOf(compiled, plugin, stream, side, acts);
}

/**
 * A response belongs to the session and the destination of its request: there the emergency header and the host stand, and
 * no response has them.
 */
function parted({ policy }: CompiledPolicy, headers: readonly Header[]): [Header[], Header[]] {
  const ofRequests = new Set([policy.activation.header, "host"]);
  const isOfRequest = ([name]: Header): boolean => ofRequests.has(name.toLowerCase());
  return [headers.filter(isOfRequest), headers.filter((header) => !isOfRequest(header))];
}

function withType(headers: readonly Header[]): readonly Header[] {
  const hasType = headers.some(([name]) => name.toLowerCase() === "content-type");
  return hasType ? headers : [["content-type", "application/json"], ...headers];
}

function pseudoHeaders({ method, path }: BodyOptions, headers: readonly Header[]): Pair[] {
  const host = headers.find(([name]) => name.toLowerCase() === "host");
  return [
    [":method", method],
    [":path", toWire(path)],
    [":scheme", "http"],
    [":authority", host?.[1] ?? "localhost"],
  ];
}

interface Piece {
  readonly piece: Uint8Array;
  /** It ends the message. */
  readonly isLast: boolean;
}

/** The pieces of the body; none when it is empty. One is held back until it is known whether another follows. */
async function* pieces({ body, chunking }: BodyOptions): AsyncGenerator<Piece, undefined> {
  let held: Uint8Array | undefined;
  for await (const piece of chunking === undefined ? body : cutWhole(body, chunking)) {
    if (piece.length === 0) continue;
    if (held !== undefined) yield { piece: held, isLast: false };
    held = piece;
  }
  if (held !== undefined) yield { piece: held, isLast: true };
}

/** Cuts as `replay` cuts, which needs the whole body. */
async function* cutWhole(body: AsyncIterable<Uint8Array>, chunking: Chunking): AsyncGenerator<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of body) all.push(piece);
  yield* chunksOf(new Uint8Array(Buffer.concat(all)), chunking);
}

function resultOf(
  compiled: CompiledPolicy,
  plugin: Plugin,
  stream: HttpStream,
  side: HttpStream["upstream"],
  acts: boolean,
): BodyResult {
  const reply = stream.localReply ?? stream.lateReply;
  const isRefused = reply !== undefined || side.reset || !side.ended;
  const left = stream.localReply === undefined ? side.headers : stream.downstream.headers;
  stream.close();
  const changes = [...plugin.takeMetricChanges()];
  const counted = (label: "rule" | "outcome"): [string, number][] =>
    changes.flatMap(([name, count]) => {
      const { policy, [label]: value } = readStat(name)?.labels ?? {};
      return policy === compiled.name && value !== undefined ? [[value, Number(count)]] : [];
    });
  const code = counted("outcome").find(([name]) => name !== "forwarded")?.[0];
  const status = Number(left?.find(([name]) => name === ":status")?.[1] ?? Number.NaN);
  return {
    outcome: isRefused ? "blocked" : acts ? "forwarded" : "bypassed",
    reason: isRefused ? (code ?? reply?.details ?? "internal") : null,
    status: Number.isNaN(status) ? null : status,
    headers: left ?? [],
    rules: inOrder(compiled, Object.fromEntries(counted("rule"))),
    ...(reply === undefined ? {} : { problem: Buffer.from(reply.body).toString("latin1") }),
  };
}
