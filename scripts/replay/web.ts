/**
 * A gRPC-Web message as the gRPC message that it stands for: frames without base64, trailers out of the body.
 */
import type { Message } from "./coding.ts";
import type { Header } from "./text.ts";

const media = /^application\/grpc-web(-text)?(\+proto)?\s*(;|$)/i;
const trailersFlag = 0x80;

export const isWeb = (headers: readonly Header[]): boolean =>
  headers.some(([name, value]) => name === "content-type" && media.test(value));

/** Undefined when it is none, or cannot be read as one. Compressed trailers stay in the body. */
export function withoutWeb({ headers, body, trailers }: Message): Message | undefined {
  const [type, ...others] = headers.filter(([name]) => name === "content-type").map(([, value]) => value);
  const form = media.exec(type ?? "");
  if (form === null || others.length > 0) return undefined;
  const bytes = form[1] === undefined ? Buffer.from(body) : fromRuns(Buffer.from(body).toString("latin1"));
  const end = bytes && endOfMessages(bytes);
  if (bytes === undefined || end === undefined) return undefined;
  const plain = headers.map((header) =>
    header[0] === "content-type" ? (["content-type", "application/grpc"] as const) : header,
  );
  const lines = bytes
    .subarray(end + 5)
    .toString("utf8")
    .split("\r\n");
  const found = lines.flatMap((line) => {
    const colon = line.indexOf(":");
    return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const];
  });
  return { headers: plain, body: bytes.subarray(0, end), trailers: [...(trailers ?? []), ...found] };
}

/** Padded runs of base64, one behind the other. */
function fromRuns(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !/^([A-Za-z0-9+/]+={0,2})*$/.test(text)) return undefined;
  return Buffer.concat((text.match(/.{4}/g) ?? []).map((four) => Buffer.from(four, "base64")));
}

/** Where the trailers begin, or the body ends. */
function endOfMessages(bytes: Buffer): number | undefined {
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 5) return undefined;
    const next = at + 5 + bytes.readUInt32BE(at + 1);
    if (next > bytes.length) return undefined;
    if (bytes.readUInt8(at) === trailersFlag) return next === bytes.length ? at : undefined;
    at = next;
  }
  return bytes.length;
}
