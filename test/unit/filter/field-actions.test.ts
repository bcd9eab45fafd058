// Every action in every field: a header, one of several, a cookie, a query parameter, a segment of the path, a trailer. In
// each place a value becomes what it becomes in a body, spelled as the place demands, and everything around it stays.
import { describe, expect, test } from "vitest";
import type { ExchangeResult } from "../../../scripts/host/index.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { Bench } from "../replay/support.ts";
import { bodyOf, headerOf, json, machine, send } from "./support.ts";

interface Place {
  select: string;
  /** What is sent around the value. */
  sent(value: string): { path?: string; headers?: [string, string][]; trailers?: [string, string][] };
  /** RFC 6265 knows no encoding of cookies: their values are taken as they stand, and hold no blanks and semicolons. */
  isPlain?: boolean;
  /** What stands where the value stood, undefined when nothing does; all else must be as it was sent. */
  read(result: ExchangeResult): string | undefined;
}

const encoded = encodeURIComponent;
const bytes = (text: string) => Buffer.from(text).toString("latin1");
const decodedHeader = (value: string | undefined) => value && Buffer.from(value, "latin1").toString();
const target = (result: ExchangeResult) => headerOf(result, ":path")!;

/** What stands between `before` and `behind`, decoded; undefined when they meet as `without` says. */
function between(whole: string, before: string, behind: string, without: string): string | undefined {
  if (whole === without) return undefined;
  expect(whole.startsWith(before) && whole.endsWith(behind), whole).toBe(true);
  return decodeURIComponent(whole.slice(before.length, whole.length - behind.length));
}

const places: Record<string, Place> = {
  "a header": {
    select: "header:x-value",
    sent: (value) => ({
      headers: [
        ["x-before", "1"],
        ["X-Value", bytes(value)],
        ["x-behind", "2"],
      ],
    }),
    read: (result) => {
      expect([headerOf(result, "x-before"), headerOf(result, "x-behind")]).toEqual(["1", "2"]);
      return decodedHeader(headerOf(result, "x-value"));
    },
  },
  "headers of one name, by a glob": {
    select: "header:x-val*",
    sent: (value) => ({
      headers: [
        ["x-value", bytes(value)],
        ["x-other", "1"],
        ["x-value", ""],
        ["x-value", bytes(value)],
      ],
    }),
    read: (result) => {
      expect(headerOf(result, "x-other")).toBe("1");
      const values = result.request!.headers.filter(([name]) => name === "x-value").map(([, value]) => value);
      if (values.length === 0) return undefined;
      expect(values).toEqual([values[0], "", values[0]]);
      return decodedHeader(values[0]);
    },
  },
  "a cookie": {
    select: "cookie:value",
    sent: (value) => ({ headers: [["cookie", `Value=1; value=${value}; b="2"`]] }),
    read: (result) => between(headerOf(result, "cookie")!, "Value=1; value=", '; b="2"', 'Value=1; b="2"'),
    isPlain: true,
  },
  "a query parameter": {
    select: "query:value",
    sent: (value) => ({ path: `/a%7eb/value?Value=%7e+&value=${encoded(value)}&&b` }),
    read: (result) => between(target(result), "/a%7eb/value?Value=%7e+&value=", "&&b", "/a%7eb/value?Value=%7e+&&b"),
  },
  "a segment of the path": {
    select: "path:/v%7E1/{value}/**",
    sent: (value) => ({ path: `/v%7E1/${encoded(value)}/value/%7e?value=1` }),
    read: (result) => between(target(result), "/v%7E1/", "/value/%7e?value=1", ""),
  },
  "a trailer": {
    select: "header:x-value",
    sent: (value) => ({
      trailers: [
        ["x-before", "1"],
        ["x-value", bytes(value)],
      ],
    }),
    read: (result) => {
      const trailers = Object.fromEntries(result.request!.trailers ?? []);
      expect(trailers["x-before"]).toBe("1");
      return decodedHeader(trailers["x-value"]);
    },
  },
};

const actions: Record<string, [action: unknown, value: string]> = {
  pass: ["pass", "Zoë & co"],
  redact: ["redact", "Zoë & co"],
  "redact with a text": [{ redact: { with: "a=1&b" } }, "Zoë & co"],
  mask: [{ mask: { keepFirst: 1, keepLast: 2, char: "#" } }, "Zoë & co; ltd"],
  hash: [{ hash: { length: 12 } }, "Zoë & co"],
  truncate: [{ truncate: { keepFirst: 4 } }, "Zoë & co"],
  "generalize a date": [{ generalize: { date: "year" } }, "1986-04-12"],
  "generalize an address": [{ generalize: { ip: { v4: 24, v6: 48 } } }, "198.51.100.77"],
  "tokenize a card number": [{ tokenize: { format: "pan", keepFirst: 6 } }, "4111111111111111"],
  "tokenize an e-mail address": [{ tokenize: { format: "email" } }, "zoe@example.org"],
  "tokenize anything": [{ tokenize: { format: "opaque" } }, "Zoë & co; 50 %"],
};

const plain = (value: string) => value.replaceAll("ë", "e").replaceAll(/[ ;%]/g, "_");

const through = (place: Place, action: unknown, text: string) => {
  const value = place.isPlain ? plain(text) : text;
  const rule = { name: "r", select: [place.select.replace("%7E", "~"), "json:$.value"], action };
  const plugin = machine().vm.plugin("test", binaryOf({ limits: { hold: "1KiB" }, rules: [rule] }));
  const { trailers, headers = [], ...rest } = place.sent(value);
  const sent = { ...rest, headers: [json, ...headers], body: JSON.stringify({ value }) };
  if (trailers === undefined) return send(plugin, sent);
  const stream = plugin.stream();
  stream.requestHeaders([[":method", "POST"], [":path", "/"], json], false);
  stream.requestBody(Buffer.from(sent.body), false);
  stream.requestTrailers(trailers);
  const { upstream } = stream;
  stream.close();
  const request = { headers: upstream.headers ?? [], body: Buffer.concat(upstream.body), trailers: upstream.trailers };
  return { outcome: stream.localReply ? "blocked" : "forwarded", request } as unknown as ExchangeResult;
};

describe.each(Object.entries(places))("%s", (name, place) => {
  const isPath = name.includes("path");
  test.each(Object.entries(actions))("%s", (_, [action, value]) => {
    const result = through(place, action, value);
    const inBody = JSON.parse(bodyOf(result)).value;
    expect(place.read(result)).toBe(inBody);
    const isChanged = inBody !== (place.isPlain ? plain(value) : value);
    expect(isChanged).toBe(action !== "pass");
    // Empty stays empty; an empty segment would be another path.
    if (!isPath) expect(place.read(through(place, action, ""))).toBe("");
  });

  // A segment that goes would move those behind it: the compiler refuses the rule (path.test.ts).
  test.skipIf(isPath)("strip", () => {
    expect(place.read(through(place, "strip", "Zoë & co"))).toBeUndefined();
  });

  test("block", () => {
    const { outcome, request } = through(place, "block", "Zoë & co");
    // Trailers come when the body may have left: the message is cut.
    if (name === "a trailer") expect([outcome, request?.trailers]).toEqual(["blocked", undefined]);
    else expect([outcome, request]).toEqual(["blocked", undefined]);
  });
});

test("a cookie that is searched is read as receivers that decode it read it", async () => {
  const rules = [{ name: "mail", select: "any:", detect: ["EMAIL_ADDRESS"], action: { redact: { with: "x y" } } }];
  const bench = new Bench({ rules });
  const of = async (cookie: string) => {
    const headers: [string, string][] = [["cookie", cookie]];
    const run = await bench.run({ id: "cookie", request: { method: "GET", path: "/", headers } });
    expect(bench.findings(run)).toEqual([]);
    return run.result.request!.headers.find(([name]) => name === "cookie")![1];
  };
  expect(await of("a=%7e; m=jane%40example.org; n=1")).toBe("a=%7e; m=x%20y; n=1");
  expect(await of('m="to%20j%61ne%40example.org%21"')).toBe('m="to%20x%20y%21"');
  expect(await of("m=jane@example.org; n=50%; o=%zz")).toBe("m=x%20y; n=50%; o=%zz");
});

describe("reveal", () => {
  const value = "Zoë & co; 50 %";
  const cookie = plain(value);
  const rules = [
    {
      name: "note",
      select: ["json:$.value", "header:x-value", "cookie:value", "query:value", "path:/v~1/{value}/**"],
      action: { tokenize: { format: "opaque" } },
    },
    { name: "back", on: "response", select: ["header:x-val*", "cookie:value"], action: { reveal: "note" } },
  ];
  const { vm } = machine();
  const edge = vm.plugin("edge", binaryOf({ rules }));
  const tokenOf = (text: string): string =>
    JSON.parse(bodyOf(send(edge, { body: JSON.stringify({ value: text }) }))).value;
  const token = tokenOf(value);

  test("in headers, set-cookie and trailers of an answer; what is no token stays", () => {
    const stream = edge.stream();
    stream.requestHeaders(
      [
        [":method", "GET"],
        [":path", "/"],
      ],
      true,
    );
    const headers: [string, string][] = [
      [":status", "200"],
      ["content-type", "text/plain"],
      ["x-value", token],
      ["x-value", "plain"],
      ["x-value", token],
      ["x-other", token],
      ["set-cookie", `value=${tokenOf(cookie)}; Path=/; Secure`],
      ["set-cookie", `other=${token}`],
    ];
    stream.responseHeaders(headers, false);
    stream.responseBody(Buffer.from("x"), false);
    stream.responseTrailers([
      ["x-value", token],
      ["x-other", token],
    ]);
    const { headers: left, trailers } = stream.downstream;
    const of = (name: string) => left!.filter(([other]) => other === name).map(([, text]) => text);
    expect(of("x-value")).toEqual([bytes(value), "plain", bytes(value)]);
    expect(of("x-other")).toEqual([token]);
    expect(of("set-cookie")).toEqual([`value=${cookie}; Path=/; Secure`, `other=${token}`]);
    expect(Object.fromEntries(trailers!)).toEqual(
      Object.fromEntries([
        ["x-value", bytes(value)],
        ["x-other", token],
      ]),
    );
    stream.close();
  });

  test.each(Object.entries(places))("in %s of a call to an allowed destination", (_, place) => {
    const egress = vm.plugin("egress", binaryOf({ rules, egress: { clusters: ["pay"] } }, "egress"));
    const { trailers, headers = [], path = "/" } = place.sent(tokenOf(place.isPlain ? cookie : value));
    const stream = egress.stream({ properties: { "xds.cluster_name": "pay" } });
    stream.requestHeaders([[":method", "POST"], [":path", path], json, ...headers], false);
    stream.requestBody(Buffer.from("{}"), trailers === undefined);
    if (trailers) stream.requestTrailers(trailers);
    const { upstream } = stream;
    const request = { headers: upstream.headers ?? [], body: new Uint8Array(0), trailers: upstream.trailers };
    expect(stream.localReply).toBeUndefined();
    expect(place.read({ request } as unknown as ExchangeResult)).toBe(place.isPlain ? cookie : value);
    stream.close();
  });
});

test.each(["", null])("redact with %j leaves nothing of a text, and what was around a find", async (nothing) => {
  const action = { redact: { with: nothing } };
  const bench = new Bench({
    rules: [
      { name: "own", select: ["header:x-own", "form:own"], action },
      { name: "mail", select: "any:", detect: ["EMAIL_ADDRESS"], action },
    ],
  });
  const headers: [string, string][] = [
    ["content-type", "application/x-www-form-urlencoded"],
    ["x-own", "secret"],
    ["x-a", "of ann@example.org!"],
  ];
  const body = Buffer.from("own=secret&a=of+ann%40example.org&b=ann%40example.org");
  const run = await bench.run({ id: "one", request: { method: "POST", path: "/?q=ann@example.org,x", headers, body } });
  expect(bench.findings(run)).toEqual([]);
  expect(Buffer.from(run.result.request!.body).toString()).toBe("own=&a=of+&b=");
  const left = new Map(run.result.request!.headers);
  expect(["x-own", "x-a", ":path"].map((name) => left.get(name))).toEqual(["", "of !", "/?q=,x"]);
});
