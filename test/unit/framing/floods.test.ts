// Bodies made to exhaust the filter, in every format: a field of one gibibyte, a body of nothing but near misses of a
// boundary, parts and fields without number. Each has a decided outcome, and the memory that its first megabytes took is
// all that it ever takes.
import { expect, test } from "vitest";
import { Vm } from "../../../scripts/host/index.ts";
import { loadWasm } from "../../../scripts/wasm.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { type Flood, filled, flood, MiB, pour } from "../../support/floods.ts";

const GiB = 1 << 30;
/** A VM in which streams of every format have run; the module alone takes about a quarter of it. */
const budget = 8 * MiB;

const vm = new Vm(new WebAssembly.Module(loadWasm()));
const rules = [
  {
    name: "pan",
    select: ["json:$..pan", "form:pan", "multipart:pan", "xml://Pan", "xml://@pan"],
    action: { mask: { keepLast: 4 } },
  },
  {
    name: "cvc",
    select: ["json:$..cvc", "form:cvc", "multipart:cvc", "xml://Cvc", "xml://@cvc"],
    action: "strip",
  },
  { name: "inside", select: ["form:doc|json:$.pan", "multipart:doc|json:$.pan"], action: "redact" },
];
const plugin = vm.plugin("floods", binaryOf({ limits: { body: "2GiB" }, rules }));

const json = "application/json";
const form = "application/x-www-form-urlencoded";
const parts = "multipart/form-data; boundary=x";
const head = (name: string) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`;

const floods: Flood[] = [
  flood("JSON, a text that no rule selects", json, ['{"a":"', '"}'], "4111", "forwarded"),
  flood("JSON, a masked text", json, ['{"pan":"', '","b":1}'], "4111", "forwarded", '{"pan":"[redacted]","b":1}'),
  flood("JSON, a stripped text", json, ['{"b":1,"cvc":"', '"}'], "4111", "forwarded", '{"b":1}'),
  flood("JSON, a masked number", json, ['{"pan":1', ',"b":1}'], "4111", "forwarded", '{"pan":0,"b":1}'),
  flood("JSON, a masked array", json, ['{"cvc":[0', '],"b":1}'], ",4111", "forwarded", '{"b":1}'),
  flood("JSON, white space", json, ['{"a":', "1}"], " \n\t ", "forwarded"),
  flood("JSON, a name", json, ['{"', '":1}'], "pan1", "limit_value"),
  flood("JSON, nesting", json, ["", "]"], "[", "limit_depth"),
  flood("lines, one line", "application/x-ndjson", ['{"a":"', '"}\n'], "4111", "forwarded"),
  flood("lines, empty ones", "application/x-ndjson", ["{}", "{}"], "\n", "forwarded"),
  flood("events, one event", "text/event-stream", ['data: "', '"\n\n'], "4111", "limit_value"),
  flood("events, a comment", "text/event-stream", [": ", "\n\n"], "4111", "limit_value"),
  flood("form, a value", form, ["a=", "&b=1"], "4111", "forwarded"),
  flood("form, a masked value", form, ["pan=", "&b=1"], "4111", "forwarded", "pan=%5Bredacted%5D&b=1"),
  flood("form, a stripped value", form, ["b=1&cvc=", ""], "4%31", "forwarded", "b=1"),
  flood("form, a name", form, ["", "=1"], "pan1", "limit_value"),
  flood("form, a document", form, ["doc=", ""], "4111", "limit_value"),
  flood("form, separators", form, ["a=1", "b=1"], "&", "forwarded"),
  flood("form, fields", form, ["a=1", ""], "&a=1", "forwarded"),
  flood("parts, a file", parts, [head("a"), "\r\n--x--"], "4111", "forwarded"),
  flood("parts, near misses of the boundary", parts, [head("a"), "\r\n--x--"], "\r\n-x\r\n--\r", "forwarded"),
  flood(
    "parts, a masked value",
    parts,
    [head("pan"), "\r\n--x--"],
    "4111",
    "forwarded",
    `${head("pan")}[redacted]\r\n--x--`,
  ),
  flood(
    "parts, a stripped value",
    parts,
    [`${head("a")}1\r\n${head("cvc")}`, "\r\n--x--"],
    "\r\n-",
    "forwarded",
    `${head("a")}1\r\n--x--`,
  ),
  flood("parts, headers", parts, ["--x\r\nX: ", "\r\n\r\n1\r\n--x--"], "4111", "limit_value"),
  flood(
    "parts, a name",
    parts,
    ['--x\r\nContent-Disposition: form-data; name="', '"\r\n\r\n1\r\n--x--'],
    "pan1",
    "limit_value",
  ),
  flood("parts, without number", parts, ["", "--x--"], `${head("a")}1\r\n`, "forwarded"),
  flood("parts, before the first", parts, ["", `${head("a")}1\r\n--x--`], "4111", "multipart_delimiter"),
  flood("XML, a text", "text/xml", ["<a>", "</a>"], "4111", "forwarded"),
  flood(
    "XML, a masked text",
    "text/xml",
    ["<a><Pan>", "</Pan></a>"],
    "4111",
    "forwarded",
    "<a><Pan>[redacted]</Pan></a>",
  ),
  flood("XML, a stripped element", "text/xml", ["<a><Cvc>", "</Cvc></a>"], "<b>4</b>", "forwarded", "<a></a>"),
  flood("XML, a masked attribute", "text/xml", ['<a pan="', '"/>'], "4111", "forwarded", '<a pan="[redacted]"/>'),
  flood("XML, a comment", "text/xml", ["<a><!--", "--></a>"], "4111", "forwarded"),
  flood("XML, elements", "text/xml", ["<a>", "</a>"], "<b>4</b>", "forwarded"),
  flood("XML, a name", "text/xml", ["<", "/>"], "Pan1", "limit_value"),
  flood("XML, nesting", "text/xml", ["", ""], "<a>", "limit_depth"),
];

function check(one: Flood, size: number): void {
  const { outcome, ...left } = pour(plugin, one, size);
  expect(outcome).toBe(one.outcome);
  if (outcome !== "forwarded") return;
  const { before, fill, behind } = one;
  if (one.left === undefined) {
    expect(left.size).toBe(before.length + filled(one, size) + behind.length);
    expect(left.start.startsWith(before)).toBe(true);
    expect(left.end.endsWith(fill.slice(-50) + behind)).toBe(true);
  } else expect([left.size, left.start]).toEqual([one.left.length, one.left]);
}

test.each(floods)("$title: 4 MiB", (one) => {
  check(one, 4 * MiB);
});

test("four megabytes of everything, once more, take no page of memory", () => {
  for (const one of floods) pour(plugin, one, 4 * MiB);
  const settled = vm.memoryBytes;
  for (const one of floods) pour(plugin, one, 4 * MiB);
  expect(vm.memoryBytes).toBe(settled);
  expect(settled).toBeLessThan(budget);
});

/** One field in each format; the other floods of a byte at a time differ in nothing that grows. */
const long = floods.filter(({ title }) =>
  [
    "JSON, a text that no rule selects",
    "JSON, a masked text",
    "lines, one line",
    "form, a value",
    "form, a masked value",
    "parts, a file",
    "parts, a masked value",
    "XML, a text",
    "XML, a masked text",
  ].includes(title),
);

test.each(long)("$title: 1 GiB in the memory of the first 4 MiB", { timeout: 300_000 }, (one) => {
  check(one, 4 * MiB);
  const settled = vm.memoryBytes;
  check(one, GiB);
  expect(vm.memoryBytes).toBe(settled);
});

test.each([
  json,
  "application/x-ndjson",
  "text/event-stream",
  form,
  parts,
  "text/xml",
  "application/grpc",
  "text/plain",
])("%s beside another content-type, or twice in one: refused, whatever it says", (type) => {
  const body = Buffer.from("4111");
  const send = (types: string[]) => {
    const stream = plugin.stream();
    const headers = types.map((value): [string, string] => ["content-type", value]);
    stream.requestHeaders([[":method", "POST"], [":path", "/"], ...headers], false);
    if (!stream.localReply) stream.requestBody(body, true);
    const { upstream, localReply } = stream;
    stream.close();
    return [localReply?.details, upstream.headers, upstream.body];
  };
  for (const types of [[type, type], [type, "image/png"], ["image/png", type], [`${type}, ${type}`]]) {
    expect(send(types)).toEqual(["frostglass_content_type_repeated", undefined, []]);
  }
});

test("two content-types in one part are refused", () => {
  const stream = plugin.stream();
  stream.requestHeaders(
    [
      [":method", "POST"],
      [":path", "/"],
      ["content-type", parts],
    ],
    false,
  );
  const types = "Content-Type: text/plain\r\nContent-Type: application/json\r\n\r\n";
  stream.requestBody(Buffer.from(head("a").replace(/\r\n$/, types).concat("1\r\n--x--")), true);
  expect(stream.localReply?.details).toBe("frostglass_multipart_header");
  expect(stream.upstream.body).toEqual([]);
  stream.close();
});
