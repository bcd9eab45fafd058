/**
 * What a HAR entry tells of its request in lists: a query of which the URL has not all, and a posted form as its fields.
 *
 * Invariant: nothing that the archive tells is left out of the message, so that no value goes unproven. A field whose file
 * the archive does not hold is an empty one.
 */
import type { Header } from "./text.ts";

export interface HarParam {
  name: string;
  value?: string;
  fileName?: string;
  contentType?: string;
}

export interface HarPostData {
  mimeType?: string;
  text?: string;
  params?: HarParam[];
}

/** Path and query. Browsers list the query again, decoded or as it is spelled; only tools list what the URL has not. */
export function pathOf(address: string, listed: readonly HarParam[] = []): string {
  const url = new URL(address, "http://localhost");
  const known = new Set([
    ...url.search.slice(1).split("&"),
    ...[...url.searchParams].map(([name, value]) => `${name}=${value}`),
  ]);
  const missing = listed.filter(({ name, value = "" }) => !known.has(`${name}=${value}`) && !known.has(name));
  if (missing.length === 0) return url.pathname + url.search;
  return `${url.pathname}${url.search || "?"}${url.search ? "&" : ""}${encodeForm(missing)}`;
}

/** The body and the headers that go with it. */
export function bodyOf(
  postData: HarPostData | undefined,
  headers: readonly Header[],
): { headers: readonly Header[]; body?: Uint8Array } {
  const { text, params = [] } = postData ?? {};
  if (params.length === 0 || (text !== undefined && text !== "")) {
    return text === undefined ? { headers } : { headers, body: new TextEncoder().encode(text) };
  }
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (!/^multipart\/form-data\b/i.test(type)) return { headers, body: new TextEncoder().encode(encodeForm(params)) };
  const told = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  const boundary = told ?? freeBoundary(params);
  return {
    headers: headers.map(([name, value]) => [
      name,
      told === undefined && value === type ? `${type.replace(/;\s*$/, "")}; boundary=${boundary}` : value,
    ]),
    body: new TextEncoder().encode(encodeParts(params, boundary)),
  };
}

const encodeForm = (params: readonly HarParam[]): string =>
  new URLSearchParams(params.map(({ name, value = "" }) => [name, value])).toString();

/** A boundary that stands in no value. */
function freeBoundary(params: readonly HarParam[]): string {
  let boundary = "har";
  while (params.some(({ value }) => value?.includes(boundary))) boundary += "-";
  return boundary;
}

function encodeParts(params: readonly HarParam[], boundary: string): string {
  const parts = params.map(({ name, value = "", fileName, contentType }) => {
    const file = fileName === undefined ? "" : `; filename="${quoted(fileName)}"`;
    const type = contentType === undefined ? "" : `\r\nContent-Type: ${contentType}`;
    return `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${file}${type}\r\n\r\n${value}\r\n`;
  });
  return `${parts.join("")}--${boundary}--\r\n`;
}

/** As WHATWG HTML writes names of parts. */
const quoted = (text: string): string => text.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
