// `~'card number'`: a name in all its spellings, wherever `named:` takes a name, and in lists of XML.
import { expect, test } from "vitest";
import { spellings } from "../../../scripts/policy/spelling.ts";
import { compileText } from "../policy/support.ts";
import { Bench, textOf } from "../replay/support.ts";

const compiled = (select: string) =>
  compileText(JSON.stringify({ name: "own", rules: [{ name: "one", select, action: "redact" }] }));
const listed = (words: string): string =>
  spellings(words)
    .map((name) => `'${name}'`)
    .join(",");

test.each([
  ["named:~'card number'", `named:[${listed("card number")}]`],
  ["named:[~'card number','PAN_NO',~'iban']", `named:[${listed("card number")},'PAN_NO',${listed("iban")}]`],
  ["named:[~'billing card'][*][~'cc no']", `named:[${listed("billing card")}][*][${listed("cc no")}]`],
  ["xml://(~birth date|Dob)/@value", `xml://(${spellings("birth date").join("|")}|Dob)/@value`],
])("%s is the list of its spellings", (short, long) => {
  expect(compiled(short).diagnostics).toEqual([]);
  expect(Buffer.from(compiled(short).compiled!.binary)).toEqual(Buffer.from(compiled(long).compiled!.binary));
});

test("every spelling is found, and no other name", async () => {
  const bench = new Bench({ rules: [{ name: "one", select: "named:~'card number'", action: "redact" }] });
  const names = [...spellings("card number"), "cardNumbers", "card"];
  const body = new Uint8Array(Buffer.from(JSON.stringify(Object.fromEntries(names.map((name) => [name, "4111"])))));
  const headers: [string, string][] = [["content-type", "application/json"]];
  const run = await bench.run({ id: "one", request: { method: "POST", path: "/", headers, body } });
  expect(bench.findings(run)).toEqual([]);
  const left = JSON.parse(textOf(run.result.request?.body)) as Record<string, string>;
  expect(names.filter((name) => left[name] === "4111")).toEqual(["cardNumbers", "card"]);
});

test("words in lists of XML are found, and proven by another reader", async () => {
  const bench = new Bench({ rules: [{ name: "one", select: "xml://(~birth date|Dob)/@value", action: "redact" }] });
  const body = new Uint8Array(
    Buffer.from('<p><birthDate value="1"/><BIRTH_DATE value="2"/><Dob value="3"/><dob value="4"/></p>'),
  );
  const headers: [string, string][] = [["content-type", "application/xml"]];
  const run = await bench.run({ id: "one", request: { method: "POST", path: "/", headers, body } });
  expect(bench.findings(run)).toEqual([]);
  expect(textOf(run.result.request?.body).match(/"[^"]*"/g)).toEqual([
    '"[redacted]"',
    '"[redacted]"',
    '"[redacted]"',
    '"4"',
  ]);
});

test.each([
  ["named:~'cardNumber'", "write ~'card number'"],
  ["named:['pan',~'Card_Number']", "write ~'card number'"],
  ["named:~'número de tarjeta'", "list the spellings as names"],
  ["named:~'3ds id'", "list the spellings as names"],
  ["named:~card", "write ~'card number'"],
])("%s is refused: %s", (select, remedy) => {
  expect(compiled(select).diagnostics.map((one) => one.remedy)).toEqual([remedy]);
});

test.each(["json:$..[~'card number']", "named:~'card number'|json:$.x", "xml://(~cardNumber)", "form:~'card number'"])(
  "%s is refused, or no word for others",
  (select) => {
    const { diagnostics, compiled: policy } = compiled(select);
    if (select.startsWith("form:")) expect(Buffer.from(policy!.binary).includes("cardNumber")).toBe(false);
    else expect(diagnostics.length).toBe(1);
  },
);
