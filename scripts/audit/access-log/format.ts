/**
 * The access log that Envoy writes for the audit: `json_format` of its file logger, and the same attributes for its gRPC
 * and OpenTelemetry loggers.
 *
 * Invariants: this is the only source; deploy/envoy/access-log.json follows it. No path, query, header or address stands
 * in it, since those hold values. What the filter knows comes from filter state that it leaves at the end of a stream
 * (assembly/filter/audit.ts); of a stream that was not active there is none.
 */
import type { JsonObject } from "../../manifest/filter.ts";

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

const loggers = "type.googleapis.com/envoy.extensions.access_loggers";

/** One entry of `access_log` in a listener's HttpConnectionManager. */
export function accessLogEntry(path: string) {
  return {
    name: "envoy.access_loggers.file",
    typed_config: {
      "@type": `${loggers}.file.v3.FileAccessLog`,
      path,
      log_format: { json_format: { ...FIELDS } },
    },
  };
}

/** The same for a collector of OpenTelemetry: attributes of these names, and the time as a record's own. */
export function openTelemetryEntry(grpcService: JsonObject) {
  const { time: _, ...attributes } = FIELDS;
  return {
    name: "envoy.access_loggers.open_telemetry",
    typed_config: {
      "@type": `${loggers}.open_telemetry.v3.OpenTelemetryAccessLogConfig`,
      common_config: { log_name: "frostglass", transport_api_version: "V3", grpc_service: grpcService },
      body: { string_value: "frostglass.exchange" },
      attributes: {
        values: Object.entries(attributes).map(([key, text]) => ({ key, value: { string_value: text } })),
      },
    },
  };
}

/** For a gRPC access log service (ALS). Its entries always hold path and addresses: for a service that may see those. */
export function grpcEntry(grpcService: JsonObject) {
  const names = Object.values(FIELDS).flatMap((format) => /FILTER_STATE\(([\w.]+)/.exec(format)?.[1] ?? []);
  return {
    name: "envoy.access_loggers.http_grpc",
    typed_config: {
      "@type": `${loggers}.grpc.v3.HttpGrpcAccessLogConfig`,
      common_config: {
        log_name: "frostglass",
        transport_api_version: "V3",
        grpc_service: grpcService,
        filter_state_objects_to_log: names,
      },
    },
  };
}
