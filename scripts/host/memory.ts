/**
 * The guest's linear memory as the host touches it.
 *
 * Invariants: every access is checked against the current size; a refused access changes nothing. Views are renewed
 * after growth, so nothing may be kept over a call into the guest. Data for the guest goes where the guest's own
 * allocator says; an answer of zero bytes is a null pointer and asks for no memory.
 */

export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #allocate: (size: number) => number;
  #bytes: Uint8Array;
  #view: DataView;

  constructor(memory: WebAssembly.Memory, allocate: (size: number) => number) {
    this.#memory = memory;
    this.#allocate = allocate;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  /** A view of guest memory, or undefined when it reaches outside; valid until the guest runs again. */
  read(pointer: number, length: number): Uint8Array | undefined {
    const start = pointer >>> 0;
    const end = start + (length >>> 0);
    return this.#contains(end) ? this.#bytes.subarray(start, end) : undefined;
  }

  readU32(pointer: number): number | undefined {
    const start = pointer >>> 0;
    return this.#contains(start + 4) ? this.#view.getUint32(start, true) : undefined;
  }

  writeU32(pointer: number, value: number): boolean {
    const start = pointer >>> 0;
    if (!this.#contains(start + 4)) return false;
    this.#view.setUint32(start, value, true);
    return true;
  }

  writeU64(pointer: number, value: bigint): boolean {
    const start = pointer >>> 0;
    if (!this.#contains(start + 8)) return false;
    this.#view.setBigUint64(start, BigInt.asUintN(64, value), true);
    return true;
  }

  writeBytes(pointer: number, bytes: Uint8Array): boolean {
    const start = pointer >>> 0;
    if (!this.#contains(start + bytes.length)) return false;
    this.#bytes.set(bytes, start);
    return true;
  }

  /** Room from the guest's allocator as a pointer and a view, or undefined when it has none to give. */
  allocate(length: number): { pointer: number; bytes: Uint8Array } | undefined {
    const pointer = this.#allocate(length) >>> 0;
    const bytes = pointer === 0 ? undefined : this.read(pointer, length);
    return bytes && { pointer, bytes };
  }

  /** Answers a call: `content` into allocated memory, its pointer and size where the guest asked for them. */
  answer(content: Uint8Array, pointerAt: number, sizeAt: number): boolean {
    let pointer = 0;
    if (content.length > 0) {
      const room = this.allocate(content.length);
      if (!room) return false;
      room.bytes.set(content);
      pointer = room.pointer;
    }
    return this.writeU32(pointerAt, pointer) && this.writeU32(sizeAt, content.length);
  }

  #contains(end: number): boolean {
    if (this.#bytes.buffer !== this.#memory.buffer) {
      this.#bytes = new Uint8Array(this.#memory.buffer);
      this.#view = new DataView(this.#memory.buffer);
    }
    return end <= this.#bytes.length;
  }
}
