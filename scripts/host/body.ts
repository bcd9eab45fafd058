/**
 * A body buffer: what a body callback sees, and what is held back while a filter buffers.
 *
 * Invariants: bytes that came from outside are never written to; a buffer that grows owns its storage and doubles it,
 * so accumulating a body byte by byte stays linear; what follows its content in memory is taken as it stands. Bytes
 * handed out by `take` are never touched again.
 */

/** The empty body; shared, so never written to. */
export const NOTHING = new Uint8Array(0);

export class BodyBuffer {
  length: number;
  #bytes: Uint8Array;

  constructor(bytes: Uint8Array = NOTHING) {
    this.#bytes = bytes;
    this.length = bytes.length;
  }

  /** The content; valid until the next change. */
  view(): Uint8Array {
    return this.length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.length);
  }

  /** Hands the content over and leaves the buffer empty. */
  take(): Uint8Array {
    const content = this.view();
    this.replace(NOTHING);
    return content;
  }

  /** The content becomes `bytes`, which the buffer keeps without a copy. */
  replace(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.length = bytes.length;
  }

  append(bytes: Uint8Array): void {
    const length = this.length + bytes.length;
    const { buffer, byteOffset } = this.#bytes;
    if (bytes.buffer === buffer && bytes.byteOffset === byteOffset + this.length) {
      this.replace(new Uint8Array(buffer, byteOffset, length));
      return;
    }
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.length));
      grown.set(this.view());
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.length);
    this.length = length;
  }

  prepend(bytes: Uint8Array): void {
    const joined = new Uint8Array(bytes.length + this.length);
    joined.set(bytes);
    joined.set(this.view(), bytes.length);
    this.replace(joined);
  }

  /** Moves everything out of `source` to the end of this buffer. */
  moveFrom(source: BodyBuffer): void {
    if (this.length === 0) this.replace(source.take());
    else if (source.length > 0) this.append(source.take());
  }
}
