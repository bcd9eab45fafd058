/**
 * The sinks that the environment names: every command that writes audit records sends them there too.
 *
 * The variables are OpenTelemetry's own for logs (specification, "OpenTelemetry Protocol Exporter"); the ones for all
 * signals are not read, so that nobody's traces decide where audit records go.
 * Invariant: an endpoint that cannot be used is an error before anything is written, never a silent loss.
 */
import { CommandError } from "../../console.ts";
import { OtlpSink } from "./otlp.ts";
import type { Sink } from "./sink.ts";

export const ENDPOINT_VARIABLE = "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT";
export const HEADERS_VARIABLE = "OTEL_EXPORTER_OTLP_LOGS_HEADERS";

export function sinksFromEnvironment(environment: NodeJS.ProcessEnv = process.env): Sink[] {
  const endpoint = environment[ENDPOINT_VARIABLE]?.trim();
  if (endpoint === undefined || endpoint === "") return [];
  return [new OtlpSink({ url: endpointOf(endpoint), headers: headersOf(environment[HEADERS_VARIABLE] ?? "") })];
}

export function endpointOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "") {
    throw new CommandError("a collector is named as http(s)://HOST:PORT/v1/logs, credentials in headers", 2);
  }
  return url.href;
}

/** `name=value,name=value`, values percent-encoded as in W3C Baggage. */
function headersOf(text: string): Record<string, string> {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at <= 0) throw new CommandError(`${HEADERS_VARIABLE} is NAME=VALUE,NAME=VALUE`, 2);
      return [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())];
    }),
  );
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new CommandError(`${HEADERS_VARIABLE} holds a value that is not percent-encoded`, 2);
  }
}
