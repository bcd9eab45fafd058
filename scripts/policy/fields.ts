// Names of headers, cookies and query parameters: patterns, and the headers that `unmatched` leaves alone.
// Invariant: a transport header holds nothing about a person; what may (user-agent, x-forwarded-for, authorization,
// referer) is not in the list and falls under `unmatched`.

/** Exempt from `unmatched`: without them a message cannot be routed, framed or read. `cookie` and `set-cookie` are
 * decided cookie by cookie. */
export const TRANSPORT_HEADERS: readonly string[] = [
  ":authority",
  ":method",
  ":path",
  ":protocol",
  ":scheme",
  ":status",
  "accept",
  "accept-charset",
  "accept-encoding",
  "accept-language",
  "cache-control",
  "connection",
  "content-encoding",
  "content-language",
  "content-length",
  "content-type",
  "cookie",
  "date",
  "expect",
  // grpc-message and grpc-status-details-bin are texts of the service, and may say anything.
  "grpc-accept-encoding",
  "grpc-encoding",
  "grpc-previous-rpc-attempts",
  "grpc-retry-pushback-ms",
  "grpc-status",
  "grpc-timeout",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "keep-alive",
  "max-forwards",
  "pragma",
  "priority",
  "proxy-connection",
  "range",
  "sec-fetch-dest",
  "sec-fetch-mode",
  "sec-fetch-site",
  "sec-fetch-user",
  "set-cookie",
  "te",
  "traceparent",
  "tracestate",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "upgrade-insecure-requests",
  "vary",
  "via",
  "x-b3-flags",
  "x-b3-parentspanid",
  "x-b3-sampled",
  "x-b3-spanid",
  "x-b3-traceid",
  "x-envoy-attempt-count",
  "x-envoy-expected-rq-timeout-ms",
  "x-envoy-internal",
  "x-forwarded-proto",
  "x-request-id",
];

/** True when `*` in the pattern can stand for runs of characters that make it equal to `name`. */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split("*");
  if (parts.length === 1) return pattern === name;
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
