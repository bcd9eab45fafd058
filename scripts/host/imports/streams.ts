/**
 * Steering a stream, and calls to other services (Proxy-Wasm 0.2.1, "HTTP streams", "HTTP calls", "gRPC calls").
 *
 * Invariant: what a stream is told to do happens after the guest's call has returned, in the order it was asked for.
 */
import { Status, StreamType } from "../abi.ts";
import type { Host, Imports } from "../context.ts";
import { readPairs } from "../pairs.ts";
import { fromBytes } from "../text.ts";

export function streamImports(host: Host): Imports {
  const unimplemented = (): number => Status.Unimplemented;

  return {
    proxy_send_local_response(
      status: number,
      details: number,
      detailsSize: number,
      body: number,
      bodySize: number,
      headers: number,
      headersSize: number,
      grpcStatus: number,
    ): number {
      const { memory } = host;
      const detailBytes = memory.read(details, detailsSize);
      const bodyBytes = memory.read(body, bodySize);
      const headerBytes = memory.read(headers, headersSize);
      if (!detailBytes || !bodyBytes || !headerBytes) return Status.InvalidMemoryAccess;
      host.context.sendLocalReply({
        status: status >>> 0,
        details: fromBytes(detailBytes).replace(/\s/g, "_"),
        headers: readPairs(headerBytes),
        body: bodyBytes.slice(),
        grpcStatus,
      });
      host.stopIteration();
      return Status.Ok;
    },

    proxy_continue_stream(type: number): number {
      if (type >>> 0 > StreamType.Max) return Status.BadArgument;
      if (type === StreamType.Upstream) return Status.Unimplemented;
      host.context.continueStream(type);
      return Status.Ok;
    },

    proxy_close_stream(type: number): number {
      if (type >>> 0 > StreamType.Max) return Status.BadArgument;
      host.context.closeStream(type);
      return Status.Ok;
    },

    proxy_http_call(
      cluster: number,
      clusterSize: number,
      headers: number,
      headersSize: number,
      body: number,
      bodySize: number,
      trailers: number,
      trailersSize: number,
      timeout: number,
      tokenAt: number,
    ): number {
      const { memory } = host;
      const clusterBytes = memory.read(cluster, clusterSize);
      const headerBytes = memory.read(headers, headersSize);
      const bodyBytes = memory.read(body, bodySize);
      const trailerBytes = memory.read(trailers, trailersSize);
      if (!clusterBytes || !headerBytes || !bodyBytes || !trailerBytes) return Status.InvalidMemoryAccess;
      // The place for the token is tried first, so that no call starts whose answer nobody could tell apart.
      if (!memory.writeU32(tokenAt, 0)) return Status.InvalidMemoryAccess;
      const pairs = readPairs(headerBytes);
      const required = [":method", ":path", ":authority"];
      if (timeout < 0 || !required.every((name) => pairs.some((pair) => pair[0].toLowerCase() === name))) {
        return Status.BadArgument;
      }
      const token = host.context.root.httpCall({
        cluster: fromBytes(clusterBytes),
        headers: pairs,
        body: bodyBytes.slice(),
        trailers: readPairs(trailerBytes),
        timeout,
      });
      if (token === undefined) return Status.BadArgument;
      memory.writeU32(tokenAt, token);
      return Status.Ok;
    },

    proxy_grpc_call: unimplemented,
    proxy_grpc_stream: unimplemented,
    proxy_grpc_send: unimplemented,
    proxy_grpc_close: unimplemented,
    proxy_grpc_cancel: unimplemented,
  };
}
