/**
 * The access log that Envoy writes for the audit: `json_format` of its file logger, and the same attributes for its gRPC
 * and OpenTelemetry loggers.
 *
 * Invariants: this is the only source; deploy/envoy/access-log.json follows it. No path, query, header or address stands
 * in it, since those hold values. What the filter knows comes from filter state that it leaves at the end of a stream
 * (assembly/filter/audit.ts); of a stream that was not active there is none. Which session sent a request into the tunnel
 * comes from the metadata of its route (`sessionMetadata`), which no client can write.
 */
import type { JsonObject } from "../../manifest/filter.ts";

const state = (name: string): string => `%FILTER_STATE(wasm.frostglass.${name}:PLAIN)%`;

export const FIELDS = {
  time: "%START_TIME(%Y-%m-%dT%H:%M:%S.%3fZ)%",
  "http.response.status_code": "%RESPONSE_CODE%",
  "http.request.size": "%BYTES_RECEIVED%",
  "http.response.size": "%BYTES_SENT%",
  duration_ms: "%DURATION%",
  "frostglass.session": "%METADATA(ROUTE:frostglass:session)%",
  "frostglass.policy": state("policy"),
  "frostglass.policy.digest": state("policy_digest"),
  "frostglass.session.hash": state("session"),
  "frostglass.outcome": state("outcome"),
  "frostglass.rule": state("rule"),
  "frostglass.rules": state("rules"),
  "frostglass.revealed": state("revealed"),
  "frostglass.denied": state("denied"),
  "frostglass.request.body_bytes": state("request_bytes"),
  "frostglass.response.body_bytes": state("response_bytes"),
} as const;

const loggers = "type.googleapis.com/envoy.extensions.access_loggers";

/** What a route says of the session that it belongs to. */
export function sessionMetadata(session: string): JsonObject {
  return { filter_metadata: { frostglass: { session } } };
}

/** One entry of `access_log` in a listener's HttpConnectionManager; with `cluster` only of what is sent there. */
export function accessLogEntry(path: string, cluster?: string) {
  return {
    name: "envoy.access_loggers.file",
    ...(cluster === undefined ? {} : { filter: sentTo(cluster) }),
    typed_config: {
      "@type": `${loggers}.file.v3.FileAccessLog`,
      path,
      log_format: { json_format: { ...FIELDS } },
    },
  };
}

function sentTo(cluster: string): JsonObject {
  return {
    extension_filter: {
      name: "envoy.access_loggers.extension_filters.cel",
      typed_config: {
        "@type": `${loggers}.filters.cel.v3.ExpressionFilter`,
        expression: `xds.cluster_name == '${cluster}'`,
      },
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
