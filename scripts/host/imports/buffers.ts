/**
 * Buffers (Proxy-Wasm 0.2.1, "buffers").
 *
 * Invariants: reading past the end gives what there is, or nothing, and is Ok. Writing can only put something before
 * the whole buffer (start 0, length 0), in its place (start 0, length at least its size) or after it (start at or past
 * its end, and not 0); a splice is BadArgument and changes nothing.
 */
import { BufferType, Status } from "../abi.ts";
import type { Host, Imports } from "../context.ts";

export function bufferImports(host: Host): Imports {
  const isType = (type: number): boolean => type >>> 0 <= BufferType.Max;

  return {
    proxy_get_buffer_bytes(type: number, start: number, length: number, bytesAt: number, sizeAt: number): number {
      if (!isType(type)) return Status.BadArgument;
      const buffer = host.context.buffer(type);
      if (!buffer) return Status.NotFound;
      const from = start >>> 0;
      const content = buffer instanceof Uint8Array ? buffer : buffer.view();
      const part = content.subarray(from, from + (length >>> 0));
      return host.memory.answer(part, bytesAt, sizeAt) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_get_buffer_status(type: number, lengthAt: number, flagsAt: number): number {
      if (!isType(type)) return Status.BadArgument;
      const buffer = host.context.buffer(type);
      if (!buffer) return Status.NotFound;
      const written = host.memory.writeU32(lengthAt, buffer.length) && host.memory.writeU32(flagsAt, 0);
      return written ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_set_buffer_bytes(type: number, start: number, length: number, data: number, size: number): number {
      if (!isType(type)) return Status.BadArgument;
      const buffer = host.context.buffer(type);
      if (!buffer) return Status.NotFound;
      const bytes = host.memory.read(data, size);
      if (!bytes) return Status.InvalidMemoryAccess;
      if (buffer instanceof Uint8Array) return Status.BadArgument;
      if (start === 0 && length === 0) buffer.prepend(bytes);
      else if (start === 0 && length >>> 0 >= buffer.length) buffer.replace(host.arena.copy(bytes));
      else if (start !== 0 && start >>> 0 >= buffer.length) buffer.append(bytes);
      else return Status.BadArgument;
      return Status.Ok;
    },
  };
}
