/**
 * What the gateway makes of codings before rules act: bodies decoded where the policy says so, answers asked for in a
 * coding that can be read. zlib decodes here.
 */
import { gunzipSync, inflateRawSync, inflateSync } from "node:zlib";
import type { Header } from "./text.ts";

export interface Message {
  readonly headers: readonly Header[];
  readonly body: Uint8Array;
  readonly trailers?: readonly Header[] | undefined;
}

const decoders: Record<string, readonly ((body: Uint8Array) => Uint8Array)[]> = {
  gzip: [gunzipSync],
  "x-gzip": [gunzipSync],
  // Some servers send raw blocks under this name.
  deflate: [inflateSync, inflateRawSync],
};

/** The message without its coding; undefined when it has none, or one that is not decoded. */
export function withoutCoding({ headers, body, trailers }: Message): Message | undefined {
  const codings = headers
    .filter(([name]) => name === "content-encoding")
    .map(([, value]) => value.trim().toLowerCase());
  const named = codings.filter((coding) => coding !== "" && coding !== "identity");
  if (named.length !== 1) return undefined;
  for (const decoder of decoders[named[0]!] ?? []) {
    try {
      return { headers: headers.filter(([name]) => name !== "content-encoding"), body: decoder(body), trailers };
    } catch {
      // The next one may read it.
    }
  }
  return undefined;
}

/** The request as it asks for answers that can be read. */
export const askingReadably = (headers: readonly Header[], decodes: boolean): readonly Header[] =>
  headers.map((header) =>
    header[0] === "accept-encoding" ? ["accept-encoding", decodes ? "gzip" : "identity"] : header,
  );

/** The same for the messages of a gRPC call. */
export function askingForPlainMessages(headers: readonly Header[]): readonly Header[] {
  const isCall = headers.some(([name, value]) => name === "content-type" && /^application\/grpc(\+|;|$)/i.test(value));
  if (!isCall) return headers;
  return [...headers.filter(([name]) => name !== "grpc-accept-encoding"), ["grpc-accept-encoding", "identity"]];
}
