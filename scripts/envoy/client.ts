/**
 * One request to an Envoy over HTTP/1.1 or HTTP/2, body in pieces as given, and all of the answer: every header in
 * order, trailers, and whether it ended or was cut.
 */
import { sendHttp1 } from "./client-http1.ts";
import { sendHttp2 } from "./client-http2.ts";
import type { Protocol } from "./config.ts";
import type { ClientRequest, ClientResponse } from "./message.ts";

export function sendTo(protocol: Protocol, port: number, request: ClientRequest): Promise<ClientResponse> {
  return protocol === "http2" ? sendHttp2(port, request) : sendHttp1(port, request);
}
