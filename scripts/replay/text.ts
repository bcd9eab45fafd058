/**
 * Text of headers and paths: recordings write Unicode, the wire carries bytes, the host takes one character a byte.
 *
 * Invariant: bytes that are no part of UTF-8 stay what they are, one character a byte, as the filter counts them.
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

// Unicode 16, table 3-7: what a character beyond ASCII is in UTF-8, here one character a byte. A surrogate is one too, since
// JSON texts may hold a lone one; it is read as the replacement character.
const utf8 =
  /[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xef][\x80-\xbf])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}/g;

function decode(bytes: Buffer): string {
  return bytes.toString("latin1").replace(utf8, (character) => {
    const isSurrogate = character.startsWith("\xed") && character.charCodeAt(1) >= 0xa0;
    return isSurrogate ? "\ufffd" : Buffer.from(character, "latin1").toString("utf8");
  });
}

/** Percent-decodes what can be, and leaves the rest as it stands. */
export const decodePercent = (text: string): string =>
  text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => decode(Buffer.from(run.replaceAll("%", ""), "hex")));

/** The form reading of a query: plus is a space, a bad escape stands for itself. */
export const decodeQuery = (text: string): string => decodePercent(text.replaceAll("+", " "));

/** What a header spells: an address, which has no blanks, reads plus signs in its query as blanks. */
export const decodeHeader = (text: string): string => {
  const at = /[\0- ]/.test(text) ? -1 : text.indexOf("?");
  return at < 0 ? decodePercent(text) : decodePercent(text.slice(0, at)) + decodeQuery(text.slice(at));
};
