// A growing little-endian image with shared texts.
// Invariants: every reserved block starts at a multiple of 4 and is zero; one text is stored once; an empty text is the
// ref (0, 0).

export class Writer {
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #texts = new Map<string, number>();

  /** Makes a zeroed block at the end; its offset. */
  reserve(size: number): number {
    const at = (this.#length + 3) & ~3;
    this.#length = at + size;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(this.#length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(at: number, value: number): void {
    this.#view.setUint8(at, value);
  }

  u16(at: number, value: number): void {
    this.#view.setUint16(at, value, true);
  }

  u32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  u64(at: number, value: bigint): void {
    this.#view.setBigUint64(at, value, true);
  }

  /** Reserves `count` records and writes the table's offset and count at `header`; the offset of the first record. */
  table(header: number, count: number, size: number): number {
    const at = this.reserve(count * size);
    this.u32(header, at);
    this.u32(header + 4, count);
    return at;
  }

  /** Writes the ref of a UTF-8 text at `at`. */
  text(at: number, text: string): void {
    const bytes = Buffer.from(text);
    let offset = this.#texts.get(text) ?? 0;
    if (offset === 0 && bytes.length > 0) {
      offset = this.reserve(bytes.length);
      this.#bytes.set(bytes, offset);
      this.#texts.set(text, offset);
    }
    this.u32(at, offset);
    this.u32(at + 4, bytes.length);
  }

  /** Appends bytes and writes their ref at `at`. */
  bytes(at: number, bytes: Uint8Array): void {
    const offset = this.reserve(bytes.length);
    this.#bytes.set(bytes, offset);
    this.u32(at, offset);
    this.u32(at + 4, bytes.length);
  }

  /** Appends a list of u16; its offset. */
  u16s(values: readonly number[]): number {
    const at = this.reserve(values.length * 2);
    values.forEach((value, index) => {
      this.u16(at + index * 2, value);
    });
    return at;
  }

  /** The image, padded to a multiple of 4. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.reserve(0));
  }
}
