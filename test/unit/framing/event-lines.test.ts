// Lines of an event that hold no data, and data that is a text: rules that look everywhere look into them, and one in which
// nothing is found stays.
import { expect, test } from "vitest";
import { Bench, request, textOf } from "../replay/support.ts";

const events: [string, string] = ["content-type", "text/event-stream"];
const mail = "ann@example.org";

async function through(policy: object, body: string) {
  const bench = new Bench(policy);
  const whole = await bench.run(request(body, { headers: [events] }));
  const cut = await bench.run(request(body, { headers: [events] }), "each");
  expect(bench.findings(whole)).toEqual([]);
  expect(cut.result.request?.body).toEqual(whole.result.request?.body);
  return whole.result;
}

async function left(action: unknown, body: string): Promise<string | undefined> {
  const rules = [{ name: "r", select: "any:", detect: ["EMAIL_ADDRESS"], action }];
  const { request: sent, reason } = await through({ rules }, body);
  return sent ? textOf(sent.body) : reason;
}

const body = `: of ${mail}\r\nevent:${mail}\r\nid: 7\r\nodd: a\r\ndata: {"a":1}\r\n\r\n: ping\n\ndata: [DONE]\n\n`;

test("finds go, whatever the line is called, and all else stays", async () => {
  expect(await left("redact", body)).toBe(body.replaceAll(mail, "[redacted]"));
  expect(await left({ mask: {} }, body)).toBe(body.replaceAll(mail, "***************"));
  expect(await left("strip", body)).toBe(body.replaceAll(mail, ""));
  expect(await left("block", body)).toBe("rule_block");
});

test("a token as long as what it stands for leaves, too", async () => {
  const tokenized = (await left({ tokenize: { format: "email" } }, body))!;
  expect(tokenized).toHaveLength(body.length);
  expect(tokenized).not.toContain(mail);
});

test("what a rule writes stays one line", async () => {
  expect(await left({ redact: { with: "x\ndata: {}" } }, `id: ${mail}\ndata: 1\n\n`)).toBe(
    "id: x%0Adata: {}\ndata: 1\n\n",
  );
});

const prose = `: ping\ndata: 12:30 [INFO] of ${mail},\nid: 1\ndata: and so on\n\ndata: [WARN] ${mail}\r\n\r\ndata: 4.1.2\n\ndata: {"a":"${mail}"}\n\n`;

test("data that is a text is searched as one", async () => {
  expect(await left("redact", prose)).toBe(
    ': ping\ndata: 12:30 [INFO] of [redacted],\ndata: and so on\nid: 1\n\ndata: [WARN] [redacted]\r\n\r\ndata: 4.1.2\n\ndata: {"a":"[redacted]"}\n\n',
  );
  expect(await left("block", prose)).toBe("rule_block");
  expect(await left({ redact: { with: "a\ndata: c" } }, `data: of ${mail}!\n\n`)).toBe(
    "data: of a\ndata: data: c!\n\n",
  );
  const rules = [{ name: "r", select: "any:", detect: ["EMAIL_ADDRESS"], action: { redact: { with: "a\rid: 2" } } }];
  const cr = await new Bench({ rules }).run(request(`data: ${mail}\n\n`, { headers: [events] }));
  expect(textOf(cr.result.request!.body)).toBe("data: a\ndata: id: 2\n\n");
});

test.each([
  ["4111111111111111 is mine", "[redacted] is mine", { r: 1 }],
  ["41 is not, 4111111111111111 is", "41 is not, [redacted] is", { r: 1 }],
  ["4111111111111111", "0", { r: 1 }],
  ["4111111111111111x", "4111111111111111x", {}],
])("a find counts once, and a number in front of words is none: %s", async (data, expected, rules) => {
  const policy = { rules: [{ name: "r", select: "any:", detect: ["CREDIT_CARD"], action: "redact" }] };
  const { request: sent, rules: counted } = await through(policy, `data: ${data}\n\n`);
  expect([textOf(sent!.body), counted]).toEqual([`data: ${expected}\n\n`, rules]);
});

test("a text behind `unsupported` is searched as well, and one longer than limits.value goes whole", async () => {
  const rules = [{ name: "r", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" }];
  for (const unsupported of ["pass", "empty", "block"]) {
    const { request: sent } = await through({ rules, unsupported }, `data: of ${mail}\n\n`);
    expect(textOf(sent!.body)).toBe("data: of [redacted]\n\n");
  }
  const long = `data: ${"long ".repeat(2000)}${mail}\n\n`;
  const { request: sent } = await through({ rules, limits: { value: "4KiB", hold: "64KiB" } }, long);
  expect(textOf(sent!.body)).toBe("data: [redacted]\n\n");
});

test.each([
  `{"card": ${mail}`,
  ` \t{'card': '${mail}'}`,
  `ok {"card":"${mail}"}`,
  `"a" ${mail}`,
  `["a", ${mail}`,
  `[{a: ${mail}}]`,
  `[1, ${mail}]`,
  `<?xml version="1.0"?><a>${mail}</a>`,
])("no text, since somebody could read a document there: %s", async (data) => {
  expect(await left("redact", `data: ${data}\n\n`)).toBe("json_syntax");
});

test("no text where `unmatched` acts, or where no rule looks into texts", async () => {
  const rules = [{ name: "r", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" }];
  expect(await through({ rules, unmatched: "redact" }, "data: hello\n\n")).toMatchObject({ reason: "json_syntax" });
  const named = [{ name: "r", select: "json:$.card", action: "redact" }];
  expect(await through({ rules: named }, "data: hello\n\n")).toMatchObject({ reason: "json_syntax" });
});
