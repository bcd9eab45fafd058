/**
 * HAR 1.2: what browsers and proxies save. One entry is one exchange.
 *
 * The pseudo headers that some browsers write among the headers, and the content-encoding of a body that the tool has
 * already decoded, do not belong to the message that is replayed, so they are left out.
 */

import { RecordingError } from "./form.ts";
import { bodyOf, type HarParam, type HarPostData, pathOf } from "./har-request.ts";
import type { RecordedResponse, Recording } from "./recording.ts";
import type { Header } from "./text.ts";

interface HarHeader {
  name: string;
  value: string;
}

interface HarEntry {
  request: {
    method: string;
    url: string;
    headers?: HarHeader[];
    queryString?: HarParam[];
    postData?: HarPostData;
  };
  response?: {
    status: number;
    headers?: HarHeader[];
    content?: { mimeType?: string; text?: string; encoding?: string };
  };
}

interface Har {
  log: { entries: HarEntry[] };
}

export const isHar = (value: unknown): value is Har =>
  Array.isArray((value as { log?: { entries?: unknown } } | null | undefined)?.log?.entries);

export function readHar(har: Har, file: string): Recording[] {
  if (har.log.entries.length === 0) throw new RecordingError(`${file}: the HAR log has no entry; record it again`);
  return har.log.entries.map((entry, index) => {
    try {
      return readEntry(entry, index);
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      throw new RecordingError(`${file}: entry ${index + 1} of the HAR log cannot be read (${cause}); record it again`);
    }
  });
}

function readEntry({ request, response }: HarEntry, index: number): Recording {
  for (const key of ["method", "url"] as const) {
    if (typeof request[key] !== "string") throw new Error(`"${key}" of its request must be a text`);
  }
  if (typeof (response?.status ?? 0) !== "number") throw new Error('"status" of its response must be a number');
  const headers = plainHeaders(request.headers, request.postData?.mimeType);
  return {
    id: String(index + 1),
    request: {
      method: request.method,
      path: pathOf(request.url, request.queryString),
      ...bodyOf(request.postData, headers),
    },
    ...(response === undefined || response.status < 100 ? {} : { response: readResponse(response) }),
  };
}

function readResponse(response: NonNullable<HarEntry["response"]>): RecordedResponse {
  const { text, encoding, mimeType } = response.content ?? {};
  return {
    status: response.status,
    headers: plainHeaders(response.headers, mimeType),
    ...(text === undefined
      ? {}
      : { body: new Uint8Array(Buffer.from(text, encoding === "base64" ? "base64" : "utf8")) }),
  };
}

const ofTheWire = new Set(["content-encoding", "content-length", "transfer-encoding"]);

function plainHeaders(headers: HarHeader[] | undefined, mimeType: string | undefined): Header[] {
  for (const { name, value } of headers ?? []) {
    if (typeof name !== "string" || typeof value !== "string") throw new Error("a header must be a name and a value");
  }
  const plain = (headers ?? [])
    .filter(({ name }) => !name.startsWith(":") && !ofTheWire.has(name.toLowerCase()))
    .map(({ name, value }): Header => [name, value]);
  if (mimeType && !plain.some(([name]) => name.toLowerCase() === "content-type"))
    plain.push(["content-type", mimeType]);
  return plain;
}
