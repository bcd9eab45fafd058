// A table of texts in the binary policy.

import { SIZE } from "../constants.ts";
import type { Writer } from "../writer.ts";

export function writeRefs(writer: Writer, header: number, texts: readonly string[]): void {
  const at = writer.table(header, texts.length, SIZE.REF);
  texts.forEach((text, index) => {
    writer.text(at + index * SIZE.REF, text);
  });
}
