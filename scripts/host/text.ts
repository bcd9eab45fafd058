/**
 * Byte strings: header names and values as JavaScript strings with one character a byte, as in fetch and node:http.
 *
 * Invariant: the conversion is exact both ways, so that a value of any bytes survives the host. A character above
 * U+00FF has no byte and is refused at the border, never replaced.
 */

/** Longest run handed to String.fromCharCode at once; engines limit the number of arguments. */
const RUN = 4096;

export function fromBytes(bytes: Uint8Array): string {
  if (bytes.length <= RUN) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let text = "";
  for (let i = 0; i < bytes.length; i += RUN) {
    text += String.fromCharCode.apply(null, bytes.subarray(i, i + RUN) as unknown as number[]);
  }
  return text;
}

/** Writes `text` at `offset`; the caller has made room and checked the text with `assertByteString`. */
export function writeBytes(text: string, target: Uint8Array, offset: number): void {
  for (let i = 0; i < text.length; i++) target[offset + i] = text.charCodeAt(i);
}

export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeBytes(text, bytes, 0);
  return bytes;
}

export function assertByteString(text: string): void {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) {
      throw new TypeError("a header holds a character above U+00FF; write its UTF-8 bytes, one character a byte");
    }
  }
}
