// Names that receivers read as others: Django, Netty and Rack trim them, PHP makes names of variables of them, CGI and WSGI
// names of the environment. A rule on what they read acts, and the proof says so too.
import { describe, expect, test } from "vitest";
import { cutsOf } from "../../../scripts/replay/chunks.ts";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { Bench, bytes, request, textOf } from "../replay/support.ts";

const secret = "4111-secret";
const type = (value: string): [string, string] => ["content-type", value];

/** A field of a name, percent-encoded where the place has that, and what left. */
const places: Record<string, (bench: Bench, name: string) => Promise<[left: string, findings: readonly unknown[]]>> = {
  async form(bench, name) {
    const body = `a=1&${encodeURIComponent(name)}=${secret}&b=2`;
    const run = await bench.run(request(body, { headers: [type("application/x-www-form-urlencoded")] }));
    return [textOf(run.result.request?.body), bench.findings(run)];
  },
  async query(bench, name) {
    const run = await bench.run(request(undefined, { path: `/p?a=1&${encodeURIComponent(name)}=${secret}&b=2` }));
    return [run.result.request!.headers.find(([header]) => header === ":path")![1], bench.findings(run)];
  },
  async multipart(bench, name) {
    const body = `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${secret}\r\n--x--\r\n`;
    const run = await bench.run(request(body, { headers: [type("multipart/form-data; boundary=x")] }));
    return [textOf(run.result.request?.body), bench.findings(run)];
  },
};

/** A name that is no UTF-8: its bytes, one character each, as they are or as escapes. */
const narrow: Record<string, (name: string) => Recording> = {
  "form, escaped": (name) => request(`a=1&${escape(name)}=${secret}`, { headers: [type(formType)] }),
  form: (name) => withBytes(formType, `a=1&${name}=${secret}`),
  query: (name) => request(undefined, { path: `/p?${escape(name)}=${secret}` }),
  multipart: (name) =>
    withBytes("multipart/form-data; boundary=x", `${disposition(`form-data; name="${name}"`)}${secret}\r\n--x--\r\n`),
};
const formType = "application/x-www-form-urlencoded";
const withBytes = (contentType: string, text: string): Recording => ({
  ...request(undefined),
  request: {
    method: "POST",
    path: "/",
    headers: [type(contentType)],
    body: new Uint8Array(Buffer.from(text, "latin1")),
  },
});
const disposition = (value: string) => `--x\r\nContent-Disposition: ${value}\r\n\r\n`;

describe.each([["by location"], ["by name"]])("a name in windows-1252, %s", (kind) => {
  const select =
    kind === "by name"
      ? ["named:straße", "named:œuvre"]
      : ["form", "query", "multipart"].flatMap((place) => [`${place}:straße`, `${place}:œuvre`]);
  const bench = new Bench({ rules: [{ name: "r", select, action: "redact" }] });
  const left = async (recording: Recording) => {
    const whole = await bench.run(recording);
    expect(bench.findings(whole)).toEqual([]);
    const { body, headers } = whole.result.request!;
    for (const cut of cutsOf(recording.request.body?.length ?? 0).cuts) {
      const { result } = await bench.run(recording, cut);
      expect(Buffer.from(result.request!.body ?? [])).toEqual(Buffer.from(body ?? []));
    }
    return textOf(body) + headers.find(([name]) => name === ":path")![1];
  };

  test.each(Object.entries(narrow))("in a %s (Starlette, busboy, Undertow, Tomcat)", async (_, write) => {
    for (const name of ["stra\xdfe", "\x9cuvre"]) {
      const found = await left(write(name));
      expect([found.includes(secret), found.includes("redacted")]).toEqual([false, true]);
    }
    expect(await left(write("stra\xdf"))).toContain(secret);
  });
});

test("a part whose disposition is not in small letters, which Undertow takes for one of the name before", async () => {
  const part = (value: string) => `${disposition(value)}${secret}\r\n--x--\r\n`;
  const run = (value: string) =>
    policies["by name"].run(request(part(value), { headers: [type("multipart/form-data; boundary=x")] }));
  expect((await run('Form-Data; name="a"')).result.reason).toBe("multipart_header");
  expect((await run('form-data; name="a"')).result.outcome).toBe("forwarded");
});

const rules = (select: string[]) => ({ rules: [{ name: "r", select, action: "redact" }] });
const onAnswers = (select: string) => ({ rules: [{ name: "r", on: "response", select, action: "redact" }] });
const events = (line: string) => ({
  ...request(undefined),
  response: { status: 200, headers: [type("text/event-stream")], body: bytes(`${line}\ndata: {"a":1}\n\n`) },
});
const policies = {
  "by location": new Bench(rules(Object.keys(places).map((location) => `${location}:card_no`))),
  "by name": new Bench(rules(["named:card_no"])),
};

describe.each(Object.entries(policies))("%s", (_, bench) => {
  describe.each(Object.entries(places))("%s", (_place, send) => {
    test.each([
      ["Django, Netty: a blank behind it", "card_no "],
      ["Django: a blank of another kind around it", "\u3000card_no\u00a0"],
      ["Rack: in brackets", "[card_no]"],
      ["Rack: an opening one", "[card_no"],
      ["Rack: a closing one", "card_no]"],
      ["URLSearchParams of a text: a question mark", "?card_no"],
      ["of a text: a byte order mark", "\ufeffcard_no"],
      ["PHP: a blank for the underscore", "card no"],
      ["PHP: a bracket that nothing closes", "card[no"],
      ["PHP: a point for the underscore, blanks around it", " card.no "],
      ["Rack: brackets of both kinds around it", "][card_no]]"],
      ["Rails: a part of the value by its position", "card_no(1i)"],
      ["Spring: the mark of a default", "!card_no"],
      ["aiohttp, in parts: a slash in front of it", "/card_no"],
      ["query-string: a number sign in front of it", "#card_no"],
      ["Netty, in parts: separators around it", ":,card_no:,="],
      ["Rocket: a point in front of it", ".card_no"],
      ["Rocket: points around it", "..card_no."],
      ["Rocket: an opening bracket behind it", "card_no["],
      ["Rocket: in brackets, and another one behind it", "[card_no].["],
    ])("%s", async (_title, name) => {
      const [left, findings] = await send(bench, name);
      expect([left.includes(secret), left.includes("redacted"), findings]).toEqual([false, true, []]);
    });

    test.each([
      "card_no(i)",
      "card_no(1)x",
      "card_no(",
      "card.number",
      "card_no2",
      "a[card",
      "card[no]",
      "xcard_no",
      "card__no",
    ])("not %s", async (name) => {
      expect(await send(bench, name)).toEqual([expect.stringContaining(secret), []]);
    });
  });

  test("Netty: an equals sign in front of the name of a parameter", async () => {
    const { result } = await bench.run(request(undefined, { path: `/p?=card_no=${secret}` }));
    expect(result.reason).toBe("form_separator");
    const [left] = await places.query!(bench, "=a");
    expect(left).toContain(secret);
  });

  test("Spring: a NUL in front of the name, which is refused in a form", async () => {
    const [left, findings] = await places.query!(bench, "\0card_no");
    expect([left.includes(secret), left.includes("redacted"), findings]).toEqual([false, true, []]);
    expect(await places.form!(bench, "\0card_no")).toEqual(["", []]);
  });

  test("a query: what stands behind a NUL", async () => {
    const [left, findings] = await places.query!(bench, "card_no\0x");
    expect([left.includes(secret), findings]).toEqual([false, []]);
  });
});

test.each(["x_card", "x.card", "x-card"])("CGI, WSGI, PHP: the header %s", async (name) => {
  const bench = new Bench(rules(["header:x-card"]));
  const run = await bench.run(request(undefined, { headers: [[name, secret]] }));
  expect(run.result.request!.headers).toContainEqual([name, "[redacted]"]);
  expect(bench.findings(run)).toEqual([]);
});

test.each([
  ["lines that Python ends otherwise: a comment", `: c\u2028data: {"card_no":"${secret}"}`],
  ["an id", `id: 1\u0085data:{"card_no":"${secret}"}`],
  ["an unknown field, in capitals", `x\vDATA: {"card_no":"${secret}"}`],
])("refused in events: %s", async (_title, line) => {
  for (const bench of [new Bench(onAnswers("named:card_no")), new Bench(onAnswers("json:$.card_no"))]) {
    const run = await bench.run(events(line));
    expect(run.result).toMatchObject({ outcome: "blocked", reason: "event_field" });
  }
});

test.each([": some data: 1", "id: a-data", ": \u00e9 data", ": \u00e9database", "metadata: x"])(
  "not in events: %s",
  async (line) => {
    const bench = new Bench(onAnswers("named:card_no"));
    const run = await bench.run(events(line));
    expect(textOf(run.result.response?.body)).toBe(textOf(events(line).response!.body));
    expect(bench.findings(run)).toEqual([]);
  },
);

test.each([
  ["an object", `{"card_no":"${secret}"}`],
  ["behind a byte order mark and lines that are empty", `\ufeff\r\n\n {\r\n\r\n"card_no":"${secret}"}`],
  ["a list", `[1,{"card_no":"${secret}"}]`],
  ["XML", `<a card_no="${secret}"/>`],
])("a stream of events that is a document for who does not look at its type: %s", async (_title, body) => {
  for (const select of ["named:card_no", "json:$..card_no"]) {
    const bench = new Bench(rules([select]));
    const recording = request(body, { headers: [type("text/event-stream")] });
    for (const cut of [undefined, ...cutsOf(recording.request.body!.length).cuts]) {
      const run = await bench.run(recording, cut);
      expect(run.result).toMatchObject({ outcome: "blocked", reason: "event_field" });
      expect(bench.findings(run)).toEqual([]);
    }
  }
});

test("a form that is a query of GraphQL, which gqlgen reads", async () => {
  const form = type("application/x-www-form-urlencoded");
  for (const query of [`mutation { pay(card_no: "${secret}") }`, `query Q($card_no: S = "${secret}") { a }`]) {
    const run = await policies["by name"].run(request(query, { headers: [form] }));
    expect(run.result).toMatchObject({ outcome: "blocked", reason: "form_name" });
  }
  const run = await policies["by name"].run(request("query=&query[a]=1&mutation", { headers: [form] }));
  expect(textOf(run.result.request?.body)).toBe("query=&query[a]=1&mutation");
});

test("a document in a field whose name is read otherwise is read", async () => {
  const bench = new Bench({
    rules: [{ name: "r", select: ["query:my_data|json:$.pan", "multipart:my_data|json:$.pan"], action: "redact" }],
  });
  const run = await bench.run(request(undefined, { path: `/p?my.data=%7B%22pan%22%3A%22${secret}%22%7D` }));
  expect(run.result.request!.headers).toContainEqual([":path", "/p?my.data=%7B%22pan%22%3A%22%5Bredacted%5D%22%7D"]);
  expect(bench.findings(run)).toEqual([]);
});

test("the first rule that names either reading decides, and what passes says nothing of another one", async () => {
  const left = async (rules: object[], name: string, parts: object = {}) => {
    const bench = new Bench({ ...parts, rules });
    const [body, findings] = await places.form!(bench, name);
    expect(findings).toEqual([]);
    return body;
  };
  const pass = (select: string) => ({ name: "pass", select, action: "pass" });
  const strip = (select: string) => ({ name: "strip", select, action: "strip" });
  expect(await left([pass("form:card.no"), strip("form:card_no")], "card.no")).toContain(secret);
  expect(await left([strip("form:card_no"), pass("form:card.no")], "card.no")).toBe("a=1&b=2");
  expect(await left([pass("form:card_no"), strip("form:card*")], "[card_no]")).toContain(secret);
  expect(await left([pass("form:card_no")], "[card_no]", { unmatched: "redact" })).not.toContain(secret);
});

describe("cookies that receivers part in two ways", () => {
  const bench = new Bench({
    rules: [
      { name: "strip", select: "cookie:card", action: "strip" },
      { name: "redact", select: "cookie:pin_no", action: "redact" },
    ],
  });
  const sent = (cookie: string) => bench.run(request(undefined, { headers: [["cookie", cookie]] }));

  test.each([
    ["http.cookies: a semicolon in quotes", `card="x; ${secret}"`],
    ["the same behind an escaped quote", `a=1; pin_no="x\\";${secret}"`],
    ["http.cookies: a blank ends a value", `a=b card=${secret}`],
    ["the same in a cookie within another one", `card=1 pin_no="x;${secret}"`],
    ["browsers, when they send back what has no name", `a=1; =card=${secret}`],
    ["a comma and a blank", `a=b, pin_no=${secret}; c=1`],
    ["aiohttp: a word in front of the name", `a\tcard=${secret}`],
    ["a quote ends a value, and a blank follows the name", `a="b" card =${secret}`],
  ])("refused: %s", async (_title, cookie) => {
    expect((await sent(cookie)).result).toMatchObject({ outcome: "blocked", reason: "form_separator" });
  });

  test.each([
    ["Netty: a comma in front", `a=1; ,card=${secret}`, "a=1"],
    ["Django: a blank of another kind", `\u00a0pin_no=${secret}`, "\u00c2\u00a0pin_no=[redacted]"],
    ["actix, axum, salvo: an escape in the name", `p%69n_no=${secret}; %63ard=${secret}`, "p%69n_no=[redacted]"],
    ["an escaped escape", "p%2569n_no=1; p%6=2", "p%2569n_no=1; p%6=2"],
    ["PHP: a point", `pin.no=${secret}`, "pin.no=[redacted]"],
    ["words and lists in a value", 'a=b c, d="e=f"; g={"card":1,"x":"="}', 'a=b c, d="e=f"; g={"card":1,"x":"="}'],
    ["equals signs in a value", "a=x&card=1", "a=x&card=1"],
    ["cookies without a name", "=x=card; =card; ==card=1", "=x=card; =card; ==card=1"],
    ["one quote", `a=1; card="${secret}; b=2`, "a=1; b=2"],
    ["quotes in quotes", 'a="1"; pin_no="2"; b="3"', 'a="1"; pin_no="[redacted]"; b="3"'],
  ])("%s", async (_title, cookie, expected) => {
    const run = await sent(cookie);
    expect(run.result.request!.headers).toContainEqual(["cookie", expected]);
    expect(bench.findings(run)).toEqual([]);
  });
});
