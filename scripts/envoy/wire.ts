/**
 * Recorded headers for a real connection.
 *
 * Invariant: a connection is framed by its headers, so they tell the truth about the body that follows, whatever was
 * recorded (a HAR file may hold a decoded body beside the length of the encoded one).
 */
import type { HeaderList } from "./upstream.ts";

/** Headers of one connection, which no proxy passes on. */
export const connectionHeaders = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "trailer",
]);

/** `length` of the body that follows; undefined leaves a recorded length as it is. */
export function sendable(
  headers: readonly (readonly [string, string])[],
  length: number | undefined,
  host?: string,
): HeaderList {
  const upgrade = headers.some(([name]) => name.toLowerCase() === "upgrade");
  const list: HeaderList = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (lower === "content-length") list.push([name, length === undefined ? value : String(length)]);
    else if (!connectionHeaders.has(lower) || (upgrade && lower === "connection")) list.push([name, value]);
  }
  if (host !== undefined && !list.some(([name]) => name.toLowerCase() === "host")) list.unshift(["host", host]);
  return list;
}
