/**
 * Log, clock, timer, contexts and foreign functions (Proxy-Wasm 0.2.1, chapters of these names).
 */
import { LOG_LEVELS, Status } from "../abi.ts";
import type { Host, Imports } from "../context.ts";
import { fromBytes } from "../text.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export function generalImports(host: Host): Imports {
  const written = (ok: boolean): number => (ok ? Status.Ok : Status.InvalidMemoryAccess);

  return {
    proxy_log(level: number, message: number, size: number): number {
      if (level >>> 0 >= LOG_LEVELS.length) return Status.BadArgument;
      const bytes = host.memory.read(message, size);
      if (!bytes) return Status.InvalidMemoryAccess;
      host.log(level, decoder.decode(bytes));
      return Status.Ok;
    },

    proxy_get_log_level: (levelAt: number): number => written(host.memory.writeU32(levelAt, host.logLevel)),

    proxy_get_current_time_nanoseconds: (timeAt: number): number => written(host.memory.writeU64(timeAt, host.now())),

    proxy_set_tick_period_milliseconds(period: number): number {
      host.context.root.tickPeriod = period >>> 0;
      return Status.Ok;
    },

    proxy_get_status(codeAt: number, messageAt: number, sizeAt: number): number {
      const { code, message } = host.context.root.status;
      const { memory } = host;
      return written(memory.writeU32(codeAt, code) && memory.answer(encoder.encode(message), messageAt, sizeAt));
    },

    proxy_set_effective_context: (id: number): number =>
      host.setEffectiveContext(id >>> 0) ? Status.Ok : Status.BadArgument,

    proxy_done: (): number => (host.context.root.done() ? Status.Ok : Status.NotFound),

    proxy_call_foreign_function(
      name: number,
      nameSize: number,
      argument: number,
      argumentSize: number,
      resultAt: number,
      sizeAt: number,
    ): number {
      const { memory } = host;
      const nameBytes = memory.read(name, nameSize);
      const argumentBytes = memory.read(argument, argumentSize);
      if (!nameBytes || !argumentBytes) return Status.InvalidMemoryAccess;
      const key = fromBytes(nameBytes);
      if (!Object.hasOwn(host.foreign, key)) return Status.NotFound;
      const result = host.foreign[key]!(argumentBytes.slice());
      // A guest that passes null pointers does not want the result.
      const length = result?.length ?? 0;
      if (resultAt !== 0) {
        const room = length > 0 ? memory.allocate(length) : undefined;
        if (length > 0 && !room) return Status.InvalidMemoryAccess;
        room?.bytes.set(result!);
        if (!memory.writeU32(resultAt, room?.pointer ?? 0)) return Status.InvalidMemoryAccess;
      }
      if (sizeAt !== 0 && !memory.writeU32(sizeAt, length)) return Status.InvalidMemoryAccess;
      return result ? Status.Ok : Status.BadArgument;
    },
  };
}
