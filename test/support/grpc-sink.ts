/** Takes what Envoy's gRPC loggers send, message bytes as they come, and answers every call with an empty message. */
import { createServer, type Http2Server, type Http2Session } from "node:http2";
import type { AddressInfo } from "node:net";

export class GrpcSink {
  /** Path of a call to all bytes that came for it. */
  readonly received = new Map<string, Buffer>();
  readonly #server: Http2Server = createServer();
  readonly #sessions = new Set<Http2Session>();

  static async start(): Promise<GrpcSink> {
    const sink = new GrpcSink();
    await new Promise<void>((resolve) => sink.#server.listen(0, "127.0.0.1", resolve));
    return sink;
  }

  private constructor() {
    this.#server.on("session", (session) => {
      this.#sessions.add(session);
      session.on("close", () => this.#sessions.delete(session));
    });
    this.#server.on("stream", (stream, headers) => {
      const path = String(headers[":path"]);
      stream.on("error", () => {});
      stream.on("data", (bytes: Buffer) => {
        this.received.set(path, Buffer.concat([this.received.get(path) ?? Buffer.alloc(0), bytes]));
      });
      stream.on("end", () => {
        // An Envoy that stops leaves in the middle of a call.
        if (stream.destroyed) return;
        stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.end(Buffer.alloc(5));
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
