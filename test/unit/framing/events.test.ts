// Server-sent events through the release filter, judged by eventsource-parser: recorded streams of real services,
// third-party cases, and random streams at random cuts.
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { corpora, corpus, titleOf } from "../../support/corpora.ts";
import { Engine } from "../../support/engine.ts";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";

const type = "text/event-stream";
const folder = "payloads/sse";
const filter = new Filter();

interface Event {
  event?: string | undefined;
  id?: string | undefined;
  data: string;
}

/** What a receiver is told; a last event without its empty line is told too, as lax receivers do. */
function eventsOf(body: Uint8Array): Event[] {
  const events: Event[] = [];
  const parser = createParser({ onEvent: ({ event, id, data }) => events.push({ event, id, data }) });
  parser.feed(new TextDecoder().decode(body));
  parser.feed("\n\n");
  return events;
}

const isJson = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(corpus(folder) === undefined)(titleOf("recorded streams", folder), () => {
  const files = corpus(folder) ? readdirSync(`${corpora}/${folder}`).filter((name) => /\.sse(\.gz)?$/.test(name)) : [];
  const read = (file: string) => {
    const bytes = readFileSync(`${corpora}/${folder}/${file}`);
    return file.endsWith(".gz") ? gunzipSync(bytes) : bytes;
  };
  const policy = {
    limits: { hold: "1MiB" },
    rules: [
      { name: "text", select: ["json:$..text", "json:$..content", "json:$..delta", "json:$..id"], action: "redact" },
    ],
  };
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.load();
  });

  test.each(files)("%s", (file) => {
    const body = read(file);
    const binary = binaryOf(policy);
    engine.use(binary);
    filter.use(binary);
    const before = eventsOf(body);
    const whole = filter.rewrite(body, undefined, type);
    if (before.some(({ data }) => data !== "[DONE]" && !isJson(data))) {
      expect(whole.error).toMatch(/^json_/);
      return;
    }
    expect(whole.error).toBeUndefined();
    const expected = before.map((event) =>
      event.data === "[DONE]"
        ? event
        : { ...event, data: Buffer.from(engine.rewrite([Buffer.from(event.data)]).output).toString() },
    );
    expect(eventsOf(whole.output)).toEqual(expected);
    for (const chunk of [1000, { random: file.length }] as const) {
      expect(Buffer.from(filter.rewrite(body, chunk, type).output).equals(whole.output)).toBe(true);
    }
  });

  test.each(files)("%s, with nothing selected, byte for byte", (file) => {
    filter.use(
      binaryOf({
        limits: { hold: "1MiB" },
        unsupported: "pass",
        rules: [{ ...policy.rules[0]!, select: "json:$.nil" }],
      }),
    );
    const body = read(file);
    expect(Buffer.from(filter.rewrite(body, 4096, type).output).equals(body)).toBe(true);
  });

  test("third-party cases, whose data is text: passed, emptied or refused as the policy says", () => {
    const lines = readFileSync(`${corpora}/${folder}/eventsource-parser-fixtures.jsonl`, "utf8").trim().split("\n");
    for (const { name, chunks_b64 } of lines.map((line) => JSON.parse(line))) {
      const body = Buffer.concat(chunks_b64.map((chunk: string) => Buffer.from(chunk, "base64")));
      const rules = [{ name: "all", select: "json:$..*", action: "redact" }];
      for (const unsupported of ["pass", "empty", "block"]) {
        filter.use(binaryOf({ limits: { hold: "16MiB", value: "1MiB" }, unsupported, rules }));
        const { error, output } = filter.rewrite(body, { random: 1 }, type);
        // A mark that was encoded twice: this receiver skips it all the same, others do not.
        if (name === "LeadingBom") {
          expect(error).toBe("event_field");
          continue;
        }
        const before = eventsOf(body);
        const isText = before.some(({ data }) => data !== "" && !isJson(data));
        if (unsupported === "block" && isText) expect(error, name).toMatch(/^json_/);
        else {
          expect(error, name).toBeUndefined();
          const isOf = (data: string) => unsupported === "empty" && !isJson(data);
          expect(
            eventsOf(output).map(({ data }) => data),
            name,
          ).toEqual(before.map(({ data }) => (isOf(data) ? "" : data)));
        }
      }
    }
  });
});

const end = fc.constantFrom("\n", "\r\n", "\r");
const line = fc.constantFrom(
  'data: {"card":"4111111111111111"}',
  'data:{"cvc":"123","x":[1]}',
  "data: {",
  'data:"card":"41111",',
  'data: "x":2}',
  "data",
  "data: [DONE]",
  ": comment",
  "id: 7",
  "event: e",
  "retry: 9",
  "x: y",
  "",
  "",
);

test("random streams: the same at every cut, and every event as the engine makes it", async () => {
  const engine = await Engine.load();
  const binary = binaryOf({
    unsupported: "pass",
    rules: [
      { name: "card", select: "json:$.card", action: { mask: { keepLast: 2 } } },
      { name: "cvc", select: "json:$.cvc", action: "strip" },
    ],
  });
  engine.use(binary);
  filter.use(binary);
  fc.assert(
    fc.property(fc.array(fc.tuple(line, end), { maxLength: 12 }), fc.nat(), (lines, seed) => {
      const body = Buffer.from(lines.flat().join(""));
      const whole = filter.rewrite(body, undefined, type);
      expect(whole.error).toBeUndefined();
      const expected = eventsOf(body).map((event) =>
        isJson(event.data)
          ? { ...event, data: Buffer.from(engine.rewrite([Buffer.from(event.data)]).output).toString() }
          : event,
      );
      expect(eventsOf(whole.output)).toEqual(expected);
      for (const chunk of ["each", { random: seed }] as const) {
        expect(Buffer.from(filter.rewrite(body, chunk, type).output).equals(whole.output)).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
});

test("any number of events goes through in constant memory, and one that never ends is refused", () => {
  filter.use(binaryOf({ rules: [{ name: "card", select: "json:$.card", action: "redact" }] }));
  const many = Buffer.from('data: {"card":"4111111111111111","x":[1,2,3]}\n\n'.repeat(50_000));
  const endless = Buffer.concat([Buffer.from('data: "'), Buffer.alloc(1 << 20, "x")]);
  const round = () => {
    filter.rewrite(many, 65_536, type);
    expect(filter.rewrite(endless, 65_536, type).error).toBe("limit_value");
  };
  round();
  const before = filter.vm.memoryBytes;
  for (let times = 0; times < 4; times++) round();
  expect(filter.vm.memoryBytes).toBe(before);
});
