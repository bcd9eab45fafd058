/**
 * The demo service as a process of its own: `frostglass drill-service VERSION`.
 *
 *     POST /orders/<number>   one request of the load; the number is counted
 *     /.drill/report          what came in so far (over the service's own port only)
 *     anything else           a recorded exchange; kept, so that the drill can look for what must not be in it
 *
 * Invariant: it ends when its standard input ends, so that it cannot outlive the drill.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { deferred } from "../deferred.ts";
import { checkout, type Version } from "./shop.ts";

export const loadPath = "/orders/";
export const reportPath = "/.drill/report";
/** Which recording a request is, on its way through the tunnel. */
export const recordingHeader = "x-drill-recording";
export const servedByHeader = "x-served-by";

export interface Captured {
  recording: string;
  method: string;
  path: string;
  headers: [name: string, value: string][];
  /** Base64. */
  body: string;
}

export interface ServiceReport {
  /** Numbers of the load, in order of arrival; one that came twice stands there twice. */
  orders: number[];
  /** When the first request of any kind came: milliseconds since 1970. */
  first: number | null;
  captured: Captured[];
}

export function serve(version: Version): Promise<void> {
  const report: ServiceReport = { orders: [], first: null, captured: [] };
  const server = createServer(async (request, response) => {
    if (request.url === reportPath) return answer(response, 200, report, version);
    report.first ??= Date.now();
    const body = await read(request);
    if (body === undefined) return;
    if (request.url?.startsWith(loadPath)) report.orders.push(Number(request.url.slice(loadPath.length)));
    else report.captured.push(capture(request, body));
    const { status, body: outcome } = checkout(body.toString("utf8"), version);
    answer(response, status, outcome, version);
  });
  // Longer than a gateway keeps an idle connection: the gateway ends it, never this side under a request.
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
  const { promise, resolve } = deferred<void>();
  process.stdin.resume().on("end", () => {
    server.close();
    server.closeAllConnections();
    resolve();
  });
  return promise;
}

async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    // Cut by the gateway: it never became a request.
    return undefined;
  }
  return Buffer.concat(chunks);
}

function capture(request: IncomingMessage, body: Buffer): Captured {
  const raw = request.rawHeaders;
  const headers = raw.flatMap((name, at): [string, string][] => (at % 2 ? [] : [[name.toLowerCase(), raw[at + 1]!]]));
  const recording = headers.find(([name]) => name === recordingHeader)?.[1] ?? "";
  return { recording, method: request.method ?? "", path: request.url ?? "", headers, body: body.toString("base64") };
}

function answer(response: ServerResponse, status: number, body: object, version: Version): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    [servedByHeader]: version,
  });
  response.end(text);
}
