/** One request over HTTP/1.1, on a connection of its own, with exactly the headers that were given. */
import { type IncomingMessage, request as request1 } from "node:http";
import { type Duplex, Readable } from "node:stream";
import { type ClientRequest, type ClientResponse, collect, write } from "./message.ts";
import { pairs } from "./upstream.ts";

export function sendHttp1(port: number, request: ClientRequest): Promise<ClientResponse> {
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
