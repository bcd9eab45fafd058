import { describe, expect, test } from "vitest";
import {
  ConfigurationRefused,
  type HttpCall,
  type HttpCallResponse,
  ModuleRefused,
  SharedData,
  Vm,
} from "../../../scripts/host/index.ts";
import {
  bytes,
  type Call,
  call,
  fetchBytes,
  GET,
  Guest,
  OK,
  out,
  POST,
  type Result,
  type Script,
  text,
} from "./guest.ts";

/** Runs a script in a tick of a new plugin. */
const inTick = (script: () => Generator<Call, void, Result>, guest = new Guest()): Guest => {
  let ran = false;
  guest.on("tick", function* () {
    yield* script();
    ran = true;
    return 0;
  });
  guest.plugin("", "ticking").tick();
  expect(ran).toBe(true);
  return guest;
};
const word = ({ out: words }: Result, at = 0): number => words.getUint32(at, true);

describe("a module", () => {
  // Hand-assembled: an empty module, and one that imports env.proxy_unheard_of.
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const name = (value: string) => [value.length, ...bytes(value)];
  const importing = Uint8Array.of(
    ...empty,
    ...[1, 4, 1, 0x60, 0, 0],
    ...[2, 3 + name("env").length + name("proxy_unheard_of").length, 1, ...name("env"), ...name("proxy_unheard_of")],
    ...[0, 0],
  );
  test("with an unknown import is refused by its name", () => {
    expect(() => new Vm(new WebAssembly.Module(importing))).toThrow(/function env\.proxy_unheard_of/);
  });
  test("of another ABI is refused", () => {
    expect(() => new Vm(new WebAssembly.Module(empty))).toThrow(ModuleRefused);
  });
});

describe("the life of contexts", () => {
  test("roots and streams share one number space, and each plugin has its own root", () => {
    const guest = new Guest({ vmConfiguration: bytes("vm") });
    const first = guest.plugin("one", "a");
    const second = guest.plugin("seven", "b");
    const stream = second.stream();
    stream.requestHeaders(GET, true);
    stream.close();
    stream.close();
    first.close();
    first.close();
    expect(guest.calls).toEqual([
      ...["context_create(1,0)", "vm_start(1,2)", "configure(1,3)"],
      ...["context_create(2,0)", "vm_start(2,2)", "configure(2,5)"],
      ...["context_create(3,2)", "request_headers(3,4,1)", "log(3)", "done(3)", "delete(3)"],
      ...["done(1)", "delete(1)"],
    ]);
  });

  test("configurations can be read while they are applied", () => {
    const read: string[] = [];
    const readBoth: Script = function* () {
      for (const type of [6, 7]) read.push(text((yield* fetchBytes("proxy_get_buffer_bytes", type, 0, 99)).bytes));
      return 1;
    };
    const guest = new Guest({ vmConfiguration: bytes("vm") }).on("configure", readBoth);
    const plugin = guest.plugin("first");
    expect(plugin.configure(bytes("second"))).toBe(true);
    expect(read).toEqual(["vm", "first", "vm", "second"]);
  });

  test.each(["configure", "vm_start"])("a false answer of %s refuses, and leaves other plugins alone", (event) => {
    const guest = new Guest();
    const good = guest.plugin();
    guest.answer(event, 0);
    expect(() => guest.plugin()).toThrow(ConfigurationRefused);
    expect(guest.vm.failed).toBe(false);
    const stream = good.stream();
    stream.requestHeaders(GET, true);
    expect(stream.upstream.ended).toBe(true);
  });

  test("a reconfiguration may be refused", () => {
    const guest = new Guest();
    const plugin = guest.plugin();
    guest.answer("configure", 0);
    expect(plugin.configure(bytes("bad"))).toBe(false);
  });

  test("a root that is not done waits for proxy_done", () => {
    const guest = new Guest().answer("done", 0);
    const plugin = guest.plugin();
    guest.on("tick", function* () {
      expect(yield call("proxy_done")).toMatchObject({ status: guest.calls.includes("done(1)") ? 0 : 1 });
      return 0;
    });
    plugin.tick();
    plugin.close();
    expect(guest.calls.at(-1)).toBe("done(1)");
    plugin.tick();
    expect(guest.calls.at(-1)).toBe("delete(1)");
  });

  test("a stream that is closed early is cut", () => {
    const stream = new Guest().plugin().stream();
    stream.requestHeaders(POST, false);
    stream.close();
    expect(stream.upstream.reset).toBe(true);
  });

  test("an unknown effective context is refused", () => {
    inTick(function* () {
      expect(yield call("proxy_set_effective_context", 99)).toMatchObject({ status: 2 });
      expect(yield call("proxy_set_effective_context", 1)).toMatchObject({ status: 0 });
    });
  });
});

describe("properties", () => {
  const properties = { "xds.cluster_name": "web", "upstream.port": 8080n, "request.id": bytes("raw") };

  test("text, numbers and bytes; filter state can be set and read", () => {
    const guest = new Guest().on("request_headers", function* () {
      const read = function* (path: string) {
        return yield* fetchBytes("proxy_get_property", path);
      };
      expect(text((yield* read("xds\0cluster_name")).bytes)).toBe("web");
      expect(text((yield* read("xds\0cluster_name\0")).bytes)).toBe("web");
      expect([...(yield* read("upstream\0port")).bytes]).toEqual([0x90, 0x1f, 0, 0, 0, 0, 0, 0]);
      expect(text((yield* read("request\0id")).bytes)).toBe("raw");
      expect(text((yield* read("plugin_root_id")).bytes)).toBe("root");
      expect(yield call("proxy_get_property", "no\0where", out(0), out(4))).toMatchObject({ status: 1 });
      expect(yield call("proxy_get_property", "constructor", out(0), out(4))).toMatchObject({ status: 1 });
      expect(yield call("proxy_set_property", "mark", "set")).toMatchObject({ status: 0 });
      expect(text((yield* read("mark")).bytes)).toBe("set");
      return 0;
    });
    const stream = guest.plugin().stream({ properties });
    stream.requestHeaders(GET, true);
    expect(stream.filterState).toEqual(new Map([["mark", bytes("set")]]));
  });

  test("a root context has no filter state", () => {
    inTick(function* () {
      expect(yield call("proxy_set_property", "mark", "set")).toMatchObject({ status: 1 });
      expect(text((yield* fetchBytes("proxy_get_property", "plugin_root_id")).bytes)).toBe("ticking");
    });
  });
});

describe("shared data and queues", () => {
  test("compare and swap", () => {
    const sharedData = new SharedData();
    inTick(function* () {
      expect(yield call("proxy_get_shared_data", "k", out(0), out(4), out(8))).toMatchObject({ status: 1 });
      expect(yield call("proxy_set_shared_data", "k", "one", 7)).toMatchObject({ status: 0 });
      const first = yield call("proxy_get_shared_data", "k", out(0), out(4), out(8));
      const cas = word(first, 8);
      expect(cas).not.toBe(0);
      expect(yield call("proxy_set_shared_data", "k", "two", cas)).toMatchObject({ status: 0 });
      expect(yield call("proxy_set_shared_data", "k", "three", cas)).toMatchObject({ status: 8 });
      expect(yield call("proxy_set_shared_data", "k", "four", 0)).toMatchObject({ status: 0 });
    }, new Guest({ sharedData }));
    inTick(function* () {
      const read = yield call("proxy_get_shared_data", "k", out(0), out(4), out(8));
      const { out: data } = yield call("peek", word(read), word(read, 4));
      expect(text(new Uint8Array(data.buffer, 0, 4))).toBe("four");
    }, new Guest({ sharedData }));
  });

  test("a queue tells its owner and keeps order", () => {
    const guest = inTick(function* () {
      const token = word(yield call("proxy_register_shared_queue", "q", out(0)));
      expect(word(yield call("proxy_resolve_shared_queue", "", "q", out(0)))).toBe(token);
      expect(yield call("proxy_resolve_shared_queue", "", "none", out(0))).toMatchObject({ status: 1 });
      expect(yield call("proxy_enqueue_shared_queue", token, "a")).toMatchObject({ status: 0 });
      expect(yield call("proxy_enqueue_shared_queue", token, "b")).toMatchObject({ status: 0 });
      expect(yield call("proxy_enqueue_shared_queue", 99, "b")).toMatchObject({ status: 1 });
      for (const item of ["a", "b"]) {
        expect(text((yield* fetchBytes("proxy_dequeue_shared_queue", token)).bytes)).toBe(item);
      }
      expect(yield call("proxy_dequeue_shared_queue", token, out(0), out(4))).toMatchObject({ status: 7 });
      expect(yield call("proxy_dequeue_shared_queue", 99, out(0), out(4))).toMatchObject({ status: 1 });
    });
    expect(guest.calls.slice(-2)).toEqual(["queue_ready(1,1)", "queue_ready(1,1)"]);
  });
});

describe("metrics", () => {
  test("counters, gauges, histograms", () => {
    const guest = new Guest();
    inTick(function* () {
      const define = function* (type: number, name: string): Generator<Call, number, Result> {
        return word(yield call("proxy_define_metric", type, name, out(0)));
      };
      const [counter, gauge, histogram] = [yield* define(0, "c"), yield* define(1, "g"), yield* define(2, "h")];
      const again = yield* define(0, "c");
      expect(again).not.toBe(counter);
      expect(yield call("proxy_define_metric", 3, "x", out(0))).toMatchObject({ status: 2 });
      const expectStatus = function* (status: number, ...calls: Call[]): Generator<Call, void, Result> {
        for (const each of calls) expect(yield each).toMatchObject({ status });
      };
      yield* expectStatus(
        0,
        call("proxy_increment_metric", counter, 2, 0),
        call("proxy_increment_metric", again, 3, 0),
        call("proxy_record_metric", counter, 0, 1),
        call("proxy_increment_metric", gauge, 5, 0),
        call("proxy_increment_metric", gauge, -2, -1),
        call("proxy_record_metric", histogram, 9, 0),
      );
      yield* expectStatus(
        2,
        call("proxy_increment_metric", counter, 0, 0),
        call("proxy_increment_metric", counter, -1, -1),
        call("proxy_increment_metric", histogram, 1, 0),
        call("proxy_get_metric", histogram, out(0)),
      );
      yield* expectStatus(
        1,
        call("proxy_increment_metric", 400, 1, 0),
        call("proxy_record_metric", 401, 1, 0),
        call("proxy_get_metric", 400, out(0)),
      );
      expect((yield call("proxy_get_metric", counter, out(0))).out.getBigUint64(0, true)).toBe(5n + 2n ** 32n);
    }, guest);
    expect(guest.vm.metrics).toEqual(
      new Map([
        ["c", 5n + 2n ** 32n],
        ["g", 3n],
        ["h", 1n],
      ]),
    );
  });
});

describe("http calls", () => {
  const request = Uint8Array.from(
    // :method GET, :path /, :authority a
    [3, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0].concat([
      ...bytes(":method\0GET\0:path\0/\0:authority\0a\0"),
    ]),
  );
  const httpCall = (cluster: string, headers = request) =>
    call("proxy_http_call", cluster, headers, "body", new Uint8Array(4), 1000, out(0));

  test("without a handler, or without required headers, are refused", () => {
    inTick(function* () {
      expect(yield httpCall("c")).toMatchObject({ status: 2 });
    });
    inTick(
      function* () {
        expect(yield httpCall("c", new Uint8Array(4))).toMatchObject({ status: 2 });
      },
      new Guest({ httpCall: () => true }),
    );
  });

  test("answers come after the call, with headers, body and trailers; a failure has a status", () => {
    const calls: HttpCall[] = [];
    const pending: ((response?: HttpCallResponse) => void)[] = [];
    const guest = new Guest({
      httpCall: (asked, respond) => {
        calls.push(asked);
        if (asked.cluster === "at-once") respond({ headers: OK, body: bytes("hi"), trailers: [["t", "1"]] });
        else pending.push(respond);
        return true;
      },
    });
    const read: string[] = [];
    guest.on("http_call_response", function* (_id, token, headers) {
      const status = yield call("proxy_get_status", out(0), out(4), out(8));
      if (headers === 0) read.push(`${token} failed ${word(status)}`);
      else {
        const body = yield* fetchBytes("proxy_get_buffer_bytes", 4, 0, 99);
        const trailer = yield* fetchBytes("proxy_get_header_map_value", 7, "t");
        const code = yield* fetchBytes("proxy_get_header_map_value", 6, ":status");
        read.push(`${token} ${text(code.bytes)} ${text(body.bytes)} ${text(trailer.bytes)}`);
      }
      return 0;
    });
    inTick(function* () {
      expect(word(yield httpCall("at-once"))).toBe(4);
      expect(word(yield httpCall("later"))).toBe(8);
      expect(read).toEqual([]);
    }, guest);
    expect(read).toEqual(["4 200 hi 1"]);
    for (const respond of pending) respond();
    for (const respond of pending) respond();
    expect(read).toEqual(["4 200 hi 1", "8 failed 11"]);
    expect(calls[0]).toMatchObject({ cluster: "at-once", body: bytes("body"), timeout: 1000 });
    expect(guest.calls.at(-1)).toBe("http_call_response(1,8,0,0,0)");
  });
});

describe("foreign functions", () => {
  test("answer, refuse, or are not there", () => {
    const foreign = { double: (argument: Uint8Array) => Uint8Array.of(...argument, ...argument), no: () => undefined };
    inTick(function* () {
      expect(text((yield* fetchBytes("proxy_call_foreign_function", "double", "ab")).bytes)).toBe("abab");
      expect((yield* fetchBytes("proxy_call_foreign_function", "double", "")).status).toBe(0);
      expect(yield call("proxy_call_foreign_function", "double", "ab", 0, 0)).toMatchObject({ status: 0 });
      expect(yield call("proxy_call_foreign_function", "no", "", out(0), out(4))).toMatchObject({ status: 2 });
      expect(yield call("proxy_call_foreign_function", "toString", "", 0, 0)).toMatchObject({ status: 1 });
    }, new Guest({ foreign }));
  });
});

describe("general calls", () => {
  test("log levels, clock, timer, gRPC", () => {
    const guest = new Guest({ now: () => 1_700_000_000_000_000_001n });
    inTick(function* () {
      expect(word(yield call("proxy_get_log_level", out(0)))).toBe(2);
      for (let level = 0; level <= 6; level++) {
        expect(yield call("proxy_log", level, `m${level}`)).toMatchObject({ status: level > 5 ? 2 : 0 });
      }
      expect(yield call("proxy_log", 2, -1, 5)).toMatchObject({ status: 6 });
      const time = yield call("proxy_get_current_time_nanoseconds", out(0));
      expect(time.out.getBigUint64(0, true)).toBe(1_700_000_000_000_000_001n);
      expect(yield call("proxy_grpc_cancel", 1)).toMatchObject({ status: 12 });
      yield call("proxy_set_tick_period_milliseconds", 250);
    }, guest);
    expect(guest.logs).toEqual(["info: m2", "warn: m3", "error: m4", "critical: m5"]);
    const plugin = guest.on("configure", function* () {
      yield call("proxy_set_tick_period_milliseconds", 100);
      return 1;
    });
    expect(plugin.plugin().tickPeriod).toBe(100);
  });

  test("WASI: environment, randomness, clock, output", () => {
    const guest = new Guest({
      environment: { KEY: "ä", B: "" },
      random: (target) => target.fill(7),
      now: () => 5n,
    });
    inTick(function* () {
      const sizes = yield call("environ_sizes_get", out(0), out(4));
      expect([word(sizes), word(sizes, 4)]).toEqual([2, "KEY=ä\0B=\0".length + 1]);
      const { out: all } = yield call("environ_get", out(0), out(16));
      expect(word({ status: 0, out: all }, 4) - word({ status: 0, out: all }, 0)).toBe(7);
      expect(text(new Uint8Array(all.buffer, 16, 10))).toBe("KEY=ä\0B=\0");
      expect((yield call("random_get", out(0), 4)).out.getUint32(0, true)).toBe(0x07070707);
      expect(yield call("random_get", out(0), 65537)).toMatchObject({ status: 28 });
      expect(yield call("random_get", -1, 4)).toMatchObject({ status: 21 });
      expect((yield call("clock_time_get", 0, 0, 0, out(0))).out.getBigUint64(0, true)).toBe(5n);
      expect(yield call("clock_time_get", 2, 0, 0, out(0))).toMatchObject({ status: 58 });
      expect(yield call("args_sizes_get", out(0), out(4))).toMatchObject({ status: 0 });
      expect(yield call("fd_write", 3, 0, 0, out(0))).toMatchObject({ status: 8 });
      expect(yield call("fd_write", 1, -1, 1, out(0))).toMatchObject({ status: 21 });
    }, guest);
  });

  test("the default randomness is real", () => {
    inTick(function* () {
      const { out: drawn } = yield call("random_get", out(0), 16);
      expect(drawn.getBigUint64(0) | drawn.getBigUint64(8)).not.toBe(0n);
    });
  });
});
