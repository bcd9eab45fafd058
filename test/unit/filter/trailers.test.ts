// Trailers behind bodies whose end only the trailers tell: where they are announced the body leaves as it does without them, at
// every cut; where they are not, it is refused.
import { expect, test } from "vitest";
import { runExchange } from "../../../scripts/host/index.ts";
import { bodyOf, headerOf, pluginOf, send } from "./support.ts";

const plugin = pluginOf({
  limits: { hold: "64B" },
  compressed: "decode",
  rules: [
    { name: "mail", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" },
    { name: "card", select: ["form:card", "json:$.card"], action: "redact" },
  ],
});
const trailers: [string, string][] = [["x-checksum", "abc"]];
const bodies: [name: string, type: string, body: string][] = [
  ["a text", "text/plain", "to ann@example.org"],
  ["HTML", "text/html", "<p>ann@example.org</p>"],
  ["a form", "application/x-www-form-urlencoded", "a=1&card=4111"],
  ["a number", "application/json", "12"],
  ["a query", "application/graphql", '{ pay(to: "ann@example.org") { id } }'],
];

const through = (headers: [string, string][], body: string, chunk: number[] | "each") =>
  runExchange(
    plugin,
    { request: { method: "POST", path: "/", headers, body: Buffer.from(body), trailers } },
    { chunk },
  );

for (const [name, type, body] of bodies) {
  test(`${name}, with trailers that are announced`, () => {
    for (const length of [undefined, String(body.length)]) {
      const headers: [string, string][] = [["content-type", type]];
      if (length !== undefined) headers.push(["content-length", length]);
      const plain = send(plugin, { headers, body });
      expect(plain.outcome).toBe("forwarded");
      for (const cut of ["each" as const, ...Array.from({ length: body.length }, (_, at) => [at + 1])]) {
        const result = through([...headers, ["trailer", "x-checksum"]], body, cut);
        expect([bodyOf(result), result.request?.trailers], String(cut)).toEqual([bodyOf(plain), trailers]);
        // Without a length the body may be of any.
        expect(headerOf(result, "content-length")).toBe(length && String(bodyOf(plain).length));
      }
    }
  });

  test(`${name}, with trailers that nobody announced`, () => {
    const result = through([["content-type", type]], body, "each");
    expect([result.outcome, result.reason]).toEqual(["blocked", "trailers"]);
  });

  test(`${name} of a length that is told, with trailers that nobody announced`, () => {
    const headers: [string, string][] = [
      ["content-type", type],
      ["content-length", String(body.length)],
    ];
    const plain = send(plugin, { headers, body });
    for (const cut of ["each" as const, ...Array.from({ length: body.length }, (_, at) => [at + 1])]) {
      const result = through(headers, body, cut);
      expect([bodyOf(result), result.request?.trailers], String(cut)).toEqual([bodyOf(plain), trailers]);
      expect(headerOf(result, "content-length")).toBe(String(bodyOf(plain).length));
    }
  });
}

test.each([
  [16384, "forwarded"],
  [16385, "blocked"],
])("a text of %i bytes whose length is told: %s", (length, outcome) => {
  const by = pluginOf({ rules: [{ name: "mail", select: "any:", detect: ["EMAIL_ADDRESS"], action: "redact" }] });
  const mail = "ann@example.org";
  const body = ` ${mail}`.padStart(length, "word ");
  const headers: [string, string][] = [
    ["content-type", "text/plain"],
    ["content-length", String(length)],
  ];
  const request = { method: "POST", path: "/", headers, body: Buffer.from(body), trailers };
  for (const chunk of [[1], [8000], [length - 1], [length]]) {
    const result = runExchange(by, { request }, { chunk });
    expect([result.outcome, String(chunk)]).toEqual([outcome, String(chunk)]);
    if (outcome === "forwarded") expect(bodyOf(result)).toBe(body.replace(mail, "[redacted]"));
  }
});

test("a text of which a part has left, with announced trailers", () => {
  const body = `${"word ".repeat(1000)}ann@example.org`;
  const headers: [string, string][] = [
    ["content-type", "text/plain"],
    ["trailer", "x-checksum"],
  ];
  const result = through(headers, body, "each");
  expect([result.outcome, result.reason]).toEqual(["cut", "trailers"]);
  expect(bodyOf(result)).not.toContain("example");
});
