/**
 * Envoy tap that streams: `http_streamed_trace_segment`, pieces of exchanges as they came, told apart by their trace id.
 * They become buffered traces, which tap.ts reads.
 *
 * Invariant: a piece that is not known is no piece, so that nothing of an exchange is lost without a word.
 */
import { RecordingError } from "./form.ts";
import type { Tap, TapBody, TapHeader, TapMessage } from "./tap.ts";

interface Headers {
  headers?: TapHeader[];
}

interface Pieces {
  trace_id?: string | number;
  request_headers?: Headers;
  request_body_chunk?: TapBody;
  request_trailers?: Headers;
  response_headers?: Headers;
  response_body_chunk?: TapBody;
  response_trailers?: Headers;
}

export interface Segment {
  http_streamed_trace_segment: Pieces;
}

const known = /^(trace_id|(request|response)_(headers|body_chunk|trailers))$/;

export const isSegment = (value: unknown): value is Segment => {
  const pieces = (value as Partial<Segment> | null | undefined)?.http_streamed_trace_segment;
  return typeof pieces === "object" && pieces !== null;
};

/** The traces in the order in which they began. */
export function assemble(segments: readonly Segment[], file: string): Tap[] {
  const traces = new Map<string, Tap>();
  for (const { http_streamed_trace_segment: pieces } of segments) {
    const strange = Object.keys(pieces).find((name) => !known.test(name));
    if (strange !== undefined) throw new RecordingError(`${file}: a segment of a trace has an unknown part ${strange}`);
    const id = String(pieces.trace_id ?? "");
    const trace = traces.get(id) ?? { http_buffered_trace: {} };
    traces.set(id, trace);
    for (const side of ["request", "response"] as const) addTo(trace.http_buffered_trace, side, pieces);
  }
  return [...traces.values()];
}

function addTo(trace: Tap["http_buffered_trace"], side: "request" | "response", pieces: Pieces): void {
  const { headers, trailers, body } = {
    headers: pieces[`${side}_headers`]?.headers,
    trailers: pieces[`${side}_trailers`]?.headers,
    body: pieces[`${side}_body_chunk`],
  };
  if (headers === undefined && trailers === undefined && body === undefined) return;
  const before: TapMessage = trace[side] ?? {};
  trace[side] = {
    ...before,
    ...(headers && { headers }),
    ...(trailers && { trailers }),
    ...(body && { body: joined(before.body, body) }),
  };
}

function joined(before: TapBody | undefined, next: TapBody): TapBody {
  const bytes = [before, next].map((body) =>
    body?.as_bytes === undefined ? Buffer.from(body?.as_string ?? "") : Buffer.from(body.as_bytes, "base64"),
  );
  return {
    as_bytes: Buffer.concat(bytes).toString("base64"),
    ...((before?.truncated || next.truncated) && { truncated: true }),
  };
}
