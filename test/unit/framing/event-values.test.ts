// What a receiver reads of events, blanks and line ends of any kind in odd places: as the leak proof says, which reads them
// as WHATWG HTML does and compares value by value.
import fc from "fast-check";
import { expect, test } from "vitest";
import { eventsOf } from "../../../scripts/replay/bodies/events.ts";
import { Bench, bytes, request, textOf } from "../replay/support.ts";

const type: [string, string] = ["content-type", "text/event-stream"];
const mail = "ann@example.org";
const of = (policy: object, rule: object) => new Bench({ ...policy, rules: [{ name: "r", ...rule }] });
const cvc = { select: "json:$..cvc", action: "redact" };
const anywhere = { select: "any:", detect: ["EMAIL_ADDRESS"] };
const benches: [string, Bench][] = [
  ["redact", of({}, cvc)],
  ["strip", of({}, { ...cvc, action: "strip" })],
  ["empty", of({ unsupported: "empty" }, cvc)],
  ["everywhere", of({}, { ...anywhere, action: "redact" })],
  ["everywhere, strip", of({}, { ...anywhere, action: "strip" })],
  ["everywhere, blank", of({}, { ...anywhere, action: { redact: { with: " b\n  c" } } })],
  ["unmatched", of({ unmatched: "redact" }, { select: "json:$..n", action: "pass" })],
];

const space = fc.constantFrom("", " ", "  ", "\t", " \t");
const value = fc.constantFrom("1", '"x"', `"${mail}"`, "null", '{"cvc":1}', "[]", `["${mail}"]`);
const member = fc.tuple(space, fc.constantFrom('"cvc"', '"n"', `"${mail}"`), space, value, space);
const object = fc
  .tuple(space, fc.array(member, { maxLength: 3 }), space)
  .map(
    ([before, members, behind]) => `${before}{${members.map(([a, n, b, v, c]) => `${a}${n}:${b}${v}${c}`)}}${behind}`,
  );
const text = fc.constantFrom(`of ${mail}`, " x", "[DONE]", `${mail}  7`, `${mail} 7: x`, "  12 ", "");
const piece = fc.constantFrom('{"cvc":', " 1}", "  1 }", " {", "  {", '"cvc":1}', '  "n":2,', " }");
const data = fc
  .tuple(fc.constantFrom("data:", "data: ", "data:  ", "data:\t"), fc.oneof(object, object, text, piece))
  .map((parts) => parts.join(""));
const other = fc
  .tuple(fc.constantFrom("event:", "id: ", ": ", ":", "retry:", "odd:  "), text)
  .map((parts) => parts.join(""));
const line = fc.oneof(data, data, other, fc.constantFrom("data", "id"));
const end = fc.constantFrom("\n", "\r\n", "\r");
const body = fc
  .array(fc.tuple(fc.array(fc.tuple(line, end), { minLength: 1, maxLength: 4 }), end), { minLength: 1, maxLength: 3 })
  .map((events) => events.map(([lines, last]) => lines.flat().join("") + last).join(""));

test.each(benches)(
  "%s",
  async (_, bench) => {
    let forwarded = 0;
    await fc.assert(
      fc.asyncProperty(body, fc.nat(), async (events, random) => {
        const run = await bench.run(request(events, { headers: [type] }));
        expect(bench.findings(run)).toEqual([]);
        if (run.result.outcome !== "forwarded") return;
        forwarded++;
        const cut = await bench.run(request(events, { headers: [type] }), { random });
        expect(textOf(cut.result.request?.body)).toBe(textOf(run.result.request?.body));
      }),
      { numRuns: 100, seed: 7 },
    );
    expect(forwarded).toBeGreaterThan(15);
  },
  120_000,
);

test("a blank more or less in a value, and an event that is gone, are found", async () => {
  const [, bench] = benches[3]!;
  const run = await bench.run(request(`data:of ${mail}\ndata:   in\n\nid: 7\ndata: a\n\n: x\n\n`, { headers: [type] }));
  const left = textOf(run.result.request!.body);
  expect(left).toBe("data:of [redacted]\ndata:   in\n\nid: 7\ndata: a\n\n: x\n\n");
  for (const [before, after] of [
    ["data:   in", "data:  in"],
    ["data:   in", "data:    in"],
    ["id: 7", "id:7"],
    ["id: 7\ndata: a\n\n", ""],
    [": x\n", ""],
    ["data: a\n\n", "data: a\n"],
  ] as const) {
    const other = left.replace(before, after);
    expect(other).not.toBe(left);
    const found = bench.findings(run, ({ request }) => ({ request: { ...request!, body: bytes(other) } }));
    expect(found.length, after).toBeGreaterThan(0);
  }
  // But an event that has neither lines nor data is none.
  expect(eventsOf(`${left}\n\n`)).toHaveLength(eventsOf(left).length + 2);
  const more = bench.findings(run, ({ request }) => ({ request: { ...request!, body: bytes(`${left}\n\n`) } }));
  expect(more).toEqual([]);
});
