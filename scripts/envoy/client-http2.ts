/** One request over HTTP/2 (cleartext, prior knowledge), on a connection of its own. */
import { connect as connectHttp2 } from "node:http2";
import { connect as connectTcp } from "node:net";
import { Duplex } from "node:stream";
import { type ClientRequest, type ClientResponse, collect, write } from "./message.ts";
import { grouped, type HeaderList, pairs } from "./upstream.ts";

export async function sendHttp2(port: number, request: ClientRequest): Promise<ClientResponse> {
  const ending = new StreamEnding();
  const session = connectHttp2(`http://127.0.0.1:${port}`, { createConnection: () => observed(port, ending) });
  try {
    return await new Promise((resolve, reject) => {
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
      stream.on("trailers", (_fields, _flags, raw?: string[]) => {
        trailers = pairs(raw ?? []);
      });
      stream.on("response", (fields, _flags, raw?: string[]) => {
        answered = true;
        request.onAnswer?.();
        const all = pairs(raw ?? []).filter(([name]) => !name.startsWith(":"));
        collect(stream, reject, (body) =>
          resolve({ status: fields[":status"] ?? 0, headers: all, body, trailers, complete: ending.seen }),
        );
      });
      // Once the answer began, an error is how a cut shows.
      stream.on("error", (error) => answered || reject(error));
      stream.on("close", () => answered || reject(new Error("the stream was reset before an answer")));
      write(stream, request).then(() => {
        if (!request.unfinished && !stream.writableEnded) stream.end();
      }, reject);
    });
  } finally {
    session.destroy();
  }
}

const frameHeader = 9;
const endStream = 1;
const data = 0;
const head = 1;

/**
 * Whether the peer ended a stream, read from the frames: Envoy 1.36 cuts with RST_STREAM and NO_ERROR, which Node shows
 * exactly like an end.
 */
class StreamEnding {
  seen = false;
  #left: Buffer = Buffer.alloc(0);
  #skip = 0;

  read(chunk: Buffer): void {
    let bytes: Buffer = this.#left.length > 0 ? Buffer.concat([this.#left, chunk]) : chunk;
    for (;;) {
      const skipped = Math.min(this.#skip, bytes.length);
      this.#skip -= skipped;
      bytes = bytes.subarray(skipped);
      if (bytes.length < frameHeader) break;
      const [type, flags] = [bytes[3], bytes[4]!];
      // One request a connection: every data and head frame is that stream's.
      if ((type === data || type === head) && flags & endStream) this.seen = true;
      this.#skip = frameHeader + bytes.readUIntBE(0, 3);
    }
    this.#left = bytes;
  }
}

function observed(port: number, ending: StreamEnding): Duplex {
  const socket = connectTcp({ port, host: "127.0.0.1", noDelay: true });
  const connection = new Duplex({
    read: () => {},
    write: (chunk, _encoding, done) => socket.write(chunk, done),
    final: (done) => socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk: Buffer) => {
    ending.read(chunk);
    connection.push(chunk);
  });
  socket.on("end", () => connection.push(null));
  socket.on("error", (error) => connection.destroy(error));
  return connection;
}
