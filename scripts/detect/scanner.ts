// Runs a detector program in the wasm, over texts: what `frostglass detect`, tests and benchmarks use.
// Invariant: spans are what the wasm found, in code points of the text as JavaScript holds it.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../wasm.ts";
import { SPAN } from "./layout.ts";
import type { Program } from "./program.ts";

export interface Span {
  start: number;
  end: number;
  type: string;
  /** 0 to 1. */
  score: number;
}

export interface ScanOptions {
  /** Least score of a span; default 0.5. */
  threshold?: number;
  /** Which spans push each other out where they overlap: all; those of one type, as if it were looked for alone; none. */
  rivals?: keyof typeof RIVALS;
  types?: readonly string[];
}

interface Exports {
  memory: WebAssembly.Memory;
  allocate(size: number): number;
  release(at: number, size: number): void;
  load_program(at: number, length: number): number;
  begin(threshold: number, rivalry: number, wanted: number): void;
  scan(at: number, length: number, last: number): number;
  results(): number;
  taken(): void;
}

const VERDICTS = [
  "sound",
  "no detector program",
  "of another version",
  "truncated",
  "damaged",
  "too large for the memory",
];
const CHUNK = 1 << 16;
/** As assembly/detect/state.ts numbers them. */
const RIVALS = { all: 0, type: 1, none: 2 };

export const detectWasmPath = join(packageRoot, "build", "frostglass.detect.wasm");

let compiled: WebAssembly.Module | undefined;

function wasmModule(): WebAssembly.Module {
  if (!existsSync(detectWasmPath)) throw new Error("build/frostglass.detect.wasm is missing; run `npm run build`");
  compiled ??= new WebAssembly.Module(readFileSync(detectWasmPath));
  return compiled;
}

export class Scanner {
  readonly #wasm: Exports;
  readonly #types: readonly string[];
  readonly #chunk: number;
  readonly #wanted: number;

  constructor({ binary, types }: Pick<Program, "binary" | "types">) {
    const imports = { env: { abort: () => {} } };
    this.#wasm = new WebAssembly.Instance(wasmModule(), imports).exports as unknown as Exports;
    this.#types = types;
    const at = this.#wasm.allocate(binary.length);
    new Uint8Array(this.#wasm.memory.buffer).set(binary, at);
    const verdict = this.#wasm.load_program(at, binary.length);
    if (verdict !== 0) throw new Error(`the detector program is ${VERDICTS[verdict]}`);
    this.#chunk = this.#wasm.allocate(CHUNK);
    this.#wanted = this.#wasm.allocate(types.length);
  }

  /** Spans of a text, in code points. */
  scan(text: string, options: ScanOptions = {}): Span[] {
    const bytes = Buffer.from(text);
    const spans = this.scanBytes([bytes], options);
    return isAscii(bytes, text) ? spans : inCodePoints(spans, bytes);
  }

  /** Spans of a text in chunks, in bytes. */
  scanBytes(chunks: readonly Uint8Array[], { threshold = 0.5, rivals = "all", types }: ScanOptions = {}): Span[] {
    this.begin(threshold, rivals, types);
    const spans: Span[] = [];
    for (const chunk of chunks) {
      for (let from = 0; from < chunk.length; from += CHUNK)
        this.#take(chunk.subarray(from, from + CHUNK), false, spans);
    }
    this.#take(new Uint8Array(), true, spans);
    return spans;
  }

  begin(threshold: number, rivals: keyof typeof RIVALS, types?: readonly string[]): void {
    if (types !== undefined) {
      const wanted = new Uint8Array(this.#wasm.memory.buffer, this.#wanted, this.#types.length);
      this.#types.forEach((type, index) => {
        wanted[index] = types.includes(type) ? 1 : 0;
      });
    }
    this.#wasm.begin(Math.round(threshold * 100), RIVALS[rivals], types === undefined ? 0 : this.#wanted);
  }

  /** Takes a chunk of at most 64 KiB of the text that `begin` started; the spans decided by now, in bytes. */
  push(chunk: Uint8Array, last = false): Span[] {
    const spans: Span[] = [];
    this.#take(chunk, last, spans);
    return spans;
  }

  #take(chunk: Uint8Array, last: boolean, spans: Span[]): void {
    new Uint8Array(this.#wasm.memory.buffer).set(chunk, this.#chunk);
    const count = this.#wasm.scan(this.#chunk, chunk.length, last ? 1 : 0);
    if (count === -1) throw new Error("the scanner ran out of memory");
    const view = new DataView(this.#wasm.memory.buffer, this.#wasm.results());
    for (let at = 0; at < count * SPAN.size; at += SPAN.size) {
      spans.push({
        start: view.getUint32(at + SPAN.start, true),
        end: view.getUint32(at + SPAN.end, true),
        type: this.#types[view.getUint16(at + SPAN.type, true)]!,
        score: view.getUint16(at + SPAN.score, true) / 100,
      });
    }
    this.#wasm.taken();
  }
}

const isAscii = (bytes: Uint8Array, text: string): boolean => bytes.length === text.length;

/** Spans come in order of their starts; ends may overlap, so places are counted once for all. */
function inCodePoints(spans: Span[], bytes: Uint8Array): Span[] {
  if (spans.length === 0) return spans;
  const points = new Uint32Array(bytes.length + 1);
  for (let index = 0; index < bytes.length; index++) {
    points[index + 1] = points[index]! + ((bytes[index]! & 0xc0) === 0x80 ? 0 : 1);
  }
  // A place inside a character belongs to it: a start rounds down, an end up, which counting first bytes does.
  return spans.map((span) => ({ ...span, start: points[span.start]!, end: points[span.end]! }));
}
