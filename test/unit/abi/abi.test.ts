// The ABI layer against a host that answers with every status there is, right or wrong values with it.
// A wrapper may say "yes" only when the host said OK and gave what it promised.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileEntry } from "../../support/compile.ts";

const module = new WebAssembly.Module(readFileSync(await compileEntry("abi")));
const statuses = {
  ok: 0,
  notFound: 1,
  badArgument: 2,
  serialization: 3,
  parse: 4,
  memory: 6,
  empty: 7,
  cas: 8,
  internal: 10,
  unimplemented: 12,
  unknown: 99,
};

type Call = (...values: number[]) => number;

/** A guest whose host calls are those given; any other answers with `status` and writes nothing. */
function guest(status: number, calls: Record<string, Call> = {}) {
  const imports: Record<string, Record<string, Call>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = calls[name] ?? (() => status);
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  const call = exports as unknown as Record<string, Call> & { memory: WebAssembly.Memory };
  const bytes = (at: number, length: number) => Buffer.from(call.memory.buffer, at, length);
  /** Writes a value as a host does, and its place to the out-parameters. */
  const give = (value: Uint8Array, outAt: number, outLength: number): number => {
    const at = call.proxy_on_memory_allocate!(value.length);
    bytes(at, value.length).set(value);
    const view = new DataView(call.memory.buffer);
    view.setUint32(outAt, at, true);
    view.setUint32(outLength, value.length, true);
    return 0;
  };
  return { call, bytes, give };
}

const actions = [
  "setTick",
  "setProperty",
  "writeBuffer",
  "addHeader",
  "replaceHeader",
  "sendReply",
  "continueStream",
  "closeStream",
  "httpCall",
  "setContext",
];

test.each(actions)("%s says yes to OK and no to every other status", (name) => {
  for (const [label, status] of Object.entries(statuses)) {
    expect(guest(status).call[name]!(), label).toBe(status === 0 ? 1 : 0);
  }
});

test("removing a header that is not there is no failure", () => {
  for (const [label, status] of Object.entries(statuses)) {
    expect(guest(status).call.removeHeader!(), label).toBe(status <= 1 ? 1 : 0);
  }
});

test.each(["property", "readHeader", "sharedData", "foreign"])("%s tells found, absent and broken apart", (name) => {
  for (const [label, status] of Object.entries(statuses)) {
    expect(guest(status).call[name]!(), label).toBe(status === 0 ? 1 : status === 1 ? 0 : 2);
  }
});

test("a property path goes out with NUL between its parts, and its value comes back", () => {
  let path = "";
  const { call, bytes, give } = guest(0, {
    proxy_get_property: (at, length, outAt, outLength) => {
      path = bytes(at!, length!).toString("latin1");
      return give(Buffer.from("tunnel"), outAt!, outLength!);
    },
  });
  expect(call.property!()).toBe(1);
  expect(path).toBe("xds\0cluster_name");
  expect(bytes(call.valueAt!(), call.valueLength!()).toString()).toBe("tunnel");
});

test("a buffer is read only whole: a host that gives less, more or nothing is not believed", () => {
  for (const given of [0, 4, 5, 6]) {
    const { call, give } = guest(0, {
      proxy_get_buffer_bytes: (_type, _start, _length, outAt, outLength) =>
        given === 0 ? 0 : give(Buffer.alloc(given, 65), outAt!, outLength!),
    });
    expect(call.readBuffer!(5), `${given} of 5 bytes`).toBe(given === 5 ? 1 : 0);
  }
  for (const status of Object.values(statuses).filter((status) => status !== 0)) {
    expect(guest(status).call.readBuffer!(5)).toBe(0);
  }
});

test("what a failed read left behind does not receive the next value", () => {
  let fails = true;
  const { call, bytes, give } = guest(0, {
    proxy_get_buffer_bytes: (_type, _start, _length, outAt, outLength) =>
      fails ? 10 : give(Buffer.from("first"), outAt!, outLength!),
    proxy_get_header_map_value: (_map, _name, _length, outAt, outLength) =>
      give(Buffer.from("other"), outAt!, outLength!),
  });
  expect(call.readBuffer!(5)).toBe(0);
  fails = false;
  expect(call.readBuffer!(5)).toBe(1);
  expect(call.readHeader!()).toBe(1);
  expect(bytes(call.intoAt!(), call.intoLength!()).toString()).toBe("first");
  expect(bytes(call.valueAt!(), call.valueLength!()).toString()).toBe("other");
});

test("header pairs are read into memory of their own", () => {
  const { call, bytes, give } = guest(0, {
    proxy_get_header_map_pairs: (_map, outAt, outLength) => give(Buffer.from([0, 0, 0, 0]), outAt!, outLength!),
  });
  expect(call.readHeaders!()).toBe(1);
  expect([...bytes(call.intoAt!(), call.intoLength!())]).toEqual([0, 0, 0, 0]);
  for (const status of Object.values(statuses)) expect(guest(status).call.readHeaders!()).toBe(0);
});

test("shared data is written with its version, and the status comes back", () => {
  const seen: number[] = [];
  const { call } = guest(0, {
    proxy_set_shared_data: (_key, _keyLength, _at, _length, version) => {
      seen.push(version!);
      return 8;
    },
  });
  expect(call.setSharedData!()).toBe(8);
  expect(seen).toEqual([7]);
});

test("metrics: an id that could not be defined is never used", () => {
  let calls = 0;
  const counting = {
    proxy_increment_metric: () => {
      calls++;
      return 0;
    },
    proxy_record_metric: () => {
      calls++;
      return 0;
    },
  };
  expect(guest(10).call.defineMetric!()).toBe(-1);
  const { call } = guest(0, counting);
  expect(call.addToMetric!(-1)).toBe(0);
  expect(call.recordMetric!(-1)).toBe(0);
  expect(calls).toBe(0);
  expect(call.addToMetric!(0)).toBe(1);
  expect(call.recordMetric!(0)).toBe(1);
  expect(calls).toBe(2);
  expect(guest(10).call.metric!()).toBe(0n);
});

test("the clock and randomness", () => {
  const { call, bytes } = guest(0, {
    proxy_get_current_time_nanoseconds: (out) => {
      new DataView(call.memory.buffer).setBigUint64(out!, 123_456_789_012n, true);
      return 0;
    },
    random_get: (at, length) => {
      bytes(at!, length!).fill(7);
      return 0;
    },
  });
  expect(call.now!()).toBe(123_456_789_012n);
  expect(call.random!()).toBe(1);
  expect([...bytes(call.intoAt!(), 16)]).toEqual(Array(16).fill(7));
  expect(guest(10).call.now!()).toBe(0n);
  expect(guest(10).call.random!()).toBe(0);
});

/** WASI's environment: pointers to NUL-terminated strings. */
function environ(strings: string[], call: () => { memory: WebAssembly.Memory }) {
  const text = Buffer.from(strings.map((one) => `${one}\0`).join(""));
  return {
    environ_sizes_get: (outCount: number, outBytes: number) => {
      const view = new DataView(call().memory.buffer);
      view.setUint32(outCount, strings.length, true);
      view.setUint32(outBytes, text.length, true);
      return 0;
    },
    environ_get: (pointers: number, at: number) => {
      const view = new DataView(call().memory.buffer);
      let offset = 0;
      strings.forEach((one, index) => {
        view.setUint32(pointers + index * 4, at + offset, true);
        offset += Buffer.byteLength(one) + 1;
      });
      Buffer.from(call().memory.buffer).set(text, at);
      return 0;
    },
  };
}

test("an environment variable is found by its whole name", () => {
  const read = (strings: string[]): string | undefined => {
    const made: ReturnType<typeof guest> = guest(
      0,
      environ(strings, () => made.call) as unknown as Record<string, Call>,
    );
    return made.call.readEnvironment!() === 1
      ? made.bytes(made.call.intoAt!(), made.call.intoLength!()).toString()
      : undefined;
  };
  expect(read(["PATH=/bin", "KEY=value", "KEY2=other"])).toBe("value");
  expect(read(["KEY2=other", "MONKEY=x"])).toBeUndefined();
  expect(read(["KEY="])).toBe("");
  expect(read([])).toBeUndefined();
  expect(guest(52).call.readEnvironment!()).toBe(0);
});
