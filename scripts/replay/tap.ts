/**
 * Envoy tap: `http_buffered_trace` in its JSON form, one trace a file or one a line.
 *
 * A trace that Envoy cut (`truncated`) is refused: half a body would be replayed as a malformed one.
 */

import { RecordingError } from "./form.ts";
import type { Recording } from "./recording.ts";
import type { Header } from "./text.ts";

interface TapHeader {
  key: string;
  value?: string;
  raw_value?: string;
}

interface TapMessage {
  headers?: TapHeader[];
  trailers?: TapHeader[];
  body?: { as_string?: string; as_bytes?: string; truncated?: boolean };
}

interface Tap {
  http_buffered_trace: { request?: TapMessage; response?: TapMessage };
}

export const isTap = (value: unknown): value is Tap =>
  typeof (value as Partial<Tap> | null | undefined)?.http_buffered_trace === "object";

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
