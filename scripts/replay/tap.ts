/**
 * Envoy tap in its JSON form: `http_buffered_trace`, and pieces of traces (tap-stream.ts); one a file, one a line, one behind
 * another as Envoy prints them, or a list, which may be YAML.
 *
 * A trace that Envoy cut (`truncated`) is refused: half a body would be replayed as a malformed one.
 */

import { parse } from "yaml";
import { RecordingError } from "./form.ts";
import type { Recording } from "./recording.ts";
import { assemble, isSegment } from "./tap-stream.ts";
import type { Header } from "./text.ts";

export interface TapHeader {
  key: string;
  value?: string;
  raw_value?: string;
}

export interface TapBody {
  as_string?: string;
  as_bytes?: string;
  truncated?: boolean;
}

export interface TapMessage {
  headers?: TapHeader[];
  trailers?: TapHeader[];
  body?: TapBody;
}

export interface Tap {
  http_buffered_trace: { request?: TapMessage; response?: TapMessage };
}

export const isTap = (value: unknown): value is Tap =>
  typeof (value as Partial<Tap> | null | undefined)?.http_buffered_trace === "object";

/** The exchanges of a file that holds traces alone; undefined for any other. */
export function readTaps(text: string, file: string): Recording[] | undefined {
  if (!/http_(buffered_trace|streamed_trace_segment)/.test(text)) return undefined;
  const values = valuesOf(text, file);
  if (values === undefined || values.length === 0) return undefined;
  if (values.every(isTap)) return values.map((trace, index) => readTap(trace, file, index));
  if (values.every(isSegment)) return assemble(values, file).map((trace, index) => readTap(trace, file, index));
  return undefined;
}

/** What stands in the file as a list, as lines, or as printed objects one behind another, each of which ends with a line "}". */
function valuesOf(text: string, file: string): unknown[] | undefined {
  try {
    if (/\.ya?ml$/.test(file)) return [parse(text, { logLevel: "silent" })].flat();
    const printed = text.split(/(?<=^\})\s*(?=^\{)/m);
    const pieces = printed.length === 1 && !text.includes("\n}") && !/^\s*\[/.test(text) ? text.split("\n") : printed;
    return pieces.filter((piece) => piece.trim() !== "").flatMap((piece) => JSON.parse(piece));
  } catch {
    return undefined;
  }
}

export function readTap(tap: Tap, place: string, index: number): Recording {
  const { request, response } = tap.http_buffered_trace;
  if (request === undefined) throw new RecordingError(`${place}: the trace has no request; tap whole exchanges`);
  const status = response && pseudo(response, ":status");
  return {
    id: String(index + 1),
    request: {
      method: pseudo(request, ":method") ?? "GET",
      path: pseudo(request, ":path") ?? "/",
      headers: plainHeaders(request),
      ...body(request, place),
      ...trailers(request),
    },
    ...(response === undefined
      ? {}
      : {
          response: {
            status: Number(status ?? 200),
            headers: plainHeaders(response),
            ...body(response, place),
            ...trailers(response),
          },
        }),
  };
}

const value = (header: TapHeader): string =>
  header.raw_value === undefined ? (header.value ?? "") : Buffer.from(header.raw_value, "base64").toString("latin1");

function pseudo(message: TapMessage, name: string): string | undefined {
  const header = message.headers?.find(({ key }) => key.toLowerCase() === name);
  return header && value(header);
}

const plainHeaders = (message: TapMessage): Header[] =>
  (message.headers ?? [])
    .filter(({ key }) => !key.startsWith(":"))
    .map((header): Header => [header.key, value(header)]);

const trailers = ({ trailers: list }: TapMessage): { trailers?: Header[] } =>
  list === undefined || list.length === 0 ? {} : { trailers: list.map((header) => [header.key, value(header)]) };

function body(message: TapMessage, place: string): { body?: Uint8Array } {
  if (message.body?.truncated) {
    throw new RecordingError(`${place}: a body of the trace is truncated; raise max_buffered_rx_bytes and tx_bytes`);
  }
  const { as_bytes, as_string } = message.body ?? {};
  if (as_bytes !== undefined) return { body: new Uint8Array(Buffer.from(as_bytes, "base64")) };
  return as_string === undefined ? {} : { body: new TextEncoder().encode(as_string) };
}
