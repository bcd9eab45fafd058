// Bodies and headers made to exhaust the filter, under each preset and under all of them together: floods without end,
// bombs, deep nesting, names that collide. Each has a decided outcome, the same under every preset, and the memory that the
// first round took is all that is ever taken.
import { deflateRawSync, constants as zlib } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { type Pair, type Plugin, runExchange, type Vm } from "../../../scripts/host/index.ts";
import { compilePolicy } from "../../../scripts/policy/index.ts";
import { PRESETS } from "../../../scripts/presets/presets.ts";
import { type Flood, filled, flood, MiB, pour } from "../../support/floods.ts";
import { json as jsonHeader, machine } from "../filter/support.ts";

/** What streams of all formats take beside the policy, whatever its size. */
const budget = 6 * MiB;
/** Longer than all that waits. */
const size = MiB / 4;
/** Longer than the headers that Envoy takes, unless it is told otherwise (60 KiB). */
const long = MiB / 4;

const json = "application/json";
const form = "application/x-www-form-urlencoded";
const parts = "multipart/form-data; boundary=x";
const xml = "text/xml";
const head = (name: string) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`;
const repeat = (count: number, item: (at: number) => string, between: string): string =>
  Array.from({ length: count }, (_, at) => item(at)).join(between);

/** A field longer than what is looked into is redacted as a whole, by whichever rule looks into it first. */
const fields = ["4111 ", "1.2.3.", "a@b.c ", "eyJ.", "card number "].flatMap((fill): Flood[] => [
  flood(`JSON, a text of "${fill}"`, json, ['{"x":"', '","b":1}'], fill, "forwarded", '{"x":"[redacted]","b":1}'),
  flood(`form, a value of "${fill}"`, form, ["x=", "&b=1"], fill, "forwarded", "x=%5Bredacted%5D&b=1"),
  flood(
    `parts, a value of "${fill}"`,
    parts,
    [head("x"), "\r\n--x--"],
    fill,
    "forwarded",
    `${head("x")}[redacted]\r\n--x--`,
  ),
  flood(`XML, a text of "${fill}"`, xml, ["<a><x>", "</x></a>"], fill, "forwarded", "<a><x>[redacted]</x></a>"),
  flood(`XML, an attribute of "${fill}"`, xml, ['<a x="', '"/>'], fill, "forwarded", '<a x="[redacted]"/>'),
]);

const floods: Flood[] = [
  ...fields,
  flood("JSON, a number", json, ['{"x":1', ',"b":1}'], "4111", "forwarded", '{"x":0,"b":1}'),
  flood("JSON, numbers", json, ['{"x":[0', "]}"], ",4", "forwarded"),
  flood("JSON, a name", json, ['{"', '":1}'], "a@b.c", "limit_value"),
  flood("JSON, names", json, ['{"x":1', "}"], ',"number":1', "forwarded"),
  flood("JSON, arrays in each other", json, ["", ""], "[", "limit_depth"),
  flood("JSON, objects in each other", json, ["", ""], '{"x":', "limit_depth"),
  flood("lines, empty ones", "application/x-ndjson", ["{}", "{}"], "\n", "forwarded"),
  flood("lines, arrays in each other", "application/x-ndjson", ["{}\n", ""], "[", "limit_depth"),
  flood("events, one event", "text/event-stream", ['data: "', '"\n\n'], "4111", "limit_value"),
  flood("form, fields", form, ["a=1", ""], "&a=1", "forwarded"),
  flood("form, a name", form, ["", "=1"], "a@b.c", "limit_value"),
  flood("form, separators of old", form, ["a=1", ""], ";b", "forwarded", "a=%5Bredacted%5D"),
  flood("form, a name with steps", form, ["x", "=1"], "[a]", "limit_value"),
  flood(
    "parts, near misses of the boundary",
    parts,
    [head("x"), "\r\n--x--"],
    "\r\n-x\r\n--\r",
    "forwarded",
    `${head("x")}[redacted]\r\n--x--`,
  ),
  flood("parts, without number", parts, ["", "--x--"], `${head("a")}1\r\n`, "forwarded"),
  flood("parts, headers", parts, ["--x\r\nX: ", "\r\n\r\n1\r\n--x--"], "4111", "limit_value"),
  flood("parts, before the first", parts, ["", `${head("a")}1\r\n--x--`], "4111", "multipart_delimiter"),
  flood("XML, elements", xml, ["<a>", "</a>"], "<b>4</b>", "forwarded"),
  flood("XML, elements in each other", xml, ["", ""], "<a>", "limit_depth"),
  flood("XML, white space before a text", xml, ["<a>", "x</a>"], " \n", "limit_value"),
  flood("XML, attributes", xml, ["<a", "/>"], ' b=""', "xml_syntax"),
  flood("text, a row of near misses", "text/plain", ["", ""], "4111-1111-1111-1112 ", "forwarded"),
  flood("HTML, tags", "text/html", ["", ""], "<b>4", "forwarded"),
];

/** Same first and last eight bytes, same length: one slot of the table of symbols. */
const colliding = (at: number) => `cardNumb${String(at).padStart(8, "0")}erNumber`;
const entities = repeat(20, (at) => `<!ENTITY b${at} "&b;&b;">`, "");

/** Messages that are large in one piece only, as headers and tags are. */
const messages: [title: string, { path?: string; headers: Pair[]; body?: string }, outcome: string][] = [
  [
    "an entity bomb",
    { headers: [["content-type", xml]], body: `<!DOCTYPE a [${entities}]><a>&b19;</a>` },
    "xml_doctype",
  ],
  [
    "256 attributes",
    { headers: [["content-type", xml]], body: `<a ${repeat(256, (at) => `a${at}=""`, " ")}/>` },
    "forwarded",
  ],
  [
    "10,000 attributes",
    { headers: [["content-type", xml]], body: `<a ${repeat(10_000, (at) => `a${at}=""`, " ")}/>` },
    "limit_attributes",
  ],
  [
    "20,000 names of one slot, in JSON",
    { headers: [jsonHeader], body: `{${repeat(20_000, (at) => `"${colliding(at)}":0`, ",")}}` },
    "forwarded",
  ],
  [
    "20,000 names of one slot, in a form",
    { headers: [["content-type", form]], body: repeat(20_000, (at) => `${colliding(at)}=0`, "&") },
    "forwarded",
  ],
  ["20,000 parameters", { path: `/?${repeat(20_000, (at) => `a${at}=1`, "&")}`, headers: [] }, "forwarded"],
  ["a long parameter", { path: `/?a=${"4111".repeat(long / 4)}`, headers: [] }, "forwarded"],
  ["a parameter's long name", { path: `/?${"a@b.c".repeat(long / 5)}=1`, headers: [] }, "forwarded"],
  ["20,000 segments", { path: "/4".repeat(20_000), headers: [] }, "forwarded"],
  ["20,000 cookies", { headers: [["cookie", repeat(20_000, (at) => `a${at}=1`, "; ")]] }, "forwarded"],
  ["4,000 headers", { headers: Array.from({ length: 4_000 }, (_, at): Pair => [`a-${at}`, "1"]) }, "forwarded"],
  [
    "4,000 headers of one name",
    { headers: Array.from({ length: 4_000 }, (): Pair => ["a", "ann@example.org"]) },
    "forwarded",
  ],
  ["a long header", { headers: [["a", "4111 ".repeat(long / 5)]] }, "forwarded"],
  ["two content-types", { headers: [jsonHeader, jsonHeader], body: "{}" }, "content_type_repeated"],
  [
    "two content-types in one",
    { headers: [["content-type", `${json}, ${json}`]], body: "{}" },
    "content_type_repeated",
  ],
];

/** A mebibyte of blanks that ends at a byte, and is not the last: a document of any length in as many pieces. */
const blanks = deflateRawSync(Buffer.alloc(MiB, " "), { finishFlush: zlib.Z_SYNC_FLUSH });

const names = PRESETS.map(({ name }) => name);
const policies = [...names.map((name) => [name]), names];

describe.each(policies.map((one) => [one.length > 1 ? "all presets" : one[0]!, one] as const))("%s", (_, presets) => {
  let vm: Vm;
  let configured = 0;
  let plugin: Plugin;
  // The detectors of all presets are compiled here.
  beforeAll(() => {
    ({ vm } = machine());
    const keys = { root: { env: "FROSTGLASS_KEY" } };
    const settings = { activation: { always: true }, keys, compressed: "decode", limits: { body: "2GiB" } };
    const text = JSON.stringify({ name: "floods", extends: presets, ...settings });
    plugin = vm.plugin("floods", compilePolicy({ path: "floods.json", text }).compiled!.binary);
    configured = vm.memoryBytes;
  }, 600_000);

  const outcomeOf = ({ path = "/", headers, body }: (typeof messages)[number][1]): string => {
    const request = { method: "POST", path, headers, ...(body !== undefined && { body: Buffer.from(body) }) };
    const { outcome, reason } = runExchange(plugin, { request }, { holdHeaders: true, chunk: 16_384 });
    return outcome === "forwarded" ? outcome : (reason ?? outcome);
  };

  const pourBlanks = (): string => {
    const stream = plugin.stream();
    stream.requestHeaders([[":method", "POST"], [":path", "/"], jsonHeader, ["content-encoding", "deflate"]], false);
    for (let sent = 0; sent < 2048 && !stream.localReply; sent++) {
      stream.requestBody(blanks, false);
      stream.upstream.body.splice(0);
    }
    const details = stream.localReply?.details;
    stream.close();
    return details ?? "forwarded";
  };

  const checkFlood = (one: Flood, length: number): void => {
    const { outcome, ...left } = pour(plugin, one, length);
    expect([one.title, outcome]).toEqual([one.title, one.outcome]);
    if (outcome !== "forwarded") return;
    const whole = one.before.length + filled(one, length) + one.behind.length;
    if (one.left === undefined) expect([one.title, left.size]).toEqual([one.title, whole]);
    else expect([left.size, left.start]).toEqual([one.left.length, one.left]);
  };

  const round = (): void => {
    for (const one of floods) checkFlood(one, size);
    for (const [title, message, outcome] of messages) expect([title, outcomeOf(message)]).toEqual([title, outcome]);
    expect(pourBlanks()).toBe("frostglass_compressed_ratio");
  };

  test("each has its outcome, and a second and third round take no page of memory", { timeout: 600_000 }, () => {
    round();
    round();
    const settled = vm.memoryBytes;
    round();
    expect(vm.memoryBytes).toBe(settled);
    expect(settled - configured).toBeLessThan(budget);
  });

  // What differs between presets is what is looked for, not how long a value may be.
  test.skipIf(presets.length === 1)("fields of 1 GiB, in the memory of the first ones", { timeout: 600_000 }, () => {
    const settled = vm.memoryBytes;
    for (const one of fields.slice(0, 5)) checkFlood(one, 1024 * MiB);
    expect(vm.memoryBytes).toBe(settled);
  });
});
