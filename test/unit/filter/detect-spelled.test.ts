// Percent escapes in headers: they are searched as receivers decode them, what becomes of a find is escaped as the find
// was, and all else keeps its spelling; in the query of an address plus signs are blanks. In `:path`, forms and cookies, which
// are decoded anyhow, all around a find keeps its spelling too.

import fc from "fast-check";
import { expect, test } from "vitest";
import { Bench, request, textOf } from "../replay/support.ts";

const rules = [{ name: "r", select: "any:", detect: ["EMAIL_ADDRESS", "CREDIT_CARD"], action: "redact" }];
const bench = new Bench({ rules });

async function header(value: string, name = "referer", own = bench): Promise<string | undefined> {
  const run = await own.run(request(undefined, { headers: [[name, value]] }));
  expect(run.result.outcome).toBe("forwarded");
  expect(own.findings(run), value).toEqual([]);
  return run.result.request?.headers.find(([key]) => key === name)?.[1];
}

test.each([
  ["https://x.org/a%2Fb?e=ann%40example.org&n=1%202#f", "https://x.org/a%2Fb?e=%5Bredacted%5D&n=1%202#f"],
  ["e=%61nn@example.org;c=4111%201111%201111%201111", "e=%5Bredacted%5D;c=%5Bredacted%5D"],
  ["50% of ann@example.org", "50% of [redacted]"],
  ["100%25 of ann@example.org", "100%25 of [redacted]"],
  ["https://x.org/a+b?q=card+4111+1111+1111+1111&n=1+2", "https://x.org/a+b?q=card+%5Bredacted%5D&n=1+2"],
  ["/a?c=4111+1111+1111+1111", "/a?c=%5Bredacted%5D"],
  ["is it? 4111+1111+1111+1111", "is it? [redacted]"], // a text, and no query of an address
  ["is it? 4111+1111+1111", "is it? 4111+1111+1111"],
  ["ann%4", "ann%4"],
  ["nothing%20here%zz", "nothing%20here%zz"],
])("%j", async (before, after) => {
  expect(await header(before)).toBe(after);
});

test.each([
  ["/cars;color=red;mail=bob@x.org/list", "/cars;color=red;mail=%5Bredacted%5D/list"],
  ["/a:b,c@d=e%20%61nn@example.org%2C%7e/x%41", "/a:b,c@d=e%20%5Bredacted%5D%2C%7e/x%41"],
  ["/a+b,ann@example.org+c", "/a+b,%5Bredacted%5D+c"],
  ["/50%;ann@example.org", "/50%;%5Bredacted%5D"],
  ["/?q=a+b,%2c+ann%40example.org+(c)", "/?q=a+b,%2c+%5Bredacted%5D+(c)"],
  ["/?q=4111+1111+1111+1111;x,bob@x.org!", "/?q=%5Bredacted%5D;x,%5Bredacted%5D!"],
  ["/?a:ann@example.org=x,y&b=(c)", "/?a:%5Bredacted%5D=x,y&b=(c)"],
  ["/?ann@example.org=ann@example.org;/", "/?%5Bredacted%5D=%5Bredacted%5D;/"],
  ["/x,y?q=(z)", "/x,y?q=(z)"],
])("path %j", async (before, after) => {
  const run = await bench.run(request(undefined, { path: before }));
  expect(run.result.outcome).toBe("forwarded");
  expect(bench.findings(run)).toEqual([]);
  expect(run.result.request?.headers.find(([key]) => key === ":path")?.[1]).toBe(after);
});

test.each([
  ["note=a+b,+%2c+4111+1111+1111+1111+(c)", "note=a+b,+%2c+%5Bredacted%5D+(c)"],
  ["note=a%zz+ann%40example.org%7e/", "note=a%zz+%5Bredacted%5D%7e/"],
  ["a[%28ann@example.org]=ann@example.org", "a[%28%5Bredacted%5D]=%5Bredacted%5D"],
])("form %j", async (before, after) => {
  const headers: [string, string][] = [["content-type", "application/x-www-form-urlencoded"]];
  for (const chunk of [undefined, "each"] as const) {
    const run = await bench.run(request(before, { headers }), chunk);
    expect(bench.findings(run)).toEqual([]);
    expect(textOf(run.result.request?.body)).toBe(after);
  }
});

test.each([
  ["a=x%2f:ann%40example.org/(y)%7e; b=1", "a=x%2f:%5Bredacted%5D/(y)%7e; b=1"],
  ["x%2f[ann@example.org]=%41+1", "x%2f[%5Bredacted%5D]=%41+1"],
])("cookie %j", async (before, after) => {
  expect(await header(before, "cookie")).toBe(after);
});

test("a token is the same in whatever spelling, and a rule on the whole takes the spelling", async () => {
  const rule = { ...rules[0], detect: ["EMAIL_ADDRESS"], action: { tokenize: { format: "email" } } };
  const own = new Bench({ rules: [rule] });
  const plain = await header("ann@example.org", "x-a", own);
  expect(decodeURIComponent((await header("%61nn%40example.org", "x-a", own))!)).toBe(plain);
  const whole = new Bench({ rules: [{ ...rules[0], whole: true, action: { mask: { keepLast: 3 } } }] });
  expect(await header("ann%40example.org", "x-a", whole)).toBe("**************org");
});

test("however it is escaped, it goes, and the proof holds", async () => {
  const spell = (text: string, which: readonly boolean[]): string =>
    [...Buffer.from(text)]
      .map((byte, at) =>
        which[at % which.length] ? `%${byte.toString(16).padStart(2, "0")}` : String.fromCharCode(byte),
      )
      .join("");
  const which = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });
  const text = fc.constantFrom(
    "ann.lee@example.org",
    "card 4111 1111 1111 1111;",
    "https://x.org/?m=bob@example.com&x=1",
  );
  for (const [value, mask] of fc.sample(fc.tuple(text, which), { seed: 11, numRuns: 200 })) {
    const left = decodeURIComponent((await header(spell(value, mask)))!);
    expect(left).toContain("[redacted]");
    expect(left).not.toMatch(/ann|bob|4111/);
  }
});
