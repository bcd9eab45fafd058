// Parts that name a format and that a rule takes by their name: documents in which that rule acts as on the root of a body,
// at every cut, and proven by the independent readers.
import { describe, expect, test } from "vitest";
import { bodyOf, pluginOf, send } from "../filter/support.ts";
import { Bench, request } from "../replay/support.ts";

// Of one key, so that equal values are equal tokens under every policy.
process.env.FROSTGLASS_KEY = "01".repeat(32);

const headers: [string, string][] = [["content-type", "multipart/form-data; boundary=b"]];
const part = (type: string | undefined, value: string, name = "card") =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n${type === undefined ? "" : `Content-Type: ${type}\r\n`}\r\n${value}\r\n`;
const rest = `${part(undefined, "zz", "z")}--b--\r\n`;

/** What becomes of a body, or why it is refused; the same however it is cut. */
async function left(bench: Bench, type: string, value: string): Promise<string> {
  const body = new Uint8Array(Buffer.from(value, "latin1"));
  const outcomes: string[] = [];
  for (const chunk of [undefined, "each", 7] as const) {
    const run = await bench.run(request(undefined, { headers: [["content-type", type]], body }), chunk);
    expect(bench.findings(run)).toEqual([]);
    const { outcome, reason, request: sent } = run.result;
    outcomes.push(outcome === "forwarded" ? Buffer.from(sent?.body ?? []).toString("latin1") : reason!);
  }
  expect(new Set(outcomes).size).toBe(1);
  return outcomes[0]!;
}

/** The same of the first part, whose name is `card`. */
async function leftOf(bench: Bench, type: string | undefined, value: string, name = "card"): Promise<string> {
  const body = await left(bench, headers[0]![1], part(type, value, name) + rest);
  return /^--b\r\n.*?\r\n\r\n(.*?)\r\n--b\r\n/s.exec(body)?.[1] ?? body;
}

const actions: Record<string, object | string> = {
  redact: "redact",
  "redact with a word": { redact: { with: "gone" } },
  "redact that keeps the structure": { redact: { keepStructure: true } },
  mask: { mask: { keepLast: 1 } },
  hash: { hash: { length: 8 } },
  tokenize: { tokenize: { format: "opaque", domain: "d" } },
  truncate: { truncate: { keepFirst: 1 } },
  generalize: { generalize: { date: "year" } },
};

const benchOf = (select: string | string[], action: object | string, more: object[] = [], policy: object = {}) =>
  new Bench({ rules: [...more, { name: "card", select, action }], ...policy });

describe.each(Object.entries(actions))(
  "what a rule on the root of a body does, one on a part does: %s",
  (_, action) => {
    test.each([
      ["application/json", "json:$", '{"number":"4111","a":[1,true,null,""],"b":{"c":{}}}'],
      ["application/json", "json:$", ' [ "4111" , {"x":2.5e3} ] '],
      ["application/json", "json:$", '"4111"'],
      ["application/json", "json:$", "4111"],
      ["application/json", "json:$", "-0.5"],
      ["application/json", "json:$", "true"],
      ["application/json", "json:$", "null"],
      ["application/json", "json:$", '""'],
      ["application/json", "json:$", "{ }"],
      ["application/vnd.a+json; charset=utf-8", "json:$", '\xef\xbb\xbf{"a":"2020-01-02"}'],
      ["text/json; charset=iso-8859-1", "json:$", '{"a":"caf\xe9"}'],
      ["application/json", "json:$", '{"a":1} {}'],
      ["application/json", "json:$", '{"a":"4111"'],
      ["application/json", "json:$", "4111 1111"],
      ["application/json", "json:$", "  "],
      ["application/x-ndjson", "json:$", '{"a":"4111"}\n\n[2]\n"x"'],
      ["application/x-ndjson", "json:$", "4111 1111\n"],
      ["application/json-seq", "json:$", '\x1e{"a":"4111"}\n\x1e7\n'],
      ["text/event-stream", "json:$", 'event: a\ndata: {"a":"4111"}\n\ndata: [DONE]\n\n'],
      ["text/event-stream", "json:$", "data: 4111 1111\n\n"],
      ["application/x-www-form-urlencoded", "form:*", "number=4111+1111&cvc=&a%20b=%37"],
      ["application/x-www-form-urlencoded", "form:*", '{"a":1}'],
      ["application/x-www-form-urlencoded; charset=iso-8859-1", "form:*", "a=caf\xe9"],
      ["application/xml", "xml:/*", "<a> <b>4111</b><c d='7'/>x</a>"],
      ["text/xml; charset=iso-8859-1", "xml:/*", '<?xml version="1.0"?>\n<a>caf\xe9</a>'],
      ["application/soap+xml", "xml:/*", "<a/>"],
      ["application/xml", "xml:/*", "<a>4111</b>"],
      ["application/xml", "xml:/*", "4111"],
      ["application/graphql", "json:$", "{ card(number: 4111) { id } }"],
    ])("%s %s %j", async (type, root, value) => {
      const body = await left(benchOf(root, action), type, value);
      expect(await leftOf(benchOf("multipart:card", action), type, value)).toBe(body);
      expect(await leftOf(benchOf("named:card", action), type, value)).toBe(body);
    });
  },
);

const mask = { mask: {} };

describe("what a rule takes by the name of a part stays a document of its type", () => {
  test.each([
    ["application/json", '{"number":"4111","a":[1,true,null,""]}', '{"number":"****","a":[1,false,null,""]}'],
    ["application/json", "", ""],
    ["application/json", "41x1", "json_syntax"],
    ["application/x-ndjson", '{"a":"41"}\n{"b":7}\n', '{"a":"**"}\n{"b":1}\n'],
    ["text/event-stream", ': 4111\nid: 41\ndata: {"a":"41"}\n\n', 'data: {"a":"**"}\n\n'],
    ["text/event-stream", "data: 4111 1111\n\n", "json_syntax"],
    ["application/x-www-form-urlencoded", "number=4111&b=", "number=****&b="],
    ["application/x-www-form-urlencoded", "a=1&&b=2&", "a=*&&b=*&"],
    ["application/x-www-form-urlencoded", "4111", "form_name"],
    ["application/x-www-form-urlencoded", "a=1&4111", "form_name"],
    ["application/x-www-form-urlencoded", "", ""],
    [
      "application/xml",
      '<?xml version="1.0"?><!-- 4111 --><?p 4111?><a b="41" xmlns="u"><c d="7">1<!-- 2 --></c><e/></a><!-- 4111 -->',
      '<?xml version="1.0"?><a b="**" xmlns="u"><c d="*">*</c><e/></a>',
    ],
    ["application/xml", "", ""],
    ["text/plain", '{"number":"4111"}', "*".repeat(17)],
    ["text/plain", "4111 1111", "*".repeat(9)],
    ["application/octet-stream", '{"number":"4111"}', "*".repeat(17)],
    [undefined, '{"number":"4111"}', "*".repeat(17)],
  ])("%s %j", async (type, before, after) => {
    expect(await leftOf(benchOf("multipart:card", mask), type, before)).toBe(after);
  });

  test("redacted as a whole", async () => {
    const bench = benchOf("named:card", "redact");
    expect(await leftOf(bench, "application/json", '{"number":"4111"}')).toBe("{}");
    expect(await leftOf(bench, "application/xml", '<a b="1"><c>2</c></a>')).toBe('<a b="[redacted]"></a>');
    expect(await leftOf(bench, "application/xml", "<a>2</a>")).toBe("<a>[redacted]</a>");
    expect(await leftOf(bench, "application/x-www-form-urlencoded", "a=1")).toBe("a=%5Bredacted%5D");
  });

  test("a part that goes, goes; one that is refused is", async () => {
    expect(await left(benchOf("named:card", "strip"), headers[0]![1], part("application/json", '{"a":') + rest)).toBe(
      rest,
    );
    expect(await leftOf(benchOf("named:card", "block"), "application/json", "{}")).toBe("rule_block");
  });

  test("a document of any length goes through as it comes, value by value; other formats wait, up to limits.hold", async () => {
    const limits = { value: "1KiB", hold: "4KiB", body: "1MiB" };
    const bench = benchOf("multipart:card", mask, [], { limits });
    const long = Array.from({ length: 800 }, () => '"41"').join();
    expect(await leftOf(bench, "application/json", `[${long}]`)).toBe(`[${long.replaceAll("41", "**")}]`);
    expect(await leftOf(bench, "application/json", `["${"4".repeat(1025)}"]`)).toBe('["[redacted]"]');
    expect(await leftOf(bench, "application/xml", `<a>${"<b>4</b>".repeat(800)}</a>`)).toBe("limit_value");
  });
});

describe("of the rule on the part and one inside, the earlier decides", () => {
  const inside = { name: "inside", select: ["json:$.a", "xml://a", "form:a"], action: "redact" };
  const passing = { ...inside, action: "pass" };
  const cover = { name: "cover", select: "multipart:card", action: mask };
  test.each([
    [[inside, cover], "application/json", '{"a":"1","b":"2"}', '{"a":"[redacted]","b":"*"}'],
    [[cover, inside], "application/json", '{"a":"1","b":"2"}', '{"a":"*","b":"*"}'],
    [[passing, cover], "application/json", '{"a":"1","b":"2"}', '{"a":"1","b":"*"}'],
    [[cover, passing], "application/json", '{"a":"1","b":"2"}', '{"a":"*","b":"*"}'],
    [[inside, cover], "application/xml", "<r><a>1</a>2</r>", "<r><a>[redacted]</a>*</r>"],
    [[cover, inside], "application/xml", "<r><a>1</a>2</r>", "<r><a>*</a>*</r>"],
    [[passing, cover], "application/xml", "<r><a>1</a>2</r>", "<r><a>1</a>*</r>"],
    [[inside, cover], "application/x-www-form-urlencoded", "a=1&b=2", "a=%5Bredacted%5D&b=*"],
    [[cover, inside], "application/x-www-form-urlencoded", "a=1&b=2", "a=*&b=*"],
    [[passing, cover], "application/x-www-form-urlencoded", "a=1&b=2", "a=1&b=*"],
    [[inside, { ...cover, action: "redact" }], "application/json", '{"a":"1"}', "{}"],
  ])("%j %s %j", async (rules, type, before, after) => {
    for (const unmatched of ["pass", "redact", "block"]) {
      const first = { name: "z", select: "multipart:z", action: "pass" };
      expect(await leftOf(new Bench({ unmatched, rules: [first, ...rules] }), type, before)).toBe(after);
    }
  });

  test("a rule by name inside", async () => {
    const bench = benchOf("named:card", mask, [{ name: "pan", select: "named:pan", action: "redact" }]);
    expect(await leftOf(bench, "application/json", '{"pan":"41","x":{"card":"7"}}')).toBe(
      '{"pan":"[redacted]","x":{"card":"*"}}',
    );
  });

  test("rules that look everywhere stand before it, or have nothing to find", async () => {
    const any = { name: "any", select: "any:", detect: ["CREDIT_CARD"], action: "redact" };
    const value = '{"a":"pan 4111111111111111","b":"x"}';
    expect(await leftOf(benchOf("multipart:card", mask, [any]), "application/json", value)).toBe(
      '{"a":"pan [redacted]","b":"*"}',
    );
    const behind = new Bench({ rules: [{ name: "card", select: "multipart:card", action: mask }, any] });
    expect(await leftOf(behind, "application/json", value)).toBe(`{"a":"${"*".repeat(20)}","b":"*"}`);
  });

  test("what detects by the name of the part looks into its spelling, as long as it stands before", async () => {
    const found = { name: "found", select: "multipart:card", detect: ["CREDIT_CARD"], action: "redact" };
    const value = '{"a":"4111111111111111","b":"x"}';
    expect(await leftOf(benchOf("multipart:card", mask, [found]), "application/json", value)).toBe(
      '{"a":"[redacted]","b":"x"}',
    );
    const behind = new Bench({ rules: [{ name: "card", select: "multipart:card", action: mask }, found] });
    expect(await leftOf(behind, "application/json", value)).toBe(`{"a":"${"*".repeat(16)}","b":"*"}`);
  });

  test("a rule that says that the part is JSON looks into it where it says so, too", async () => {
    const told = { name: "told", select: "multipart:card|json:$.a", action: "redact" };
    const bench = benchOf("multipart:card", mask, [told]);
    expect(await leftOf(bench, "application/json", '{"a":"1","b":"2"}')).toBe('{"a":"[redacted]","b":"*"}');
    expect(await leftOf(bench, "application/xml", "<a>1</a>")).toBe("*".repeat(8));
    expect(await leftOf(bench, undefined, '{"a":"1"}')).toBe("*".repeat(9));
    const behind = new Bench({ rules: [{ name: "card", select: "multipart:card", action: mask }, told] });
    expect(await leftOf(behind, "text/json", '{"a":"1","b":"2"}')).toBe('{"a":"*","b":"*"}');
  });

  test("a rule that says how the part is decoded otherwise comes before its type", async () => {
    const told = { name: "told", select: "multipart:card|base64|json:$.a", action: "redact" };
    const value = Buffer.from('{"a":"1"}').toString("base64");
    const after = Buffer.from('{"a":"[redacted]"}').toString("base64");
    expect(await leftOf(benchOf("multipart:card", mask, [told]), "application/json", value)).toBe(after);
  });
});

describe("the way back", () => {
  const documents: [type: string, value: string][] = [
    ["application/json", '{"number":"4111111111111111","a":[[],null,"x y"]}'],
    ["application/json", '"4111111111111111"'],
    ["application/json; charset=iso-8859-1", '{"a":"Jane"}'],
    ["application/x-ndjson", '{"a":"4111111111111111"}\n["x y"]\n'],
    ["application/json-seq", '\x1e{"a":"x y"}\n'],
    ["text/event-stream", 'event: a\ndata: {"a":"x y"}\n\n'],
    ["application/x-www-form-urlencoded", "number=4111111111111111&a=x%20y&b="],
    ["application/xml", '<a b="x y"><c>4111111111111111</c> <d/></a>'],
    ["application/graphql", "{ card(number: 4111) { id } }"],
    ["text/plain", "4111111111111111"],
  ];
  const type = headers[0]![1];
  const back = (plugin: ReturnType<typeof pluginOf>, body: string, chunk?: [number]) => {
    const response = { headers: [["content-type", type]] as [string, string][], body };
    const given = { method: "GET", headers: [], response };
    return send(plugin, given, chunk && { chunk });
  };

  test.each(documents)("tokens in a document are turned back: %s %s", (of, value) => {
    for (const select of ["multipart:card", "named:card"]) {
      const plugin = pluginOf({
        rules: [
          { name: "card", select, action: { tokenize: { format: "opaque" } } },
          { name: "back", on: "response", select, action: { reveal: "card" } },
        ],
      });
      const original = part(of, value) + rest;
      const sent = bodyOf(send(plugin, { headers, body: original }));
      expect(sent).not.toBe(original);
      expect(sent).toContain("fg1.");
      for (let cut = 1; cut < sent.length; cut++) {
        expect(Buffer.from(back(plugin, sent, [cut]).response!.body).toString()).toBe(original);
      }
    }
  });

  test("a number that was tokenized comes back as one", () => {
    const plugin = pluginOf({
      rules: [
        { name: "card", select: "named:card", action: { tokenize: { format: "pan" } } },
        { name: "back", on: "response", select: "named:card", action: { reveal: "card" } },
      ],
    });
    const original = part("application/json", '{"n":4111111111111111,"s":"4111111111111111"}') + rest;
    const sent = bodyOf(send(plugin, { headers, body: original }));
    expect(sent).not.toContain("4111111111111111");
    expect(Buffer.from(back(plugin, sent).response!.body).toString()).toBe(original);
  });

  test.each(Object.entries(actions))(
    "what left is read again where the same rule acts on answers: %s",
    async (_, action) => {
      for (const [of, value] of documents) {
        const rules = [{ name: "card", on: ["request", "response"], select: "named:card", action }];
        const sent = await left(new Bench({ rules }), type, part(of, value) + rest);
        const response = { status: 200, headers, body: new Uint8Array(Buffer.from(sent, "latin1")) };
        const bench = new Bench({ rules });
        const run = await bench.run({ ...request("{}"), response }, "each");
        expect([of, run.result.outcome, run.result.reason]).toEqual([of, "forwarded", undefined]);
        expect(bench.findings(run)).toEqual([]);
      }
    },
  );

  test("an original that holds the boundary is refused in a document, too", () => {
    const rules = [
      { name: "card", select: "json:$.a", action: { tokenize: { format: "opaque" } } },
      { name: "part", select: "multipart:card", action: { tokenize: { format: "opaque" } } },
      { name: "back", on: "response", select: ["multipart:card", "named:other"], action: { reveal: "card" } },
    ];
    const plugin = pluginOf({ rules });
    const original = '{"a":"x --b y"}';
    const json: [string, string] = ["content-type", "application/json"];
    const token = bodyOf(send(plugin, { headers: [json], body: original }));
    for (const name of ["card", "p"]) {
      const value = name === "p" ? token.replace('"a"', '"other"') : token;
      for (const cut of [undefined, [1] as [number], [90] as [number]]) {
        const result = back(plugin, part("application/json", value, name) + rest, cut);
        expect(Buffer.from(result.response!.body).toString()).toContain("multipart_delimiter");
      }
    }
  });
});
