/**
 * The part of WASI preview 1 that Envoy gives a module: environment, clock, randomness, and output that becomes log.
 *
 * Invariant: answers are WASI errno values, not Proxy-Wasm statuses.
 */
import { Errno } from "../abi.ts";
import type { Host, Imports } from "../context.ts";
import { GuestExit } from "../errors.ts";

/** The most randomness Envoy gives in one call. */
const MAX_RANDOM = 64 * 1024;
const STDOUT = 1;
const STDERR = 2;
const INFO = 2;
const ERROR = 4;

const utf8 = new TextDecoder();

export function wasiImports(host: Host): Imports {
  const written = (ok: boolean): number => (ok ? Errno.Success : Errno.Fault);

  return {
    environ_sizes_get(countAt: number, sizeAt: number): number {
      const size = host.environment.reduce((sum, entry) => sum + entry.length, 0);
      return written(host.memory.writeU32(countAt, host.environment.length) && host.memory.writeU32(sizeAt, size));
    },

    environ_get(pointersAt: number, dataAt: number): number {
      let pointer = pointersAt >>> 0;
      let data = dataAt >>> 0;
      for (const entry of host.environment) {
        if (!host.memory.writeU32(pointer, data) || !host.memory.writeBytes(data, entry)) return Errno.Fault;
        pointer += 4;
        data += entry.length;
      }
      return Errno.Success;
    },

    args_sizes_get: (countAt: number, sizeAt: number): number =>
      written(host.memory.writeU32(countAt, 0) && host.memory.writeU32(sizeAt, 0)),
    args_get: (): number => Errno.Success,

    clock_time_get(clock: number, _precision: bigint, timeAt: number): number {
      if (clock !== 0 && clock !== 1) return Errno.NotSupported;
      return written(host.memory.writeU64(timeAt, host.now()));
    },

    random_get(pointer: number, length: number): number {
      if (length >>> 0 > MAX_RANDOM) return Errno.Invalid;
      const bytes = host.memory.read(pointer, length);
      if (!bytes) return Errno.Fault;
      if (bytes.length > 0) host.random(bytes);
      return Errno.Success;
    },

    fd_write(file: number, vectors: number, count: number, writtenAt: number): number {
      if (file !== STDOUT && file !== STDERR) return Errno.BadFile;
      let total = 0;
      let message = "";
      for (let i = 0; i < count >>> 0; i++) {
        const pointer = host.memory.readU32(vectors + 8 * i);
        const length = host.memory.readU32(vectors + 8 * i + 4);
        const bytes = pointer === undefined || length === undefined ? undefined : host.memory.read(pointer, length);
        if (!bytes) return Errno.Fault;
        total += bytes.length;
        message += utf8.decode(bytes);
      }
      if (total > 0) host.log(file === STDOUT ? INFO : ERROR, message.replace(/\n$/, ""));
      return written(host.memory.writeU32(writtenAt, total));
    },

    fd_read: (): number => Errno.NotImplemented,
    fd_seek: (): number => Errno.Success,
    fd_close: (): number => Errno.Success,
    fd_fdstat_set_flags: (): number => Errno.NotImplemented,
    fd_fdstat_get(file: number, statusAt: number): number {
      if (file !== STDOUT && file !== STDERR) return Errno.BadFile;
      const canWrite = 64n;
      host.memory.writeU64(statusAt, 0n);
      host.memory.writeU64(statusAt + 8, canWrite);
      host.memory.writeU64(statusAt + 16, 0n);
      return Errno.Success;
    },

    proc_exit(code: number): undefined {
      throw new GuestExit(`proc_exit(${code})`);
    },
  };
}
