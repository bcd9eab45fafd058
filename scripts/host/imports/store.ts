/**
 * What outlives a stream: properties, shared data, queues, metrics (Proxy-Wasm 0.2.1, chapters of these names).
 *
 * Invariant: a key is its bytes; paths of properties are separated by NUL.
 */
import { MetricType, Status } from "../abi.ts";
import type { Host, Imports, PropertyValue } from "../context.ts";
import { fromBytes } from "../text.ts";

const utf8 = new TextEncoder();

function propertyBytes(value: PropertyValue): Uint8Array {
  if (typeof value === "string") return utf8.encode(value);
  if (typeof value !== "bigint") return value;
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes;
}

export function storeImports(host: Host): Imports {
  const readText = (pointer: number, size: number): string | undefined => {
    const bytes = host.memory.read(pointer, size);
    return bytes && fromBytes(bytes);
  };
  const written = (ok: boolean): number => (ok ? Status.Ok : Status.InvalidMemoryAccess);

  return {
    proxy_get_property(path: number, pathSize: number, valueAt: number, sizeAt: number): number {
      const name = readText(path, pathSize);
      if (name === undefined) return Status.InvalidMemoryAccess;
      const value = host.context.getProperty(name);
      return value === undefined ? Status.NotFound : written(host.memory.answer(propertyBytes(value), valueAt, sizeAt));
    },

    proxy_set_property(path: number, pathSize: number, value: number, size: number): number {
      const name = readText(path, pathSize);
      const bytes = host.memory.read(value, size);
      if (name === undefined || !bytes) return Status.InvalidMemoryAccess;
      return host.context.setProperty(name, bytes.slice()) ? Status.Ok : Status.NotFound;
    },

    proxy_get_shared_data(key: number, keySize: number, valueAt: number, sizeAt: number, casAt: number): number {
      const name = readText(key, keySize);
      if (name === undefined) return Status.InvalidMemoryAccess;
      const data = host.sharedData.get(name);
      if (!data) return Status.NotFound;
      return written(host.memory.answer(data.value, valueAt, sizeAt) && host.memory.writeU32(casAt, data.cas));
    },

    proxy_set_shared_data(key: number, keySize: number, value: number, size: number, cas: number): number {
      const name = readText(key, keySize);
      const bytes = host.memory.read(value, size);
      if (name === undefined || !bytes) return Status.InvalidMemoryAccess;
      return host.sharedData.set(name, bytes, cas >>> 0);
    },

    proxy_register_shared_queue(name: number, nameSize: number, tokenAt: number): number {
      const text = readText(name, nameSize);
      if (text === undefined) return Status.InvalidMemoryAccess;
      return written(host.memory.writeU32(tokenAt, host.queues.register(text, host.context.root.id)));
    },

    proxy_resolve_shared_queue(vm: number, vmSize: number, name: number, nameSize: number, tokenAt: number): number {
      const text = readText(name, nameSize);
      if (text === undefined || !host.memory.read(vm, vmSize)) return Status.InvalidMemoryAccess;
      const token = host.queues.resolve(text);
      return token === undefined ? Status.NotFound : written(host.memory.writeU32(tokenAt, token));
    },

    proxy_enqueue_shared_queue(token: number, data: number, size: number): number {
      const bytes = host.memory.read(data, size);
      if (!bytes) return Status.InvalidMemoryAccess;
      const owner = host.queues.enqueue(token >>> 0, bytes);
      if (owner === undefined) return Status.NotFound;
      host.announceQueue(owner, token >>> 0);
      return Status.Ok;
    },

    proxy_dequeue_shared_queue(token: number, dataAt: number, sizeAt: number): number {
      const item = host.queues.dequeue(token >>> 0);
      return typeof item === "number" ? item : written(host.memory.answer(item, dataAt, sizeAt));
    },

    proxy_define_metric(type: number, name: number, nameSize: number, idAt: number): number {
      const text = readText(name, nameSize);
      if (text === undefined) return Status.InvalidMemoryAccess;
      if (type >>> 0 > MetricType.Max) return Status.BadArgument;
      return written(host.memory.writeU32(idAt, host.metrics.define(type, text) ?? 0));
    },

    proxy_increment_metric: (id: number, offset: bigint): number => host.metrics.increment(id >>> 0, offset),
    proxy_record_metric: (id: number, value: bigint): number => host.metrics.record(id >>> 0, value),

    proxy_get_metric(id: number, valueAt: number): number {
      const value = host.metrics.get(id >>> 0);
      return typeof value === "number" ? value : written(host.memory.writeU64(valueAt, value));
    },
  };
}
