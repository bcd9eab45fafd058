/**
 * Text of headers and paths: recordings write Unicode, the wire carries bytes, the host takes one character a byte.
 *
 * Invariant: bytes that are not UTF-8 stay what they are, one character a byte, in both directions.
 */

export type Header = readonly [name: string, value: string];

/** As the host takes it: UTF-8 bytes, one character each. */
export const toWire = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** As people read it. */
export const fromWire = (text: string): string => decode(Buffer.from(text, "latin1"));

export const headersToWire = (headers: readonly Header[]): Header[] =>
  headers.map(([name, value]) => [toWire(name), toWire(value)]);

export const headersFromWire = (headers: readonly Header[]): Header[] =>
  headers.map(([name, value]) => [fromWire(name), fromWire(value)]);

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}

/** Percent-decodes what can be, and leaves the rest as it stands. */
export const decodePercent = (text: string): string =>
  text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => decode(Buffer.from(run.replaceAll("%", ""), "hex")));

/** The form reading of a query: plus is a space, a bad escape stands for itself. */
export const decodeQuery = (text: string): string => decodePercent(text.replaceAll("+", " "));
