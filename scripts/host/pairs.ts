/**
 * The serialized form of a list of pairs (Proxy-Wasm 0.2.1, "serialized map"):
 *
 *     u32 count, count x { u32 name size, u32 value size }, count x { name, 0, value, 0 }
 *
 * Invariant: reading is strict. What is not exactly one well-formed list reads as the empty list, as Envoy does it; so a
 * damaged list given to proxy_set_header_map_pairs empties the map.
 */
import type { Pair } from "./headers.ts";
import { fromBytes, writeBytes } from "./text.ts";

/** Limits of Envoy's host on what it reads. */
const MAX_BYTES = 1024 * 1024;
const MAX_COUNT = 1024;

export function pairsSize(pairs: readonly Pair[]): number {
  let size = 4;
  for (const [name, value] of pairs) size += 10 + name.length + value.length;
  return size;
}

/** Writes into `target`, which has exactly `pairsSize(pairs)` bytes. */
export function writePairs(pairs: readonly Pair[], target: Uint8Array): void {
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength);
  view.setUint32(0, pairs.length, true);
  let size = 4;
  let data = 4 + 8 * pairs.length;
  for (const [name, value] of pairs) {
    view.setUint32(size, name.length, true);
    view.setUint32(size + 4, value.length, true);
    size += 8;
    writeBytes(name, target, data);
    data += name.length;
    target[data++] = 0;
    writeBytes(value, target, data);
    data += value.length;
    target[data++] = 0;
  }
}

export function readPairs(source: Uint8Array): Pair[] {
  if (source.length < 4 || source.length > MAX_BYTES) return [];
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const count = view.getUint32(0, true);
  let data = 4 + 8 * count;
  if (count > MAX_COUNT || data > source.length) return [];
  const pairs: Pair[] = [];
  const text = (size: number): string | undefined => {
    const end = data + size;
    if (end >= source.length || source[end] !== 0) return undefined;
    const found = fromBytes(source.subarray(data, end));
    data = end + 1;
    return found;
  };
  for (let i = 0; i < count; i++) {
    const name = text(view.getUint32(4 + 8 * i, true));
    const value = name === undefined ? undefined : text(view.getUint32(8 + 8 * i, true));
    if (name === undefined || value === undefined) return [];
    pairs.push([name, value]);
  }
  return data === source.length ? pairs : [];
}
