// Lines of an event that hold no data: rules that look everywhere look into them, and one that nothing is found in stays.
import { expect, test } from "vitest";
import { Bench, request, textOf } from "../replay/support.ts";

const events: [string, string] = ["content-type", "text/event-stream"];
const mail = "ann@example.org";

async function left(action: unknown, body: string): Promise<string | undefined> {
  const bench = new Bench({ rules: [{ name: "r", select: "any:", detect: ["EMAIL_ADDRESS"], action }] });
  const whole = await bench.run(request(body, { headers: [events] }));
  const cut = await bench.run(request(body, { headers: [events] }), "each");
  expect(bench.findings(whole)).toEqual([]);
  expect(cut.result.request?.body).toEqual(whole.result.request?.body);
  return whole.result.request ? textOf(whole.result.request.body) : whole.result.reason;
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
