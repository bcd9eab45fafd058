/**
 * A collector on loopback that answers as a test tells it, and keeps what it took.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { LogsRequest } from "../../../../scripts/audit/sinks/encoding.ts";

export type Answer =
  | { status: number; headers?: Record<string, string>; body?: string }
  /** No answer at all, until the client leaves. */
  | "silence"
  /** The connection is cut. */
  | "cut";

export class Collector {
  /** Asked before each request is taken; 2xx keeps it. */
  answer: (request: LogsRequest) => Answer = () => ({ status: 200 });
  readonly requests: LogsRequest[] = [];
  /** Bodies of records that were taken, in order. */
  readonly lines: string[] = [];
  attempts = 0;
  readonly #server: Server;
  #port = 0;

  static async start(): Promise<Collector> {
    const collector = new Collector();
    await collector.up();
    return collector;
  }

  private constructor() {
    this.#server = createServer((request, response) => this.#serve(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1/logs`;
  }

  /** Listens, on the port that it had. */
  async up(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    this.attempts++;
    const body = JSON.parse(Buffer.concat(pieces).toString("utf8")) as LogsRequest;
    const answer = this.answer(body);
    if (answer === "silence") return;
    if (answer === "cut") {
      request.socket.destroy();
      return;
    }
    if (answer.status < 300) {
      this.requests.push(body);
      for (const { body: line } of logRecordsOf(body)) this.lines.push((line as { stringValue: string }).stringValue);
    }
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.body ?? "{}");
  }
}

export const logRecordsOf = (request: LogsRequest) =>
  request.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
