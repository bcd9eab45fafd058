/**
 * A real service behind an Envoy: it records what arrives, exactly and in order, and answers as it is told. Speaks
 * HTTP/1.1 or HTTP/2 (cleartext, prior knowledge).
 *
 * Invariant: a request is recorded once, when it ended or was cut; `arrived` counts from the first header on, so "nothing
 * reached the upstream" can be said of requests that never got to their end too.
 */
import { createHash, type Hash } from "node:crypto";
import { createServer as createServer1, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createServer2, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Protocol } from "./config.ts";

export type HeaderList = [name: string, value: string][];

export interface Received {
  method: string;
  path: string;
  /** Without HTTP/2 pseudo-headers; `:authority` is given as `host`, as it stands in HTTP/1.1. */
  headers: HeaderList;
  body: Buffer;
  /** Also counted and hashed when `keepBodies` is off and `body` stays empty. */
  length: number;
  sha256: string;
  trailers: HeaderList;
  /** False when the peer cut the request before its end. */
  complete: boolean;
  upgrade: boolean;
}

export interface Reply {
  status?: number;
  headers?: HeaderList;
  /** Several pieces are several writes, each flushed before the next is asked for. */
  body?: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  trailers?: HeaderList;
  /** Cuts the connection after the body instead of ending the response. */
  cut?: boolean;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

export class Upstream {
  /** Requests of which at least the head came in, and connections that were turned into a tunnel. */
  arrived = 0;
  /** What came in and was not taken yet. */
  readonly received: Received[] = [];
  /** The answer to a request, asked for when the request ended. */
  reply: (request: Received) => Reply = () => ({});
  keepBodies = true;
  readonly protocol: Protocol;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #waiting: (() => void)[] = [];

  static async start(protocol: Protocol): Promise<Upstream> {
    const upstream = new Upstream(protocol);
    await new Promise<void>((resolve) => upstream.#server.listen(0, "127.0.0.1", resolve));
    return upstream;
  }

  private constructor(protocol: Protocol) {
    this.protocol = protocol;
    const serve = (request: Request, response: Response) => this.#serve(request, response);
    if (protocol === "http2") this.#server = createServer2(serve);
    else {
      const tunnel = (request: IncomingMessage, socket: Duplex) => this.#tunnel(request, socket);
      this.#server = createServer1(serve).on("upgrade", tunnel).on("connect", tunnel);
    }
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Waits for the head of the next request to come in. */
  arrival(): Promise<void> {
    return new Promise((resolve) => this.#server.once("request", () => resolve()));
  }

  /** The next request that ended or was cut. */
  async take(timeout = 10_000): Promise<Received> {
    const end = Date.now() + timeout;
    while (this.received.length === 0) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`no request reached the upstream within ${timeout} ms`);
      await new Promise<void>((resolve) => {
        const late = setTimeout(resolve, left);
        this.#waiting.push(() => {
          clearTimeout(late);
          resolve();
        });
      });
    }
    return this.received.shift()!;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #serve(request: Request, response: Response): Promise<void> {
    this.arrived++;
    response.on("error", () => {});
    const chunks: Buffer[] = [];
    const hash = createHash("sha256");
    let length = 0;
    let complete = true;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        hash.update(chunk);
        length += chunk.length;
        if (this.keepBodies) chunks.push(chunk);
      }
      complete = request.complete;
    } catch {
      complete = false;
    }
    // An HTTP/2 stream that is reset ends its reading side like any other; only the stream knows.
    if ("stream" in request && request.stream.aborted) complete = false;
    const received = record(request, { body: Buffer.concat(chunks), length, hash, complete });
    this.#push(received);
    if (complete) await answer(response, this.reply(received));
  }

  #tunnel(request: IncomingMessage, socket: Duplex): void {
    this.arrived++;
    this.#push({
      ...record(request, { body: Buffer.alloc(0), length: 0, hash: createHash("sha256"), complete: true }),
      upgrade: true,
    });
    const head =
      request.method === "CONNECT"
        ? "200 OK\r\n"
        : "101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n";
    socket.on("error", () => {});
    socket.write(`HTTP/1.1 ${head}\r\n`);
    socket.pipe(socket);
  }

  #push(received: Received): void {
    this.received.push(received);
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function record(request: Request, read: { body: Buffer; length: number; hash: Hash; complete: boolean }): Received {
  return {
    method: request.method ?? "",
    path: request.url ?? "",
    headers: pairs(request.rawHeaders).flatMap(([name, value]): HeaderList => {
      if (name === ":authority") return [["host", value]];
      return name.startsWith(":") ? [] : [[name, value]];
    }),
    body: read.body,
    length: read.length,
    sha256: read.hash.digest("hex"),
    trailers: pairs(request.rawTrailers),
    complete: read.complete,
    upgrade: false,
  };
}

async function answer(response: Response, reply: Reply): Promise<void> {
  const pieces = reply.body instanceof Uint8Array ? [reply.body] : (reply.body ?? []);
  const out = response as ServerResponse;
  // Node would add its own date, and a content-length to a body that is written at once.
  out.sendDate = false;
  const status = reply.status ?? 200;
  const headers = reply.headers ?? [];
  if ("stream" in response) response.writeHead(status, Object.fromEntries(grouped(headers)));
  else {
    const names = reply.trailers?.map(([name]) => name).join(", ");
    // A flat list goes out as it is: repeated names and their order.
    response.writeHead(status, [...headers, ...(names ? [["trailer", names]] : [])].flat());
  }
  out.flushHeaders();
  for await (const piece of pieces) {
    // Envoy may reset the stream at any time; a write would then never be called back.
    if (!out.destroyed) await new Promise((resolve) => out.write(piece, resolve));
  }
  if (reply.cut) {
    if ("stream" in response) response.stream.close(2);
    else out.destroy();
    return;
  }
  if (reply.trailers?.length) out.addTrailers(Object.fromEntries(grouped(reply.trailers)) as Record<string, string>);
  out.end();
}

/** Header lists of `name, value, name, value` as pairs, names in lower case. */
export function pairs(raw: readonly string[]): HeaderList {
  const list: HeaderList = [];
  for (let at = 0; at + 1 < raw.length; at += 2) list.push([raw[at]!.toLowerCase(), raw[at + 1]!]);
  return list;
}

export function grouped(headers: HeaderList): Map<string, string | string[]> {
  const groups = new Map<string, string | string[]>();
  for (const [name, value] of headers) {
    const before = groups.get(name);
    groups.set(name, before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value]);
  }
  return groups;
}
