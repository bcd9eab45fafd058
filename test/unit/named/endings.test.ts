// `~'* card number'`: all names that end with the words, wherever `named:` takes a name. What the filter finds by its index is
// what the toolchain says of names, and the independent readers prove each result.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Endings, endingOf, takesName } from "../../../scripts/policy/endings.ts";
import { spellings } from "../../../scripts/policy/spelling.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { bodyOf, machine, send } from "../filter/support.ts";
import { compileText } from "../policy/support.ts";
import { Bench, textOf } from "../replay/support.ts";

const bench = new Bench({
  rules: [
    { name: "known", select: "named:work_email", action: "pass" },
    { name: "cvc", select: "named:~'* cvc'", action: "strip" },
    { name: "number", select: "named:['card'][~'* number']", action: { redact: { with: "below" } } },
    { name: "beside", select: "named:['list','rows'][:,~'* number']", action: { redact: { with: "in" } } },
    { name: "email", select: "named:[~'* email',~'birth date','other']", action: { redact: { with: "gone" } } },
    { name: "later", select: ["named:alt_cvc", "json:$.own_email"], action: { redact: { with: "later" } } },
  ],
});

async function left(type: string, body: string, path = "/"): Promise<string> {
  const headers: [string, string][] = [["content-type", type]];
  const request = { method: "POST", path, headers, body: new Uint8Array(Buffer.from(body)) };
  const whole = await bench.run({ id: "one", request }, undefined);
  expect(bench.findings(whole)).toEqual([]);
  for (const cut of ["each" as const, 2, 3, 7]) {
    const run = await bench.run({ id: "one", request }, cut);
    expect(textOf(run.result.request?.body)).toBe(textOf(whole.result.request?.body));
  }
  const there = whole.result.request?.headers.find(([name]) => name === ":path")?.[1] ?? path;
  return path === "/" ? textOf(whole.result.request?.body) : there;
}

const member = (name: string): [string, string] => [`{"${name}":"x"}`, `{"${name}":"gone"}`];

describe("in JSON", () => {
  test.each([
    "email",
    "billing_email",
    "billing-email",
    "billingEmail",
    "BillingEmail",
    "BILLING_EMAIL",
    "Billing Email",
    "user.email",
    "email2",
    "email_2",
    "home-email-12",
    "line2email",
    "USEmail",
    "ñEmail",
    "tenant_EMAIL",
    "birthDate",
    "other",
  ])("%s is taken", async (name) => {
    const [before, after] = member(name);
    expect(await left("application/json", before)).toBe(after);
  });

  test.each([
    "webemail",
    "WEBEMAIL",
    "emails",
    "email_sent",
    "email_2_sent",
    "ñemail",
    "mail",
    "my_birthDate",
    "another",
    "_2",
    "2",
    "",
  ])("%s is not", async (name) => {
    const [before] = member(name);
    expect(await left("application/json", before)).toBe(before);
  });

  test("the first rule that selects a name decides, whether it lists the name or what that ends with", async () => {
    const before = '{"work_email":"a","alt_cvc":1,"own_email":"b","x":{"own_email":"c"}}';
    expect(await left("application/json", before)).toBe(
      '{"work_email":"a","own_email":"gone","x":{"own_email":"gone"}}',
    );
  });

  test("the last step of a path", async () => {
    const before = '{"card":{"alt_number":"1","number":"2"},"alt_number":"3","old_card":{"number":"4"}}';
    const after = '{"card":{"alt_number":"below","number":"below"},"alt_number":"3","old_card":{"number":"4"}}';
    expect(await left("application/json", before)).toBe(after);
  });

  test("beside elements", async () => {
    const before = '{"list":["1",{"alt_number":"2"}],"rows":{"alt_number":"3","0":"4"}}';
    const after = '{"list":["in","in"],"rows":{"alt_number":"in","0":"4"}}';
    expect(await left("application/json", before)).toBe(after);
  });

  test("a text that tells the name, and one that spells a document", async () => {
    const before =
      '[{"name":"Tenant e-mail","value":"x"},{"name":"Tenant email","value":"x"},"{\\"a_cvc\\":1,\\"b\\":2}"]';
    const after = '[{"name":"Tenant e-mail","value":"x"},{"name":"Tenant email","value":"gone"},"{\\"b\\":2}"]';
    expect(await left("application/json", before)).toBe(after);
  });
});

test.each<[type: string, before: string, after: string]>([
  [
    "application/x-www-form-urlencoded",
    "a_email=1&b=2&form-0-cvc=3&user[home_email]=4",
    "a_email=gone&b=2&user[home_email]=gone",
  ],
  [
    "application/xml",
    '<a homeEmail="1"><HomeEmail>2</HomeEmail><x>3</x></a>',
    '<a homeEmail="gone"><HomeEmail>gone</HomeEmail><x>3</x></a>',
  ],
  [
    "multipart/form-data; boundary=b",
    '--b\r\nContent-Disposition: form-data; name="aEmail"\r\n\r\n1\r\n--b--\r\n',
    '--b\r\nContent-Disposition: form-data; name="aEmail"\r\n\r\ngone\r\n--b--\r\n',
  ],
])("in %s", async (type, before, after) => {
  expect(await left(type, before)).toBe(after);
});

test("in queries", async () => {
  expect(await left("text/plain", "", "/?home_email=1&b=2&q[a_cvc]=3")).toBe("/?home_email=gone&b=2");
});

test("an ending packs as its words, and a policy without one has no index of them", () => {
  const of = (select: string) =>
    compileText(JSON.stringify({ name: "own", rules: [{ name: "one", select, action: "redact" }] })).compiled!.binary;
  expect(Buffer.from(of("named:~'* card number'")).includes("card number")).toBe(true);
  expect(Buffer.from(of("named:~'* card number'")).includes("ardNumber")).toBe(false);
});

test.each([
  ["named:~'* id'", "write ~'* card number', which takes card_number_2 too, or list the names"],
  ["named:~'* line 2'", "write ~'* card number', which takes card_number_2 too, or list the names"],
  ["named:~'* Card'", "write ~'* card'"],
  ["named:~'*card'", "write ~'* card'"],
  ["named:~'*_cardNumber'", "write ~'* card number'"],
  ["named:~'*id'", "write ~'* card number', which takes card_number_2 too, or list the names"],
  ["named:[~'* card']['number']", "list the names of the other steps"],
  ["json:$['\uffffcard']", "write the name without it"],
])("%s is refused", (select, remedy) => {
  const { diagnostics } = compileText(
    JSON.stringify({ name: "own", rules: [{ name: "one", select, action: "redact" }] }),
  );
  expect(diagnostics.map((one) => one.remedy)).toEqual([remedy]);
});

const word = fc.constantFrom("card", "number", "pan", "cvv", "id", "no");
const ending = fc.array(word, { minLength: 1, maxLength: 3 }).filter((words) => words.join(" ").length >= 3);
const sign = fc.constantFrom("", "_", "-", " ", ".", "2", "é", "A", "a", "Us", "IP");

test("the filter finds of random endings what the toolchain says", () => {
  const { vm } = machine();
  const parts = fc.array(
    fc.oneof(
      word,
      sign,
      ending.map((words) => fc.sample(fc.constantFrom(...spellings(words.join(" "))), 1)[0]!),
    ),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(
      fc.array(ending, { minLength: 1, maxLength: 4 }),
      fc.uniqueArray(
        parts.map((all) => all.join("")),
        { minLength: 1, maxLength: 40 },
      ),
      (all, names) => {
        const rules = all.map((words, index) => ({
          name: `r${index}`,
          select: `named:~'* ${words.join(" ")}'`,
          action: { redact: { with: `${index}` } },
        }));
        const plugin = vm.plugin("endings", binaryOf({ rules }));
        const body = JSON.stringify(Object.fromEntries(names.map((name) => [name, "x"])));
        const expected = names.map((name) => {
          const first = all.findIndex((words) =>
            spellings(words.join(" ")).some((one) => takesName(endingOf(one), name)),
          );
          return [name, first < 0 ? "x" : `${first}`];
        });
        expect(JSON.parse(bodyOf(send(plugin, { body })))).toEqual(Object.fromEntries(expected));
        plugin.close();
      },
    ),
    { numRuns: 200 },
  );
});

test("of endings the longest tells them all", () => {
  fc.assert(
    fc.property(
      fc.array(ending, { minLength: 1, maxLength: 5 }),
      fc.array(fc.oneof(word, sign), { maxLength: 6 }),
      (all, parts) => {
        const listed = all.flatMap((words) => spellings(words.join(" ")).map(endingOf));
        const endings = new Endings(listed);
        const found = endings.of(parts.join(""));
        expect(new Set(found)).toEqual(new Set(listed.filter((one) => takesName(one, parts.join("")))));
        if (found.length > 0) expect(new Set(endings.of(found[0]!))).toEqual(new Set(found));
      },
    ),
  );
});
