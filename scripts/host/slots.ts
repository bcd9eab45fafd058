/**
 * The names that Envoy keeps in one slot each, by what they stand in: a second value is joined to the first with a comma.
 * They are the built-in inline headers of Envoy, and those that its own filters register (compressor, cache, CORS, CSRF).
 */

/** What a map of headers is of. */
export type MapKind = "request" | "response" | "request trailers" | "response trailers";

const setOf = (...lines: string[]): ReadonlySet<string> => new Set(lines.flatMap((line) => line.split(" ")));

const both = [
  "cache-control connection content-encoding content-length content-type keep-alive proxy-connection proxy-status",
  "transfer-encoding upgrade via x-envoy-attempt-count x-envoy-decorator-operation x-request-id",
];

export const SLOTS: Readonly<Record<MapKind, ReadonlySet<string>>> = {
  request: setOf(
    ...both,
    ":authority :method :path :protocol :scheme",
    "accept accept-encoding access-control-request-headers access-control-request-method",
    "access-control-request-private-network authorization expect grpc-accept-encoding grpc-timeout if-match if-modified-since",
    "if-none-match if-range if-unmodified-since origin pragma referer te user-agent x-client-trace-id",
    "x-envoy-external-address x-envoy-original-host x-envoy-original-path x-forwarded-client-cert x-forwarded-for",
    "x-forwarded-host x-forwarded-port x-forwarded-proto",
  ),
  response: setOf(
    ...both,
    ":status",
    "access-control-allow-credentials access-control-allow-headers access-control-allow-methods",
    "access-control-allow-origin access-control-allow-private-network access-control-expose-headers",
    "access-control-max-age age date etag expires grpc-message grpc-status last-modified location server vary",
    "x-envoy-degraded x-envoy-ratelimited x-envoy-upstream-service-time",
  ),
  "request trailers": setOf(),
  "response trailers": setOf("grpc-message grpc-status"),
};
