/**
 * Header and trailer maps (Proxy-Wasm 0.2.1, "HTTP fields").
 *
 * Invariants: a map outside its phase is BadArgument, except that reading all pairs of it gives the empty list; an
 * absent name is NotFound.
 */
import { MapType, Status } from "../abi.ts";
import type { Host, Imports } from "../context.ts";
import { pairsSize, readPairs, writePairs } from "../pairs.ts";
import { fromBytes, toBytes } from "../text.ts";

export function mapImports(host: Host): Imports {
  const readText = (pointer: number, size: number): string | undefined => {
    const bytes = host.memory.read(pointer, size);
    return bytes && fromBytes(bytes);
  };
  const isType = (type: number): boolean => type >>> 0 <= MapType.Max;

  return {
    proxy_get_header_map_value(type: number, key: number, keySize: number, valueAt: number, sizeAt: number): number {
      if (!isType(type)) return Status.BadArgument;
      const name = readText(key, keySize);
      if (name === undefined) return Status.InvalidMemoryAccess;
      const { context } = host;
      const map = context.readMap(type);
      if (!map) return context.logging ? Status.NotFound : Status.BadArgument;
      const value = map.get(name);
      if (value === undefined) return Status.NotFound;
      return host.memory.answer(toBytes(value), valueAt, sizeAt) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_add_header_map_value(type: number, key: number, keySize: number, value: number, size: number): number {
      if (!isType(type)) return Status.BadArgument;
      const name = readText(key, keySize);
      const text = readText(value, size);
      if (name === undefined || text === undefined) return Status.InvalidMemoryAccess;
      const map = host.context.writeMap(type);
      map?.add(name, text);
      return map ? Status.Ok : Status.BadArgument;
    },

    proxy_replace_header_map_value(type: number, key: number, keySize: number, value: number, size: number): number {
      if (!isType(type)) return Status.BadArgument;
      const name = readText(key, keySize);
      const text = readText(value, size);
      if (name === undefined || text === undefined) return Status.InvalidMemoryAccess;
      const map = host.context.writeMap(type);
      map?.replace(name, text);
      return map ? Status.Ok : Status.BadArgument;
    },

    proxy_remove_header_map_value(type: number, key: number, keySize: number): number {
      if (!isType(type)) return Status.BadArgument;
      const name = readText(key, keySize);
      if (name === undefined) return Status.InvalidMemoryAccess;
      const map = host.context.writeMap(type);
      map?.remove(name);
      return map ? Status.Ok : Status.BadArgument;
    },

    proxy_get_header_map_pairs(type: number, pairsAt: number, sizeAt: number): number {
      if (!isType(type)) return Status.BadArgument;
      const { memory } = host;
      const pairs = host.context.readMap(type)?.pairs() ?? [];
      if (pairs.length === 0) {
        return memory.writeU32(pairsAt, 0) && memory.writeU32(sizeAt, 0) ? Status.Ok : Status.InvalidMemoryAccess;
      }
      const size = pairsSize(pairs);
      const room = memory.allocate(size);
      if (!room) return Status.InvalidMemoryAccess;
      writePairs(pairs, room.bytes);
      const written = memory.writeU32(pairsAt, room.pointer) && memory.writeU32(sizeAt, size);
      return written ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_set_header_map_pairs(type: number, pairs: number, size: number): number {
      if (!isType(type)) return Status.BadArgument;
      const bytes = host.memory.read(pairs, size);
      if (!bytes) return Status.InvalidMemoryAccess;
      const map = host.context.writeMap(type);
      map?.assign(readPairs(bytes));
      return map ? Status.Ok : Status.BadArgument;
    },

    proxy_get_header_map_size(type: number, sizeAt: number): number {
      if (!isType(type)) return Status.BadArgument;
      // Envoy asks for the map as if to change it, so this too creates trailers at the end of a body.
      const map = host.context.writeMap(type);
      if (!map) return Status.BadArgument;
      return host.memory.writeU32(sizeAt, map.byteSize) ? Status.Ok : Status.InvalidMemoryAccess;
    },
  };
}
