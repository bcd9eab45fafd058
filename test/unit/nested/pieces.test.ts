// Documents that come in pieces, an event each, as language models stream the arguments of a call: whoever puts the pieces
// together gets what the rules make of the document as a whole, at every cut; what never ends does not leave. The leak proof
// agrees, and finds what is planted in pieces.
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sent } from "../replay/cuts.ts";
import { Bench, request, textOf, withBody } from "../replay/support.ts";
import { named, searching } from "./places.ts";

const events = (data: readonly unknown[]): string =>
  data.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`).join("");
const stream = (body: string) => request(body, { headers: [["content-type", "text/event-stream"]] });

/** How services tell a piece of the call `index`, and how clients read it again. */
const shapes = {
  Anthropic: {
    put: (text: string, index: number): unknown => ({
      type: "content_block_delta",
      index,
      delta: { type: "input_json_delta", partial_json: text },
    }),
    get: (data: never): string => (data as { delta: { partial_json: string } }).delta.partial_json,
  },
  "OpenAI, chat": {
    put: (text: string, index: number): unknown => ({
      id: "chatcmpl-1",
      choices: [{ index: 0, delta: { tool_calls: [{ function: { arguments: text }, index }] }, finish_reason: null }],
    }),
    get: (data: never): string =>
      (data as { choices: [{ delta: { tool_calls: [{ function: { arguments: string } }] } }] }).choices[0].delta
        .tool_calls[0].function.arguments,
  },
  "OpenAI, responses": {
    put: (text: string, index: number): unknown => ({
      type: "response.function_call_arguments.delta",
      delta: text,
      item_id: `fc_${index}`,
      output_index: index,
    }),
    get: (data: never): string => (data as { delta: string }).delta,
  },
};
type Shape = (typeof shapes)["Anthropic"];

/** What a client puts together of the data of all events that are not `other`. */
function together(shape: Shape, body: string): string {
  const pieces: string[] = [];
  const parser = createParser({
    onEvent: ({ data }) => {
      if (data !== "[DONE]" && !data.includes('"ping"')) pieces.push(shape.get(JSON.parse(data) as never));
    },
  });
  parser.feed(body);
  return pieces.join("");
}

const ping = { type: "ping" };
const bodyOf = (shape: Shape, pieces: readonly string[]): string =>
  events([...pieces.flatMap((text, at) => (at === 2 ? [ping, shape.put(text, 0)] : [shape.put(text, 0)])), "[DONE]"]);

async function put(shape: Shape, pieces: readonly string[], policy: object): Promise<string> {
  const left = await sent(stream(bodyOf(shape, pieces)), policy);
  return typeof left === "string" ? left : together(shape, left.body);
}

describe.each(Object.entries(shapes))("%s", (_, shape) => {
  test.each([named, searching])("rules by name reach what the pieces spell", async (policy) => {
    const cases: [string[], string][] = [
      [["", '{"cvv', '": "1', "23", '"}'], '{"cvv": "[redacted]"}'],
      [['{"', "cvv", '":"123","in":[{"pan":"1234', '5678"}]', "}"], '{"cvv":"[redacted]","in":[{"pan":"****5678"}]}'],
      [["{", '"cvv":"1', '23"}'], '{"cvv":"[redacted]"}'],
      [[" ", "[", " {", '"pin": [1', '], "x":1}]\n'], ' [ {"x":1}]\n'],
      [['{"a":"\\', '"}","cvv":"1"}'], '{"a":"\\"}","cvv":"[redacted]"}'],
      [['["a"', ', "é\u2028', '\\n"]'], '["a", "é\u2028\\n"]'],
      [['{"t":"{\\"cvv\\":', '\\"123\\"}"}'], '{"t":"{\\"cvv\\":\\"[redacted]\\"}"}'],
      // Whole documents, one behind the other.
      [['{"cvv":"1"}', '{"cvv":', '"2"}'], '{"cvv":"[redacted]"}{"cvv":"[redacted]"}'],
      // Texts that only begin like one.
      [["[", "1]", "{", "x", "{{", '"cvv"'], '[1]{x{{"cvv"'],
      [["[", "[", "note] cvv: 123"], "[[note] cvv: 123"],
    ];
    for (const [pieces, expected] of cases)
      expect([pieces, await put(shape, pieces, policy)]).toEqual([pieces, expected]);
  });

  test("a document in which no rule acts stays, whatever its spelling", async () => {
    for (const text of ['{"a" : "\\u0041\\/\\n",\t"b":[1.50,{}]}', '["\\"", "\\\\", "]"] ']) {
      for (let cut = 1; cut < text.length; cut++) {
        const pieces = [text.slice(0, cut), text.slice(cut)];
        expect(await put(shape, pieces, named)).toBe(text);
      }
    }
  });

  test("what is no document, or never ends, is refused, and nothing of it leaves", async () => {
    for (const pieces of [
      ['{"cvv":"1', "23"],
      ['{"a"', "x}"],
      ['{"a":[1', "}"],
      ['{"a":1', "} cvv: 123"],
      ["{", '"cvv":"123"'],
      ['["a', '{"cvv":"123"}'],
    ]) {
      const bench = new Bench(named);
      const run = await bench.run(stream(bodyOf(shape, pieces)));
      expect([pieces, run.result.reason]).toEqual([pieces, "nested_value"]);
      expect(textOf(run.result.request?.body)).not.toMatch(/cvv|123/);
      expect(bench.findings(run)).toEqual([]);
    }
  });

  test("two that come at once are refused", async () => {
    const body = events([shape.put('{"cvv":', 0), shape.put('{"cvv":', 1), shape.put('"1"}', 0), shape.put('"1"}', 1)]);
    expect(await sent(stream(body), named)).toBe("nested_value");
  });

  test("texts elsewhere do not wait", async () => {
    const body = events([
      shape.put('{"cvv":', 0),
      shape.put("beside", 1),
      { text: '{"cvv":"2"}' },
      shape.put('"1"}', 0),
    ]);
    const left = await sent(stream(body), named);
    expect(typeof left === "string" ? left : left.body).toBe(
      events([
        shape.put("", 0),
        shape.put("beside", 1),
        { text: '{"cvv":"[redacted]"}' },
        shape.put('{"cvv":"[redacted]"}', 0),
      ]),
    );
  });
});

test("a document longer than may wait is refused", async () => {
  const policy = { ...named, limits: { value: "1KiB", hold: "2KiB" } };
  const pieces = ['{"a":"', ...Array.from({ length: 30 }, () => "x".repeat(100)), '"}'];
  expect(await put(shapes.Anthropic, pieces, policy)).toBe("limit_value");
  const brackets = Array.from({ length: 30 }, () => "[".repeat(100));
  expect(await put(shapes.Anthropic, brackets, policy)).toBe("limit_value");
  expect(await put(shapes.Anthropic, pieces, { ...named, limits: { value: "1KiB", hold: "4KiB" } })).toBe(
    pieces.join(""),
  );
});

test("where texts that cannot be read pass, pieces do; where they are emptied, one that never ends is", async () => {
  const pieces = ['{"cvv":', '"123"'];
  expect(await put(shapes.Anthropic, pieces, { ...named, unsupported: "pass" })).toBe(pieces.join(""));
  expect(await put(shapes.Anthropic, pieces, { ...named, unsupported: "empty" })).toBe("");
  expect(await put(shapes.Anthropic, [...pieces, "}"], { ...named, unsupported: "empty" })).toBe(
    '{"cvv":"[redacted]"}',
  );
});

test("of texts at one place in one event the first is a piece", async () => {
  const twice = (...texts: string[]) => `{${texts.map((text) => `"d":${JSON.stringify(text)}`).join()}}`;
  expect(await sent(stream(events([twice('{"cvv":', '"1"}')])), named)).toBe("nested_value");
  const left = await sent(stream(events([twice('{"cvv":'), twice('"1"}', "x")])), named);
  expect(typeof left === "string" ? left : left.body).toBe(events([twice(""), twice('{"cvv":"[redacted]"}', "x")]));
});

test("an event too deep to tell where its texts stand is refused while a piece is awaited", async () => {
  const deep = (d: string) => `{"d":${JSON.stringify(d)},"x":${"[".repeat(70)}${"]".repeat(70)}}`;
  expect(typeof (await sent(stream(events([deep('"1"}')])), named))).toBe("object");
  for (const first of ['{"cvv":', "{"]) {
    const bench = new Bench(named);
    const run = await bench.run(stream(events([{ d: first }, deep('"cvv":"1"}')])));
    expect(run.result.reason).toBe("nested_value");
    expect(textOf(run.result.request?.body)).not.toContain('\\"1');
  }
});

test("of texts that are brackets alone the first of an event is remembered", async () => {
  const body = events([{ a: "[", b: "{" }, { b: '"cvv":"1"}', a: '{"cvv":"2"}]' }, { a: "x" }]);
  const left = await sent(stream(body), named);
  expect(typeof left === "string" ? left : left.body).toBe(
    events([{ a: "[", b: "{" }, { b: '"cvv":"1"}', a: '{"cvv":"[redacted]"}]' }, { a: "x" }]),
  );
});

test("a rule on the pieces themselves comes first", async () => {
  const policy = { rules: [...named.rules, { name: "call", select: "json:$..partial_json", action: "redact" }] };
  expect(await put(shapes.Anthropic, ["", '{"a"', ":1}"], policy)).toBe("[redacted][redacted]");
});

describe("pieces that a selector decodes", () => {
  const cvv = { name: "cvv", select: "json:$..partial_json|json:$..cvv", action: "redact" };
  const shape = shapes.Anthropic;

  test("are judged as a whole, however they begin", async () => {
    for (const pieces of [
      ["", "{", '"cvv', '":"123"}'],
      ['{ "cvv"', ':"123"}'],
      ["[", '{"cvv":"123"', "}]"],
    ]) {
      expect(await put(shape, pieces, { rules: [cvv] })).toBe(pieces.join("").replace("123", "[redacted]"));
    }
    expect(await put(shape, ["[1", ",2]"], { rules: [cvv] })).toBe("[1,2]");
  });

  test("are refused where they never end, though somebody looks into them as they stand", async () => {
    const anywhere = { name: "cards", select: "any:", detect: ["CREDIT_CARD"], action: "redact" };
    for (const unsupported of ["block", "empty"]) {
      const policy = { rules: [cvv, anywhere], unsupported };
      expect(await put(shape, ["{", '"cvv":"123"'], policy)).toBe("nested_value");
      expect(await put(shape, ["{", '"cvv":"123"', "]"], policy)).toBe("nested_value");
    }
    expect(await put(shape, ["{", '"cvv":"123"'], { rules: [cvv], unsupported: "empty" })).toBe("");
    expect(await put(shape, ["{", '"cvv":"123"'], { rules: [cvv] })).toBe("nested_value");
  });

  test("are what a rule behind makes of texts that cannot be read", async () => {
    const behind = { name: "call", select: "json:$..partial_json", action: "redact" };
    expect(await put(shape, ["{", '"cvv":"123"}'], { rules: [cvv, behind] })).toBe("[redacted][redacted]");
    expect(await put(shape, ['{"cvv":"123"}'], { rules: [cvv, behind] })).toBe('{"cvv":"[redacted]"}');
  });
});

test("lines of JSON are documents of their own, and no pieces", async () => {
  const lines = ['{"t":"{\\"a\\":"}', '{"t":"1}"}'].join("\n");
  const left = await sent(request(lines, { headers: [["content-type", "application/x-ndjson"]] }), named);
  expect(left).toBe("nested_value");
});

test("generated documents in random pieces leave as they would in one", async () => {
  const word = fc.constantFrom("", "x", "4711 0815", "é", '"', "{", "]");
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      word,
      fc.nat(),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.record({ a: tie("value"), cvv: word, pan: word, pin: tie("value") }, { requiredKeys: [] }),
    ),
  }));
  const document = fc.record({ first: value, cvv: word, more: value });
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 12 });
  const shape = fc.constantFrom(...Object.values(shapes));
  const bench = new Bench(named);
  let changed = 0;
  for (const [one, at, form, space] of fc.sample(fc.tuple(document, cuts, shape, fc.constantFrom(0, 1)), {
    numRuns: 400,
    seed: 20261127,
  })) {
    const text = JSON.stringify(one, null, space);
    const whole = await bench.run(request(JSON.stringify({ m: text })));
    const { m: expected } = JSON.parse(textOf(whole.result.request?.body)) as { m: string };
    const places = [0, ...at.filter((place) => place < text.length).sort((a, b) => a - b), text.length];
    const pieces = places.slice(1).map((to, index) => text.slice(places[index], to));
    const run = await bench.run(stream(bodyOf(form, pieces)), { random: at.length });
    expect([pieces, bench.findings(run)]).toEqual([pieces, []]);
    expect([pieces, together(form, textOf(run.result.request?.body))]).toEqual([pieces, expected]);
    if (expected !== text) changed++;
  }
  expect(changed).toBeGreaterThan(100);
});

describe("the leak proof", () => {
  const shape = shapes.Anthropic;
  const pieces = ["", '{"cvv":"98', '76","note":"left', '"}'];
  const recording = stream(bodyOf(shape, pieces));
  const found = async (change: (body: string) => string) => {
    const bench = new Bench(named);
    return bench.findings(await bench.run(recording), withBody(change)).map(({ kind }) => kind);
  };

  test("an honest result has no finding, in whichever pieces it is told", async () => {
    expect(await found((body) => body)).toEqual([]);
    expect(await found(() => bodyOf(shape, ["", '{"cvv":"[re', 'dacted]","note":"le', 'ft"}']))).toEqual([]);
  });

  test("the original is found", async () => {
    expect(await found(() => bodyOf(shape, pieces))).toContain("unredacted");
    expect(await found(() => bodyOf(shape, ["", "", "", pieces.join("")]))).toContain("leak");
  });

  test("what no rule selects must stay", async () => {
    expect(await found((body) => body.replace("left", "Left"))).toEqual(["changed"]);
    expect(await found((body) => body.replace('"partial_json":""', '"partial_json":" "'))).not.toEqual([]);
  });
});
