/**
 * Binary headers of gRPC (names that end in -bin), seen from outside: the texts that may be in the bytes, which a receiver
 * decodes from base64. Some leave out what is no digit.
 */

const wires = { varint: 0, fixed64: 1, bytes: 2, start: 3, end: 4, fixed32: 5 };
const deepest = 8;

export const isBinary = (name: string): boolean => name.length > 4 && name.endsWith("-bin");

/** All of the bytes, and those behind each length in them, read as a message of protobuf as far as they are one. */
export function textsIn(value: string): Buffer[] {
  const digitsOf = (part: string): string => part.replace(/[^\w+/-]/g, "");
  return value.split(",").flatMap((part) => inside(Buffer.from(digitsOf(part), "base64"), deepest));
}

function inside(bytes: Buffer, depth: number): Buffer[] {
  const texts = [bytes];
  if (depth === 0) return texts;
  let at = 0;
  const varint = (): number | undefined => {
    let value = 0;
    for (let index = 0; index < 10 && at < bytes.length; index++) {
      const byte = bytes[at++]!;
      value += (byte & 127) * 2 ** (7 * index);
      if (byte < 128) return value;
    }
    return undefined;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === undefined || tag < 8) break;
    const wire = tag % 8;
    if (wire === wires.varint) varint();
    else if (wire === wires.fixed64) at += 8;
    else if (wire === wires.fixed32) at += 4;
    else if (wire === wires.bytes) {
      const length = varint();
      if (length === undefined || length > bytes.length - at) break;
      texts.push(...inside(bytes.subarray(at, at + length), depth - 1));
      at += length;
    } else if (wire !== wires.start && wire !== wires.end) break;
  }
  return texts;
}
