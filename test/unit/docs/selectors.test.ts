/**
 * Every selector that a page shows compiles, without a finding.
 *
 * What is none although it looks like one stands in `others`, with what it is; an entry that no page has any more fails.
 */
import { describe, expect, test } from "vitest";
import { findingsOf, policyOf, protobuf, ruleOf } from "./compiling.ts";
import { decisions, pages } from "./pages.ts";

const others = new Map([
  ["json-key:$", "a name that a document does not have"],
  ["graphql:arguments", "the beginning of selectors"],
  ["xml://(~card number|Pan)", "how a rule by name is read in XML"],
]);

const locations =
  "any|cookie|form|graphql|grpc|header|json|json-key|multipart|multipart-filename|named|path|proto|query|text|xml";
const selector = new RegExp(`^(${locations}):.*`);
const isAll = (text: string) => text === "any:" || text === "text:";

/** Of the text of a page: a location alone, and a selector that goes on, are words about selectors. */
const isSelector = (text: string) =>
  selector.test(text) && (isAll(text) || !/:$|\.\.\.$/.test(text)) && !others.has(text);

const spanned = [...pages, ...decisions].flatMap(({ spans }) => spans);
// Lines of a block of selectors: behind them stands what they select.
const listed = pages
  .flatMap(({ blocks }) => blocks)
  .filter(({ text }) => selector.test(text))
  .flatMap(({ place, text }) => text.split("\n").map((line) => ({ place, text: line.split(/ {2,}/)[0]! })));
// Each once, at its first place.
const compiled = new Map(
  [...spanned, ...listed]
    .filter(({ text }) => isSelector(text))
    .map(({ place, text }) => [text, place] as const)
    .reverse(),
);

describe("selectors", () => {
  test.each([...compiled].map(([text, place]) => ({ text, place })))("$place $text", async ({ text }) => {
    const rule = ruleOf({ select: text, ...(isAll(text) && { detect: ["CREDIT_CARD"] }) });
    expect(await findingsOf(policyOf([rule], { protobuf }))).toEqual([]);
  });

  test("what is told to be none stands on a page", () => {
    const texts = spanned.map(({ text }) => text);
    expect([...others.keys()].filter((text) => !texts.includes(text))).toEqual([]);
  });
});
