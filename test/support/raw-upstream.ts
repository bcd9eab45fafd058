/**
 * A service that says what no HTTP library would: HTTP/1.1 as the bytes themselves, HTTP/2 frame by frame. It answers each
 * request when it ended, and keeps the connection open.
 *
 * Invariant: what is sent is what was told, down to the byte; nothing is completed or corrected.
 */
import { createServer, type Server, type Socket } from "node:net";
import type { Protocol } from "../../scripts/envoy/config.ts";
import type { HeaderList } from "../../scripts/envoy/upstream.ts";

/** A step of an answer. In HTTP/1.1 a head has its lines, data goes as it stands, and the end is nothing. */
export type Step = { head: HeaderList; end?: boolean } | { data: string; end?: boolean };

const type = { data: 0, headers: 1, settings: 4, ping: 6 };
const flag = { end: 1, ack: 1, endHeaders: 4 };
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length;
const frameHead = 9;

export class RawUpstream {
  readonly protocol: Protocol;
  /** What came in on all connections. */
  arrived = 0;
  answer: readonly Step[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  static async start(protocol: Protocol): Promise<RawUpstream> {
    const upstream = new RawUpstream(protocol);
    await new Promise<void>((resolve) => upstream.#server.listen(0, "127.0.0.1", resolve));
    return upstream;
  }

  private constructor(protocol: Protocol) {
    this.protocol = protocol;
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
      if (protocol === "http2") this.#frames(socket);
      else this.#lines(socket);
    });
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #lines(socket: Socket): void {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (!text.includes("\r\n\r\n")) return;
      text = "";
      this.arrived++;
      for (const step of this.answer) socket.write(lineOf(step), "latin1");
    });
  }

  #frames(socket: Socket): void {
    let left: Buffer = Buffer.alloc(0);
    let skip = preface;
    socket.write(frame(type.settings, 0, 0));
    socket.on("data", (chunk) => {
      left = Buffer.concat([left, chunk]);
      if (left.length < skip) return;
      left = left.subarray(skip);
      skip = 0;
      while (left.length >= frameHead && left.length >= frameHead + left.readUIntBE(0, 3)) {
        const size = frameHead + left.readUIntBE(0, 3);
        this.#frame(socket, left.subarray(0, size));
        left = left.subarray(size);
      }
    });
  }

  #frame(socket: Socket, bytes: Buffer): void {
    const [kind, flags, stream] = [bytes[3]!, bytes[4]!, bytes.readUInt32BE(5)];
    if (kind === type.settings && !(flags & flag.ack)) socket.write(frame(type.settings, flag.ack, 0));
    if (kind === type.ping && !(flags & flag.ack))
      socket.write(frame(type.ping, flag.ack, 0, bytes.subarray(frameHead)));
    const isMessage = kind === type.headers || kind === type.data;
    if (!isMessage || !(flags & flag.end)) return;
    this.arrived++;
    for (const step of this.answer) socket.write(frameOf(step, stream));
  }
}

function lineOf(step: Step): string {
  if ("data" in step) return step.data;
  const status = step.head.find(([name]) => name === ":status");
  const lines = step.head.filter((pair) => pair !== status).map((pair) => pair.join(": "));
  return `${[`HTTP/1.1 ${status?.[1]} Told`, ...lines].join("\r\n")}\r\n\r\n`;
}

function frameOf(step: Step, stream: number): Buffer {
  const end = step.end ? flag.end : 0;
  if ("data" in step) return frame(type.data, end, stream, Buffer.from(step.data, "latin1"));
  return frame(type.headers, end | flag.endHeaders, stream, Buffer.concat(step.head.map(literal)));
}

function frame(kind: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(frameHead);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = kind;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A field of HPACK as it is: neither indexed nor in Huffman's code (RFC 7541, section 6.2.2). */
function literal([name, value]: [string, string]): Buffer {
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  const rest = bytes.length - 127;
  const length = rest < 0 ? [bytes.length] : rest < 128 ? [127, rest] : [127, 128 | (rest & 127), rest >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
}
