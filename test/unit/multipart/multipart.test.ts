// Parts through the release filter, judged by @fastify/busboy: third-party cases, and random bodies at random cuts.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Busboy } from "@fastify/busboy";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { corpora, corpus, titleOf } from "../../support/corpora.ts";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";

const folder = "payloads/multipart";
const filter = new Filter();

interface Received {
  name: string;
  filename: string | undefined;
  value: string;
}

/** What a receiver reads; undefined when it refuses. */
function receive(type: string, body: Uint8Array): Promise<Received[] | undefined> {
  return new Promise((resolve) => {
    const parts: Received[] = [];
    try {
      const busboy = new Busboy({ headers: { "content-type": type }, preservePath: true });
      busboy.on("field", (name, value) => parts.push({ name, filename: undefined, value }));
      busboy.on("file", (name, stream, filename) => {
        const part: Received = { name, filename: filename ?? "", value: "" };
        parts.push(part);
        stream.on("data", (data: Buffer) => {
          part.value += data.toString("latin1");
        });
      });
      busboy.on("error", () => resolve(undefined));
      busboy.on("finish", () => resolve(parts));
      busboy.end(Buffer.from(body));
    } catch {
      resolve(undefined);
    }
  });
}

const refusal = /^(multipart_|unsupported_|limit_value|content_type_repeated)/;
const everything = { limits: { value: "64KiB" }, rules: [{ name: "all", select: "multipart:*", action: "redact" }] };
const nothing = {
  limits: { value: "64KiB" },
  rules: [{ name: "one", select: "multipart:selects nothing", action: "redact" }],
};

/** All values are redacted, or the message is refused; with nothing selected every byte stays. */
async function judge(type: string, body: Uint8Array): Promise<string | undefined> {
  filter.use(binaryOf(everything));
  const whole = filter.rewrite(body, undefined, type);
  for (const chunk of body.length < 4096 ? (["each", 7] as const) : ([1000] as const)) {
    const cut = filter.rewrite(body, chunk, type);
    expect(cut.error).toBe(whole.error);
    if (!cut.error) expect(Buffer.from(cut.output).equals(whole.output)).toBe(true);
  }
  filter.use(binaryOf(nothing));
  const same = filter.rewrite(body, { random: body.length }, type);
  if (whole.error !== undefined) {
    expect(whole.error).toMatch(refusal);
    expect(same.error).toBe(whole.error);
    return whole.error;
  }
  // A charset that was redacted says nothing any more; left as it is it is refused.
  if (same.error === "unsupported_charset") return same.error;
  expect(Buffer.from(same.output).equals(body)).toBe(true);
  const before = (await receive(type, body)) ?? [];
  const after = (await receive(type, whole.output)) ?? [];
  expect(after).toEqual(before.map((part) => ({ ...part, value: part.value && "[redacted]" })));
  return undefined;
}

describe.skipIf(corpus(folder) === undefined)(titleOf("third-party cases", folder), () => {
  const cases: [string, string, Buffer][] = [];
  if (corpus(folder)) {
    const root = join(corpora, folder);
    for (const line of readFileSync(join(root, "busboy_multipart.jsonl"), "utf8").trim().split("\n")) {
      const { what, boundary, chunks_b64 } = JSON.parse(line);
      const chunks = chunks_b64.map((chunk: string) => Buffer.from(chunk, "base64"));
      cases.push([`busboy: ${what}`, `multipart/form-data; boundary=${boundary}`, Buffer.concat(chunks)]);
    }
    for (const file of readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".http"),
    )) {
      const bytes = readFileSync(join(root, file));
      const yaml = join(root, file.replace(/\.http$/, ".yaml"));
      if (existsSync(yaml)) {
        const boundary = /^boundary: (.*)$/m.exec(readFileSync(yaml, "utf8"))![1]!;
        cases.push([file, `multipart/form-data; boundary=${boundary}`, bytes]);
        continue;
      }
      const text = bytes.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      const type = /^content-type: *(.*?)\r?$/im.exec(text.slice(0, end))?.[1];
      if (type?.toLowerCase().startsWith("multipart/")) cases.push([file, type, bytes.subarray(end + 4)]);
      else {
        const boundary = /^--(\S+)\r\n/.exec(text)?.[1];
        if (boundary) cases.push([file, `multipart/form-data; boundary=${boundary}`, bytes]);
      }
    }
  }

  test.each(cases)("%s", async (_name, type, body) => {
    await judge(type, body);
  });

  test("most of them are plain enough to go through, the odd ones are not", async () => {
    const outcomes = await Promise.all(cases.map(([, type, body]) => judge(type, body)));
    expect(outcomes.filter((outcome) => outcome === undefined).length).toBeGreaterThan(cases.length / 3);
    expect(new Set(outcomes)).toContain("multipart_delimiter");
  });
});

for (const file of ["crs_body_cases.jsonl", "modsecurity_body_cases.jsonl"]) {
  const path = `http-abuse/${file}`;
  describe.skipIf(corpus(path) === undefined)(titleOf(path, path), () => {
    const cases: [string, string, Buffer][] = [];
    if (corpus(path)) {
      readFileSync(`${corpora}/${path}`, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .forEach(({ headers, title, rule, test, data_b64, body_b64 }, index) => {
          const type = headers["Content-Type"] ?? headers["content-type"];
          const data = data_b64 ?? body_b64;
          if (typeof type !== "string" || !/^multipart\/form-data/i.test(type) || !data) return;
          cases.push([`${index} ${title ?? `${rule}-${test}`}`, type, Buffer.from(data, "base64")]);
        });
    }

    test.each(cases)("%s: redacted or refused", async (_name, type, body) => {
      await judge(type, body);
    });

    // The corpus keeps bodies with bare LF; on the wire they have CRLF.
    test.each(cases)("%s, with CRLF: redacted or refused", async (_name, type, body) => {
      await judge(type, Buffer.from(body.toString("latin1").replace(/\r?\n/g, "\r\n"), "latin1"));
    });
  });
}

const boundary = "-b--b";
const type = `multipart/form-data; boundary=${boundary}`;
const value = fc.oneof(
  fc.constantFrom(
    "",
    "-",
    "--",
    "\r",
    "\r\n",
    "\r\n--",
    `\r\n--${boundary.slice(0, 4)}`,
    "\n--x",
    "4111111111111111",
    "é",
  ),
  fc.string({ maxLength: 20 }),
);
const part = fc.record({
  name: fc.constantFrom("card", "cvc", "mail", "x", ""),
  filename: fc.constantFrom(undefined, "a.txt", ""),
  value: fc.array(value, { maxLength: 4 }).map((pieces) => pieces.join("")),
});

test("random parts: a receiver reads what the rules promise, whatever the cuts", async () => {
  const policy = binaryOf({
    limits: { value: 200 },
    rules: [
      { name: "card", select: "multipart:card", action: { truncate: { keepFirst: 4 } } },
      { name: "cvc", select: "multipart:cvc", action: "strip" },
      { name: "mail", select: "multipart:mail", action: "redact" },
      { name: "file", select: "multipart-filename:card", action: { redact: { with: 'a "b"' } } },
    ],
  });
  const random = fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), fc.nat(), async (parts, seed) => {
    fc.pre(parts.every((one) => !one.value.includes(`--${boundary}`)));
    filter.use(policy);
    const spelled = parts.map(({ name, filename, value }) => {
      const file = filename === undefined ? "" : `; filename="${filename}"`;
      return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
    });
    const body = Buffer.from(`${spelled.join("")}--${boundary}--\r\n`);
    const whole = filter.rewrite(body, undefined, type);
    expect(whole.error).toBeUndefined();
    for (const chunk of ["each", { random: seed }] as const) {
      expect(Buffer.from(filter.rewrite(body, chunk, type).output).equals(whole.output)).toBe(true);
    }
    const expected = parts
      .filter(({ name }) => name !== "cvc")
      .map(({ name, filename, value }) => {
        const text =
          name === "mail" && value ? "[redacted]" : name === "card" ? [...value].slice(0, 4).join("") : value;
        const file = name === "card" && filename ? "a %22b%22" : filename;
        const spelledFile = file === undefined ? "" : `; filename="${file}"`;
        return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${spelledFile}\r\n\r\n${text}\r\n`;
      });
    expect(Buffer.from(whole.output).toString()).toBe(`${expected.join("")}--${boundary}--\r\n`);
  });
  await fc.assert(random, { numRuns: 1000 });
});

test("a file of any size, and any number of parts, go through in constant memory", () => {
  const rules = [{ name: "card", select: "multipart:card", action: { mask: {} } }];
  filter.use(binaryOf({ limits: { body: "1GiB" }, rules }));
  const head = (name: string) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`;
  const file = (name: string) =>
    Buffer.concat([Buffer.from(head(name)), Buffer.alloc(8 << 20, "\r-"), Buffer.from("\r\n--x--")]);
  const flood = Buffer.from(`${`${head("a")}1\r\n`.repeat(50_000)}--x--`);
  const headers = Buffer.concat([Buffer.from("--x\r\nX: "), Buffer.alloc(1 << 20, "x")]);
  const round = () => {
    const whole = file("note");
    expect(filter.rewrite(whole, 65_536, "multipart/form-data; boundary=x").output.length).toBe(whole.length);
    const gone = filter.rewrite(file("card"), 65_536, "multipart/form-data; boundary=x");
    expect(Buffer.from(gone.output).toString()).toBe(`${head("card")}[redacted]\r\n--x--`);
    expect(filter.rewrite(flood, 65_536, "multipart/form-data; boundary=x").output.length).toBe(flood.length);
    expect(filter.rewrite(headers, 65_536, "multipart/form-data; boundary=x").error).toBe("limit_value");
  };
  // Buffers find their sizes in the first rounds.
  round();
  round();
  const before = filter.vm.memoryBytes;
  for (let times = 0; times < 3; times++) round();
  expect(filter.vm.memoryBytes).toBe(before);
});

test.each([
  ["multipart/form-data; boundary=x", undefined],
  ['multipart/form-data; boundary="x"', undefined],
  ["Multipart/Form-Data; charset=utf-8;  BOUNDARY=x", undefined],
  ["multipart/form-data", "multipart_boundary"],
  ["multipart/form-data; boundary=", "multipart_boundary"],
  ["multipart/form-data; boundary=x; boundary=y", "multipart_boundary"],
  ["multipart/form-data; boundary =x", "multipart_boundary"],
  ["multipart/form-data; boundary= x", "multipart_boundary"],
  ['multipart/form-data; boundary="x', "multipart_boundary"],
  ['multipart/form-data; boundary="x y"', "multipart_boundary"],
  ["multipart/form-data; boundary=x y", "multipart_boundary"],
  ["multipart/form-data; boundary=x; a=b", "multipart_boundary"],
  ["multipart/form-data; boundary=x; charset=utf-16", "multipart_boundary"],
  [`multipart/form-data; boundary=${"x".repeat(71)}`, "multipart_boundary"],
  ["multipart/form-data; boundary=x, multipart/form-data; boundary=y", "content_type_repeated"],
  // A part of a form says so only there.
  ["multipart/mixed; boundary=x", "multipart_header"],
])("%s", (contentType, error) => {
  filter.use(binaryOf(nothing));
  const body = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--';
  expect(filter.rewrite(Buffer.from(body), undefined, contentType).error).toBe(error);
});
