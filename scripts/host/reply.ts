/**
 * What a local reply looks like on the wire: Envoy completes the headers, and answers gRPC calls in gRPC's way.
 *
 * Invariant: content-length agrees with the body; a reply without a body has neither length nor type.
 */
import { NOTHING } from "./body.ts";
import type { LocalReply } from "./context.ts";
import { HeaderMap } from "./headers.ts";

export interface PreparedReply {
  readonly headers: HeaderMap;
  /** Empty: the reply ends with its headers. */
  readonly body: Uint8Array;
}

const GRPC_MAX_STATUS = 16;
/** gRPC status by HTTP status, from the gRPC over HTTP specification; all others are UNKNOWN. */
const GRPC_STATUS: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
const GRPC_UNKNOWN = 2;

export function isGrpc(request: HeaderMap): boolean {
  const type = request.get("content-type") ?? "";
  return type === "application/grpc" || type.startsWith("application/grpc+") || type.startsWith("application/grpc;");
}

export function prepareReply(reply: LocalReply, request: HeaderMap | undefined): PreparedReply {
  const headers = new HeaderMap("response", [[":status", String(reply.status)]]);
  for (const [name, value] of reply.headers) headers.add(name, value);
  if (request && isGrpc(request)) return grpcReply(reply, headers);
  if (reply.body.length === 0) {
    headers.remove("content-length");
    headers.remove("content-type");
    return { headers, body: NOTHING };
  }
  headers.replace("content-length", String(reply.body.length));
  if (headers.get("content-type") === undefined) headers.add("content-type", "text/plain");
  return { headers, body: request?.get(":method") === "HEAD" ? NOTHING : reply.body };
}

function grpcReply(reply: LocalReply, headers: HeaderMap): PreparedReply {
  const given = reply.grpcStatus ?? -1;
  const status = given >= 0 && given <= GRPC_MAX_STATUS ? given : (GRPC_STATUS[reply.status] ?? GRPC_UNKNOWN);
  headers.replace(":status", "200");
  headers.replace("content-type", "application/grpc");
  if (!headers.get("grpc-status")) headers.replace("grpc-status", String(status));
  if (reply.body.length > 0) headers.replace("grpc-message", percentEncode(reply.body));
  headers.remove("content-length");
  return { headers, body: NOTHING };
}

function percentEncode(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x25;
    text += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}
