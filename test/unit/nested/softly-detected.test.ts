// Texts that are read softly, in fields into which rules look everywhere: also those that an earlier one leaves nothing to find.
import { expect, test } from "vitest";
import { Bench, request, textOf } from "../replay/support.ts";

const rule = (name: string, select: string | string[], detect?: string[]) => ({
  name,
  select,
  action: "redact",
  detect,
});
const named = rule("pan", "named:pan");
const mail = ["EMAIL_ADDRESS"];
const document = '{"pan":"a b c"}';
const percent = encodeURIComponent(document);
const part = `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${document}\r\n--x--\r\n`;

const sent = {
  cookie: request("{}", { headers: [["cookie", `a=1; b=${percent}`]] }),
  query: request("{}", { path: `/?a=${percent}` }),
  form: request(`a=${percent}`, { headers: [["content-type", "application/x-www-form-urlencoded"]] }),
  part: request(part, { headers: [["content-type", "multipart/form-data; boundary=x"]] }),
  member: request(JSON.stringify({ a: document })),
};

test.each(Object.keys(sent) as (keyof typeof sent)[])("a %s", async (place) => {
  for (const rules of [
    [named, rule("first", "any:", mail), rule("second", "any:", mail)],
    [rule("first", "any:", mail), rule("second", "any:", mail), named],
    [named, rule("first", "any:", mail), rule("second", ["any:", "named:['pan']['pan']"], mail)],
    [
      named,
      rule("first", "any:", mail),
      rule("second", ["any:", "cookie:b", "query:a", "form:a", "multipart:a"], mail),
    ],
    [named, rule("first", "any:", mail), rule("second", ["any:", "named:a"], mail)],
  ]) {
    const bench = new Bench({ rules });
    const run = await bench.run(sent[place]);
    expect(bench.findings(run)).toEqual([]);
    const { headers, body } = run.result.request!;
    expect(decodeURIComponent(`${headers.join()} ${textOf(body)}`)).not.toContain("a b c");
  }
});
