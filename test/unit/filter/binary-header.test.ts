// Binary headers of gRPC: the details of a status say what its message says, in base64 of protobuf.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Bench, request, textOf } from "../replay/support.ts";

const pan = "4111111111111111";
const details = "grpc-status-details-bin";

/** A field of protobuf whose length is at most 127. */
const field = (number: number, value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
};
const status = (message: string, ...inner: Buffer[]) =>
  Buffer.concat([Buffer.from([8, 3]), field(2, message), ...inner.map((each) => field(3, each))]);
const any = (value: Buffer) => Buffer.concat([field(1, "type.googleapis.com/a.B"), field(2, value)]);

const anywhere = (action: unknown, more: object[] = []) =>
  new Bench({
    rules: [
      ...more,
      { name: "r", on: ["request", "response"], select: "any:", detect: ["CREDIT_CARD", "EMAIL_ADDRESS"], action },
    ],
  });
const redact = anywhere("redact");

/** What an answer of trailers alone has left of a header, or the reason of its refusal. */
async function left(bench: Bench, value: string, name = details): Promise<string | undefined> {
  const headers: [string, string][] = [
    ["content-type", "application/grpc"],
    ["grpc-status", "3"],
    [name, value],
  ];
  const run = await bench.run({ ...request(undefined), response: { status: 200, headers } });
  expect(bench.findings(run)).toEqual([]);
  if (run.result.outcome !== "forwarded") return run.result.reason;
  return run.result.response!.headers.find(([other]) => other === name)?.[1];
}

const base64 = (bytes: Buffer) => bytes.toString("base64");
const plain = base64(status("no such order", any(field(1, "order 7"))));

test.each([
  ["in the message", status(`card ${pan} is no`)],
  ["at its start, behind a length that looks like a digit", status(`${pan} ${"x".repeat(34)}`)],
  ["in the details", status("no", any(field(1, `${pan} ${"x".repeat(34)}`)))],
  ["deep in them", status("no", any(field(4, field(5, field(6, "of ann@example.org")))))],
  ["behind numbers of all sizes", Buffer.concat([Buffer.from("09ffffffffffffffff0dffffffff", "hex"), status(pan)])],
  ["behind a group", Buffer.concat([Buffer.from([0x0b, 0x08, 1, 0x0c]), field(2, pan)])],
  ["in what is no message", Buffer.from(`\xff\xff ${pan}`, "latin1")],
])("goes as a whole where something is found %s", async (_, bytes) => {
  for (const action of ["redact", "strip", { mask: { keepLast: 4 } }]) {
    const bench = anywhere(action);
    for (const value of [base64(bytes), base64(bytes).replace(/=+$/, ""), bytes.toString("base64url")]) {
      expect(await left(bench, value)).toBeUndefined();
    }
    expect(await left(bench, `${plain}, ${base64(bytes)}`, "x-note-bin")).toBeUndefined();
  }
  expect(await left(anywhere("block"), base64(bytes))).toBe("rule_block");
});

test("is read as by receivers that leave out what is no digit", async () => {
  const value = base64(status(`card ${pan} is no`));
  for (const mark of [".", "?", "\t", "=.", "%"]) {
    expect(await left(redact, `${value.slice(0, 8)}${mark}${value.slice(8)}`, "x-note-bin")).toBeUndefined();
  }
});

test("stays byte for byte where nothing is", async () => {
  for (const value of [plain, plain.replace(/=+$/, ""), `${plain},AA==`, "", "?", "QQ=QQ"]) {
    expect(await left(redact, value, "x-note-bin")).toBe(value);
  }
});

test("is a text like any other under another name, and where a rule stands before", async () => {
  const value = base64(status(pan));
  expect(await left(redact, value, "x-bin-note")).toBe(value);
  const pass = { name: "p", on: "response", select: `header:${details}`, action: "pass" };
  expect(await left(anywhere("redact", [pass]), value)).toBe(value);
  const whole = { name: "w", on: "response", select: "header:*-bin", action: { redact: { with: "AA==" } } };
  expect(await left(anywhere("redact", [whole]), value)).toBe("AA==");
});

test("in trailers, and towards the hotfix", async () => {
  const value = base64(status(`card ${pan} is no`));
  const trailers: [string, string][] = [
    ["grpc-message", `card ${pan} is no`],
    [details, value],
    ["x-end", "1"],
  ];
  const sent = request("{}", { trailers });
  const run = await redact.run({ ...sent, response: { status: 200, headers: [], body: sent.request.body!, trailers } });
  expect(redact.findings(run)).toEqual([]);
  for (const message of [run.result.request!, run.result.response!]) {
    expect(message.trailers?.toSorted()).toEqual([
      ["grpc-message", "card [redacted] is no"],
      ["x-end", "1"],
    ]);
  }
  const stays = { ...run.result.request!, trailers: [...run.result.request!.trailers!, [details, value] as const] };
  expect(redact.findings(run, () => ({ request: stays as never })).map(({ kind }) => kind)).toContain("leak");
});

test("a token that is revealed elsewhere stays one in there", async () => {
  const tokens = new Bench({
    rules: [
      { name: "t", select: "json:$.a", action: { tokenize: { format: "email" } } },
      { name: "b", on: "response", select: "any:", detect: ["EMAIL_ADDRESS"], action: { reveal: "t" } },
    ],
  });
  const run = await tokens.run(request('{"a":"ann@example.org"}'));
  const token = JSON.parse(textOf(run.result.request!.body)).a as string;
  const value = base64(status(`of ${token}`));
  expect(await left(tokens, value)).toBe(value);
});

test("whatever the bytes are, the proof agrees", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((all) => Buffer.from(all)),
    fc
      .array(fc.tuple(fc.integer({ min: 1, max: 15 }), fc.constantFrom("a", pan, `x ${pan}`, "ann@example.org", "")))
      .map((all) => Buffer.concat(all.map(([number, value]) => field(number, value)))),
  );
  const nested = fc
    .tuple(bytes, bytes)
    .map(([outer, inner]) => Buffer.concat([outer, field(3, inner.subarray(0, 127))]));
  await fc.assert(
    fc.asyncProperty(fc.oneof(bytes, nested), async (all) => {
      await left(redact, base64(all), "x-note-bin");
    }),
    { numRuns: 400, seed: 3 },
  );
});
