/** The files of a ZIP archive (APPNOTE 6.3, sections 4.3.7 and 4.3.12), stored or deflated, as some corpora come. */
import { inflateRawSync } from "node:zlib";

const END = 0x06054b50;
const STORED = 0;

export function* unzip(archive: Buffer): Generator<{ name: string; bytes: Uint8Array }> {
  let end = archive.length - 22;
  while (archive.readUInt32LE(end) !== END) end--;
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const method = archive.readUInt16LE(at + 10);
    const size = archive.readUInt32LE(at + 20);
    const nameLength = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(from, from + size);
    if (!name.endsWith("/")) yield { name, bytes: method === STORED ? packed : inflateRawSync(packed) };
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
}
