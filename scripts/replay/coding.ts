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
  /** It has none by its status, or answers HEAD: its headers tell of a body that did not come. */
  readonly isBodiless?: boolean;
}

const decoders: Record<string, readonly ((body: Uint8Array) => Uint8Array)[]> = {
  gzip: [gunzipSync],
  "x-gzip": [gunzipSync],
  // Some servers send raw blocks under this name.
  deflate: [inflateSync, inflateRawSync],
};

/** The text by the first decoder of the coding that can read it. */
function decoded(coding: string, bytes: Uint8Array): Uint8Array | undefined {
  for (const decoder of decoders[coding] ?? []) {
    try {
      return decoder(bytes);
    } catch {
      // The next one may read it.
    }
  }
  return undefined;
}

/** The messages of a gRPC body with their flags, each as it is; undefined where one is compressed in an unknown way. */
export function withoutMessageCoding({ headers, body, trailers }: Message): Message | undefined {
  const [coding, ...others] = headers.filter(([name]) => name === "grpc-encoding").map(([, value]) => value.trim());
  const view = Buffer.from(body);
  const frames: Uint8Array[] = [];
  for (let at = 0; at < view.length; ) {
    if (view.length - at < 5) return undefined;
    const flag = view.readUInt8(at);
    const end = at + 5 + view.readUInt32BE(at + 1);
    if (end > view.length) return undefined;
    const content = view.subarray(at + 5, end);
    const isEmpty = content.length === 0;
    const plain = (flag & 1) === 0 || isEmpty ? content : decoded(others.length > 0 ? "" : (coding ?? ""), content);
    if (plain === undefined) return undefined;
    const head = Buffer.alloc(5);
    head.writeUInt8(flag & 0xfe);
    head.writeUInt32BE(plain.length, 1);
    frames.push(head, plain);
    at = end;
  }
  return { headers, body: Buffer.concat(frames), trailers };
}

/** The message without its coding; undefined when it has none, or one that is not decoded. */
export function withoutCoding({ headers, body, trailers }: Message): Message | undefined {
  const codings = headers
    .filter(([name]) => name === "content-encoding")
    .map(([, value]) => value.trim().toLowerCase());
  const named = codings.filter((coding) => coding !== "" && coding !== "identity");
  if (named.length !== 1) return undefined;
  const plain = body.length === 0 ? body : decoded(named[0]!, body);
  return plain && { headers: headers.filter(([name]) => name !== "content-encoding"), body: plain, trailers };
}

export const isCoded = ({ headers }: Message): boolean => headers.some(([name]) => name === "content-encoding");

/** The request as it asks for answers that can be read. */
export const askingReadably = (headers: readonly Header[], decodes: boolean): readonly Header[] =>
  headers.map((header) =>
    header[0] === "accept-encoding" ? ["accept-encoding", decodes ? "gzip" : "identity"] : header,
  );

export const isGrpc = (headers: readonly Header[]): boolean =>
  headers.some(([name, value]) => name === "content-type" && /^application\/grpc(\+|;|$)/i.test(value));

/** The same for the messages of a gRPC call. */
export function askingForReadableMessages(headers: readonly Header[], decodes: boolean): readonly Header[] {
  const others = headers.filter(([name]) => name !== "grpc-accept-encoding");
  return [...others, ["grpc-accept-encoding", decodes ? "gzip" : "identity"]];
}

/** The messages without the headers that the gateway sets itself, where both have the same: whatever a rule made of those before. */
export function withoutOwn(names: readonly string[], before: Message, after: Message): [Message, Message] {
  const own = before.headers.filter(
    ([name, value]) => names.includes(name) && after.headers.some((other) => other[0] === name && other[1] === value),
  );
  const without = (message: Message): Message => ({
    ...message,
    headers: message.headers.filter(([name, value]) => !own.some((one) => one[0] === name && one[1] === value)),
  });
  return own.length === 0 ? [before, after] : [without(before), without(after)];
}
