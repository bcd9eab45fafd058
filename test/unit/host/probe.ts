/**
 * A Wasm module whose behaviour is written in the tests: every callback asks the test, through a foreign function, what
 * to do next, does it, and reports what came of it, until the test says what the callback answers.
 *
 * The AssemblyScript source is generated from the table of imports, so that each import is called with its real
 * signature: i is an i32, l an i64 (given as two i32, low half first).
 *
 * Invariants: an instruction is { u32 operation, 12 x { u32 kind, u32 value }, data }; kind 0 is a number, 1 an offset
 * into the data, 2 an offset into the OUT area. The guest's memory for host answers is a bump allocator that starts
 * again at each callback.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const ENV: Record<string, string> = {
  proxy_log: "iii",
  proxy_get_log_level: "i",
  proxy_get_current_time_nanoseconds: "i",
  proxy_set_tick_period_milliseconds: "i",
  proxy_get_status: "iii",
  proxy_set_effective_context: "i",
  proxy_done: "",
  proxy_call_foreign_function: "iiiiii",
  proxy_get_header_map_value: "iiiii",
  proxy_add_header_map_value: "iiiii",
  proxy_replace_header_map_value: "iiiii",
  proxy_remove_header_map_value: "iii",
  proxy_get_header_map_pairs: "iii",
  proxy_set_header_map_pairs: "iii",
  proxy_get_header_map_size: "ii",
  proxy_get_buffer_bytes: "iiiii",
  proxy_get_buffer_status: "iii",
  proxy_set_buffer_bytes: "iiiii",
  proxy_send_local_response: "iiiiiiii",
  proxy_continue_stream: "i",
  proxy_close_stream: "i",
  proxy_http_call: "iiiiiiiiii",
  proxy_grpc_cancel: "i",
  proxy_get_property: "iiii",
  proxy_set_property: "iiii",
  proxy_get_shared_data: "iiiii",
  proxy_set_shared_data: "iiiii",
  proxy_register_shared_queue: "iii",
  proxy_resolve_shared_queue: "iiiii",
  proxy_enqueue_shared_queue: "iii",
  proxy_dequeue_shared_queue: "iii",
  proxy_define_metric: "iiii",
  proxy_increment_metric: "il",
  proxy_record_metric: "il",
  proxy_get_metric: "ii",
};
const WASI: Record<string, string> = {
  environ_sizes_get: "ii",
  environ_get: "ii",
  args_sizes_get: "ii",
  clock_time_get: "ili",
  random_get: "ii",
  fd_write: "iiii",
};

export const OPERATIONS = [...Object.keys(ENV), ...Object.keys(WASI), "proc_exit", "trap", "grow", "peek", "return"];

/** Callbacks by name, each with its number of parameters; those in VOID answer nothing. */
export const EVENTS: Record<string, number> = {
  context_create: 2,
  vm_start: 2,
  configure: 2,
  request_headers: 3,
  request_body: 3,
  request_trailers: 2,
  response_headers: 3,
  response_body: 3,
  response_trailers: 2,
  http_call_response: 5,
  queue_ready: 2,
  tick: 1,
  done: 1,
  log: 1,
  delete: 1,
};
const VOID = new Set(["context_create", "http_call_response", "queue_ready", "tick", "log", "delete"]);

const TYPES: Record<string, string> = { i: "i32", l: "i64" };

const declare = (from: string, name: string, signature: string): string => {
  const parameters = [...signature].map((type, i) => `p${i}: ${TYPES[type]}`).join(", ");
  return `@external("${from}", "${name}") declare function ${name}(${parameters}): i32;`;
};

const dispatch = (name: string, signature: string): string => {
  let at = 0;
  const values: string[] = [];
  for (const type of signature) {
    values.push(type === "l" ? `a64(p, ${at})` : `a(p, ${at})`);
    at += type === "l" ? 2 : 1;
  }
  return `case ${OPERATIONS.indexOf(name)}: return ${name}(${values.join(", ")});`;
};

const handler = ([name, count]: [string, number], id: number): string => {
  const all = Array.from({ length: count }, (_, i) => `p${i}: i32`).join(", ");
  const given = Array.from({ length: 5 }, (_, i) => (i < count ? `p${i}` : "0")).join(", ");
  const answers = !VOID.has(name);
  return `export function proxy_on_${name}(${all}): ${answers ? "i32" : "void"} {
    ${answers ? "return " : ""}run(${id}, ${given}); }`;
};

const operation = (name: string): number => OPERATIONS.indexOf(name);

const source = `
${Object.entries(ENV)
  .map(([name, signature]) => declare("env", name, signature))
  .join("\n")}
${Object.entries(WASI)
  .map(([name, signature]) => declare("wasi_snapshot_preview1", name, signature))
  .join("\n")}
@external("wasi_snapshot_preview1", "proc_exit") declare function proc_exit(code: i32): void;

const NAME = memory.data<u8>([0x6e, 0x65, 0x78, 0x74]); // "next"
const REPORT = memory.data(128);
const OUT = memory.data(64);
const RESULT = memory.data(8);
let heap: i32 = i32(__heap_base);
let base: i32 = 0;

export function proxy_abi_version_0_2_1(): void {}
export function proxy_on_memory_allocate(size: i32): i32 {
  const pointer = heap;
  heap += (size + 7) & ~7;
  while (heap > memory.size() << 16) if (memory.grow(1) < 0) return 0;
  return pointer;
}

function a(p: i32, i: i32): i32 {
  const kind = load<i32>(p + 4 + 8 * i), value = load<i32>(p + 8 + 8 * i);
  return kind == 1 ? p + 100 + value : kind == 2 ? i32(OUT) + value : value;
}
function a64(p: i32, i: i32): i64 { return i64(u32(a(p, i))) | (i64(a(p, i + 1)) << 32); }

function ask(length: i32): i32 {
  if (proxy_call_foreign_function(i32(NAME), 4, i32(REPORT), length, i32(RESULT), i32(RESULT) + 4) != 0) unreachable();
  return load<i32>(RESULT);
}

function run(event: i32, p0: i32, p1: i32, p2: i32, p3: i32, p4: i32): i32 {
  const outer = heap;
  heap = i32(__heap_base);
  store<i32>(REPORT, 0); store<i32>(REPORT + 4, event);
  store<i32>(REPORT + 8, p0); store<i32>(REPORT + 12, p1); store<i32>(REPORT + 16, p2);
  store<i32>(REPORT + 20, p3); store<i32>(REPORT + 24, p4);
  let p = ask(28);
  while (load<i32>(p) != ${operation("return")}) {
    memory.fill(OUT, 0, 64);
    store<i32>(REPORT + 4, execute(p));
    store<i32>(REPORT, 1);
    memory.copy(REPORT + 8, OUT, 64);
    p = ask(72);
  }
  heap = outer;
  return a(p, 0);
}

function execute(p: i32): i32 {
  switch (load<i32>(p)) {
    ${[...Object.entries(ENV), ...Object.entries(WASI)].map(([name, signature]) => dispatch(name, signature)).join("\n")}
    case ${operation("proc_exit")}: proc_exit(a(p, 0)); return 0;
    case ${operation("grow")}: return memory.grow(a(p, 0));
    case ${operation("peek")}: memory.copy(OUT, a(p, 0), a(p, 1)); return 0;
    default: return unreachable();
  }
}
${Object.entries(EVENTS).map(handler).join("\n")}
`;

/** The compiler takes seconds to load, and every test file needs the probe: it is compiled once for each source. */
async function compile(): Promise<Uint8Array<ArrayBuffer>> {
  const folder = new URL("../../../node_modules/.cache/frostglass/", import.meta.url);
  const file = new URL(`probe-${createHash("sha256").update(source).digest("hex").slice(0, 16)}.wasm`, folder);
  if (existsSync(file)) return new Uint8Array(readFileSync(file));

  let wasm: Uint8Array | undefined;
  const { main } = await import("assemblyscript/asc");
  const options = ["probe.ts", "--outFile", "probe.wasm", "--runtime", "stub", "--use", "abort=", "-O"];
  const { error, stderr } = await main(options, {
    readFile: (name) => (name === "probe.ts" ? source : null),
    writeFile: (name, contents) => {
      if (name === "probe.wasm") wasm = contents as Uint8Array;
    },
    listFiles: () => [],
  });
  if (error || !wasm) throw new Error(`the probe does not compile: ${stderr.toString()}`);
  // Test files run side by side: the file appears whole or not at all.
  mkdirSync(folder, { recursive: true });
  const draft = new URL(`${process.pid}-${Math.random()}`, folder);
  writeFileSync(draft, wasm);
  renameSync(draft, file);
  return new Uint8Array(wasm);
}

export const probe = new WebAssembly.Module(await compile());
