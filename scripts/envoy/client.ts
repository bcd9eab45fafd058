/**
 * One request to an Envoy over HTTP/1.1 or HTTP/2, body in pieces as given, and all of the answer: every header in
 * order, trailers, and whether it ended or was cut.
 */

import { type IncomingMessage, request as request1 } from "node:http";
import { type ClientHttp2Session, connect as connect2 } from "node:http2";
import { type Duplex, Readable } from "node:stream";
import type { Protocol } from "./config.ts";
import { grouped, type HeaderList, pairs } from "./upstream.ts";

export interface ClientRequest {
  method?: string;
  path?: string;
  headers?: HeaderList;
  /** Pieces go out one by one; each is flushed before the next. */
  body?: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  trailers?: HeaderList;
  /** Keeps the connection open without ending the request, until `signal` aborts it. */
  unfinished?: boolean;
  signal?: AbortSignal;
  /** Called when the head of the answer is there. */
  onAnswer?: () => void;
}

export interface ClientResponse {
  status: number;
  headers: HeaderList;
  body: Buffer;
  trailers: HeaderList;
  /** False when the answer was cut. */
  complete: boolean;
}

export function sendTo(protocol: Protocol, port: number, request: ClientRequest): Promise<ClientResponse> {
  return protocol === "http2" ? sendHttp2(port, request) : sendHttp1(port, request);
}

function sendHttp1(port: number, request: ClientRequest): Promise<ClientResponse> {
  return new Promise((resolve, reject) => {
    let answered = false;
    const sent = request1({
      host: "127.0.0.1",
      port,
      agent: false,
      method: request.method ?? "POST",
      path: request.path ?? "/",
      // A flat list goes out as it is: repeated names, their order, and nothing that Node would add or merge.
      headers: headLines(request),
      ...(request.signal ? { signal: request.signal } : {}),
    });
    const answer = (response: IncomingMessage, from: NodeJS.ReadableStream) => {
      answered = true;
      request.onAnswer?.();
      collect(from, reject, (body, complete) =>
        resolve({
          status: response.statusCode ?? 0,
          headers: pairs(response.rawHeaders),
          body,
          trailers: pairs(response.rawTrailers),
          complete: from === response ? complete && response.complete : true,
        }),
      );
    };
    sent.on("response", (response) => answer(response, response));
    // Node hands over the bare connection after CONNECT, whatever the answer: it is read to the end of a refusal.
    const tunnel = (response: IncomingMessage, socket: Duplex, head: Buffer) => {
      const length = response.statusCode === 403 ? Number(response.headers["content-length"] ?? 0) : 0;
      answer(response, untilLength(socket, head, length));
    };
    sent.on("connect", tunnel).on("upgrade", tunnel);
    // Once the answer began, an error is how a cut shows: `collect` sees it too.
    sent.on("error", (error) => answered || reject(error));
    write(sent, request).then(() => {
      if (request.trailers?.length) sent.addTrailers(request.trailers);
      if (!request.unfinished) sent.end();
    }, reject);
  });
}

/** A body that has no content-length goes in chunks; where Node expects one and there is none, the length is 0. */
function headLines({ method = "POST", headers = [], body, trailers, unfinished }: ClientRequest): string[] {
  const has = (name: string) => headers.some(([candidate]) => candidate.toLowerCase() === name);
  const lines = headers.flat();
  if (!has("host")) lines.unshift("host", "127.0.0.1");
  if (!has("connection")) lines.push("connection", "close");
  if (trailers?.length) lines.push("trailer", trailers.map(([name]) => name).join(", "));
  const measured = has("content-length") && !trailers?.length;
  if ((body || trailers?.length || unfinished) && !measured) lines.push("transfer-encoding", "chunked");
  else if (!measured && ["POST", "PUT", "PATCH"].includes(method)) lines.push("content-length", "0");
  return lines;
}

function untilLength(socket: Duplex, head: Buffer, length: number): Readable {
  return Readable.from(
    (async function* () {
      let left = length - head.length;
      yield head;
      if (left > 0) {
        for await (const chunk of socket as AsyncIterable<Buffer>) {
          yield chunk;
          left -= chunk.length;
          if (left <= 0) break;
        }
      }
      socket.destroy();
    })(),
  );
}

function sendHttp2(port: number, request: ClientRequest): Promise<ClientResponse> {
  const session = connect2(`http://127.0.0.1:${port}`);
  return sendInSession(session, request).finally(() => session.destroy());
}

/** One request in an HTTP/2 connection that stays. */
export function sendInSession(session: ClientHttp2Session, request: ClientRequest): Promise<ClientResponse> {
  return new Promise((resolve, reject) => {
    let answered = false;
    session.once("error", reject);
    const headers = request.headers ?? [];
    const host = headers.find(([name]) => name === "host")?.[1];
    const stream = session.request(
      {
        ":method": request.method ?? "POST",
        ":path": request.path ?? "/",
        ":scheme": "http",
        ":authority": host ?? "127.0.0.1",
        ...Object.fromEntries(grouped(headers.filter(([name]) => name !== "host"))),
      },
      {
        endStream: !request.body && !request.trailers?.length && !request.unfinished,
        waitForTrailers: !!request.trailers?.length,
        ...(request.signal ? { signal: request.signal } : {}),
      },
    );
    stream.on("wantTrailers", () => stream.sendTrailers(Object.fromEntries(grouped(request.trailers ?? []))));
    let trailers: HeaderList = [];
    stream.on("trailers", (_, __, raw?: string[]) => {
      trailers = pairs(raw ?? []);
    });
    stream.on("response", (fields, _flags, raw?: string[]) => {
      answered = true;
      request.onAnswer?.();
      const all = pairs(raw ?? []).filter(([name]) => !name.startsWith(":"));
      collect(stream, reject, (body, complete) =>
        resolve({
          status: fields[":status"] ?? 0,
          headers: all,
          body,
          trailers,
          complete: complete && stream.rstCode === 0,
        }),
      );
    });
    stream.on("error", (error) => answered || reject(error));
    // A reset without an error code ends the stream without a word.
    stream.on("close", () => answered || reject(new Error("the stream was reset before an answer")));
    write(stream, request).then(() => {
      if (!request.unfinished && !stream.writableEnded) stream.end();
    }, reject);
  });
}

/** Reads to the end, or to the cut: an error after the head is a cut, not a failure. */
function collect(
  from: NodeJS.ReadableStream,
  reject: (error: Error) => void,
  done: (body: Buffer, complete: boolean) => void,
): void {
  const chunks: Buffer[] = [];
  let complete = false;
  from.on("data", (chunk: Buffer) => chunks.push(chunk));
  from.on("end", () => {
    complete = true;
  });
  from.on("error", () => {});
  from.on("close", () => {
    try {
      done(Buffer.concat(chunks), complete);
    } catch (error) {
      reject(error as Error);
    }
  });
}

async function write(to: NodeJS.WritableStream, request: ClientRequest): Promise<void> {
  if (!request.body) return;
  const pieces = request.body instanceof Uint8Array ? [request.body] : request.body;
  for await (const piece of pieces) {
    // The peer may refuse and close at any time; what it said is then in the response.
    if (!(to as { destroyed?: boolean }).destroyed) await new Promise((resolve) => to.write(piece, resolve));
  }
}
