// Documents that say they are texts: refused where rules select in what they are, at every cut; all other texts pass.
import { describe, expect, test } from "vitest";
import { bodyOf, pluginOf, send } from "../filter/support.ts";

const detecting = (select: string) => ({ name: "pan", select, detect: ["CREDIT_CARD"], action: "redact" });
const everywhere = pluginOf({ rules: [detecting("any:")] });
const inTexts = pluginOf({ rules: [detecting("text:")] });
const cuts = [{}, { chunk: "each" }, { chunk: 2 }] as const;

function outcomes(plugin: typeof everywhere, type: string, body: string): Set<string> {
  const headers: [string, string][] = [["content-type", type]];
  return new Set(
    cuts.map((options) => {
      const result = send(plugin, { headers, body }, options);
      return result.outcome === "forwarded" ? bodyOf(result) : result.reason!;
    }),
  );
}

describe("a document", () => {
  test.each([
    '{"cvc":"737"}',
    ' \r\n\t{ \n"cvc":"737"}',
    '[{"cvc":"737"}]',
    "[ [1]]",
    '["a"]',
    '\ufeff{"cvc":"737"}',
    '<?xml version="1.0"?><cvc>737</cvc>',
  ])("%j", (body) => {
    for (const type of ["text/plain", "text/plain;charset=UTF-8", "text/csv"])
      expect(outcomes(everywhere, type, body)).toEqual(new Set(["text_document"]));
    expect(outcomes(inTexts, "text/plain", body)).toEqual(new Set([body]));
  });
});

test.each([
  "",
  " ",
  "{",
  "{name} went",
  "{{name}}",
  "[INFO] started",
  "[2026-11-25] x",
  "<p>x</p>",
  "<a@example.org> wrote",
  '"x"',
])("the text %j passes", (body) => {
  expect(outcomes(everywhere, "text/plain", body)).toEqual(new Set([body]));
});
