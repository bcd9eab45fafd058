/**
 * The test's half of the probe: callbacks as generators that yield calls to the host and get their results.
 *
 * Invariant: a callback without a script answers as an empty filter would: success, or Continue.
 */
import { type Plugin, Vm, type VmOptions } from "../../../scripts/host/index.ts";
import { EVENTS, OPERATIONS, probe } from "./probe.ts";

/** An argument: a number, bytes to point at (pointer and size), or `out(n)`, a place for an answer. */
export type Argument = number | string | Uint8Array | Out;
interface Out {
  readonly out: number;
}
export const out = (offset: number): Out => ({ out: offset });

export interface Result {
  readonly status: number;
  /** The 64 bytes of answer places. */
  readonly out: DataView;
}
export interface Call {
  readonly operation: string;
  readonly arguments: readonly Argument[];
}
export type Script = (...parameters: number[]) => Generator<Call, number | undefined, Result>;

export const call = (operation: string, ...args: Argument[]): Call => ({ operation, arguments: args });

/** Asks for bytes whose pointer and size the host writes to the first two words of OUT, and reads up to 64 of them. */
export function* fetchBytes(
  operation: string,
  ...args: Argument[]
): Generator<Call, { status: number; bytes: Uint8Array }, Result> {
  const { status, out: words } = yield call(operation, ...args, out(0), out(4));
  const [pointer, size] = [words.getUint32(0, true), words.getUint32(4, true)];
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 64) {
    const { out: part } = yield call("peek", pointer + at, Math.min(64, size - at));
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, Math.min(64, size - at)), at);
  }
  return { status, bytes };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (content: Uint8Array): string => new TextDecoder().decode(content);

const HEADER = 100;
const names = Object.keys(EVENTS);

export class Guest {
  readonly vm: Vm;
  readonly logs: string[] = [];
  /** Every callback in order, with its parameters. */
  readonly calls: string[] = [];
  readonly scripts: Record<string, Script> = {};
  readonly #running: Generator<Call, number | undefined, Result>[] = [];

  constructor(options: VmOptions = {}) {
    this.vm = new Vm(probe, {
      log: (level, message) => this.logs.push(`${level}: ${message}`),
      ...options,
      foreign: { ...options.foreign, next: (report) => this.#next(report) },
    });
  }

  plugin(configuration = "", rootId = "root"): Plugin {
    return this.vm.plugin(rootId, bytes(configuration));
  }

  on(event: string, script: Script): this {
    if (!(event in EVENTS)) throw new Error(`no callback ${event}`);
    this.scripts[event] = script;
    return this;
  }

  /** What the callback `event` answers, every time. */
  answer(event: string, status: number): this {
    // biome-ignore lint/correctness/useYield: a script that only answers
    return this.on(event, function* () {
      return status;
    });
  }

  #next(report: Uint8Array): Uint8Array {
    const view = new DataView(report.buffer, report.byteOffset);
    let step: IteratorResult<Call, number | undefined>;
    if (view.getUint32(0, true) === 0) {
      const name = names[view.getUint32(4, true)]!;
      const parameters = Array.from({ length: EVENTS[name]! }, (_, i) => view.getInt32(8 + 4 * i, true));
      this.calls.push(`${name}(${parameters.join(",")})`);
      const script = this.scripts[name];
      if (!script)
        return encode(call("return", name === "configure" || name === "vm_start" || name === "done" ? 1 : 0));
      const running = script(...parameters);
      this.#running.push(running);
      step = running.next();
    } else {
      const status = view.getInt32(4, true);
      step = this.#running.at(-1)!.next({ status, out: new DataView(report.slice(8, 72).buffer) });
    }
    if (!step.done) return encode(step.value);
    this.#running.pop();
    return encode(call("return", step.value ?? 0));
  }
}

function encode({ operation, arguments: args }: Call): Uint8Array {
  const words: [kind: number, value: number][] = [];
  const data: number[] = [];
  for (const argument of args) {
    if (typeof argument === "number") words.push([0, argument]);
    else if (typeof argument === "object" && "out" in argument) words.push([2, argument.out]);
    else {
      const content = typeof argument === "string" ? bytes(argument) : argument;
      words.push([1, data.length], [0, content.length]);
      for (const byte of content) data.push(byte);
    }
  }
  const instruction = new Uint8Array(HEADER + data.length);
  const view = new DataView(instruction.buffer);
  const id = OPERATIONS.indexOf(operation);
  if (id < 0) throw new Error(`no operation ${operation}`);
  view.setUint32(0, id, true);
  words.forEach(([kind, value], i) => {
    view.setUint32(4 + 8 * i, kind, true);
    view.setUint32(8 + 8 * i, value, true);
  });
  instruction.set(data, HEADER);
  return instruction;
}

export const GET: [string, string][] = [
  [":method", "GET"],
  [":path", "/"],
  [":scheme", "http"],
  [":authority", "localhost"],
];
export const POST: [string, string][] = [[":method", "POST"], ...GET.slice(1)];
export const OK: [string, string][] = [[":status", "200"]];
