/**
 * The access log that Envoy writes for the audit: `json_format` of its file logger, and the same attributes for its gRPC
 * and OpenTelemetry loggers.
 *
 * Invariants: this is the only source; deploy/envoy/access-log.json follows it. No path, query, header or address stands
 * in it, since those hold values. What the filter knows comes from filter state that it leaves at the end of a stream
 * (assembly/filter/audit.ts); of a stream that was not active there is none.
 */
const state = (name: string): string => `%FILTER_STATE(wasm.frostglass.${name}:PLAIN)%`;

export const FIELDS = {
  time: "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
  "http.response.status_code": "%RESPONSE_CODE%",
  "http.request.size": "%BYTES_RECEIVED%",
  "http.response.size": "%BYTES_SENT%",
  duration_ms: "%DURATION%",
  "frostglass.policy": state("policy"),
  "frostglass.policy.digest": state("policy_digest"),
  "frostglass.session.hash": state("session"),
  "frostglass.outcome": state("outcome"),
  "frostglass.rule": state("rule"),
  "frostglass.rules": state("rules"),
  "frostglass.request.body_bytes": state("request_bytes"),
  "frostglass.response.body_bytes": state("response_bytes"),
} as const;

/** One entry of `access_log` in a listener's HttpConnectionManager. */
export function accessLogEntry(path: string) {
  return {
    name: "envoy.access_loggers.file",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
      path,
      log_format: { json_format: { ...FIELDS } },
    },
  };
}
