/**
 * Recorded exchanges through the tunnel, and the proof that nothing the policy selects reached the hotfix: the same
 * proof that `frostglass replay` gives, on what the service behind a real tunnel received.
 */
import { sendTo } from "../envoy/client.ts";
import { sendable } from "../envoy/wire.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import { Prover } from "../replay/proof.ts";
import type { Recording } from "../replay/recording.ts";
import type { Finding } from "../replay/result.ts";
import { headersToWire, toWire } from "../replay/text.ts";
import { sessionHeader } from "../tunnel/edge.ts";
import { type Captured, recordingHeader } from "./service.ts";

/** The status of the answer; 0 when there was none. */
export async function send(port: number, recording: Recording): Promise<number> {
  const { method, path, headers, body } = recording.request;
  const wire = sendable(headersToWire(headers), body?.length ?? 0, "localhost");
  const response = await sendTo("http1", port, {
    method,
    path: toWire(path),
    headers: [...wire, [recordingHeader, recording.id]],
    ...(body ? { body } : {}),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => undefined);
  return response?.status ?? 0;
}

/** Headers that the gateway adds or owns. */
const ofGateway = new Set([sessionHeader, recordingHeader, "x-forwarded-proto", "x-request-id", "transfer-encoding"]);

export function prove(
  compiled: CompiledPolicy,
  recordings: readonly Recording[],
  captured: readonly Captured[],
): { values: number; findings: Finding[] } {
  const prover = new Prover(compiled);
  let values = 0;
  const findings: Finding[] = [];
  for (const recording of recordings) {
    const received = captured.find((one) => one.recording === recording.id);
    if (received === undefined) continue;
    const { method, path, headers, body } = recording.request;
    const proof = prover.prove({
      isActive: true,
      exchange: {
        request: {
          method,
          path: toWire(path),
          headers: sendable(headersToWire(headers), body?.length ?? 0, "localhost"),
          body,
        },
      },
      result: {
        outcome: "forwarded",
        reason: undefined,
        request: {
          headers: wireHeaders(received),
          body: Buffer.from(received.body, "base64"),
        },
        requestComplete: true,
        response: undefined,
        responseComplete: false,
        isReply: false,
        isCut: false,
        rules: {},
      },
    });
    values += proof.values;
    findings.push(...proof.findings);
  }
  return { values, findings };
}

/** As a filter at the end of the gateway would have seen them. */
function wireHeaders({ method, path, headers }: Captured): [string, string][] {
  const host = headers.find(([name]) => name === "host")?.[1] ?? "";
  return [
    [":method", method],
    [":path", path],
    [":scheme", "http"],
    [":authority", host],
    ...headers.filter(([name]) => name !== "host" && !ofGateway.has(name)),
  ];
}
