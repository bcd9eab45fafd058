// JUnit: read by a parser that refuses what is not well-formed.

import { expect, test } from "vitest";
import { junitReport } from "../../../scripts/report/junit.ts";
import { visible } from "../../../scripts/report/summary.ts";
import { exchange, hostile, hostileText, mixed, reportOf } from "./support.ts";
import { type Element, elements, parseXml } from "./xml.ts";

const attributesOf = (found: readonly Element[]) => found.map((one) => one.attributes);

test("one exchange, all of it", () => {
  expect(junitReport(reportOf(exchange({ rules: { pan: 1 }, failures: ["outcome is blocked"] })))).toBe(`\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="frostglass replay" tests="1" failures="1" errors="0" skipped="0">
  <testsuite name="checkout" tests="1" failures="1" errors="0" skipped="0">
    <properties>
      <property name="policy" value="checkout"/>
      <property name="policyFile" value="policies/checkout.json"/>
      <property name="digest" value="sha256:0a1b"/>
      <property name="engine" value="node"/>
      <property name="chunk" value="whole"/>
    </properties>
    <testcase name="one" classname="recordings/shop.ndjson">
      <failure message="failed expectation: outcome is blocked" type="failure">failed expectation: outcome is blocked</failure>
      <system-out>forwarded; pan 1</system-out>
    </testcase>
    <system-out>1 exchange: 1 forwarded, 0 blocked, 0 bypassed; 0 values searched for, 0 leaks, 1 failed expectation</system-out>
  </testsuite>
</testsuites>
`);
});

test("one testcase an exchange, and at most one failure in it", () => {
  const root = parseXml(junitReport(mixed));
  const cases = elements(root, "testcase");
  expect(cases.map((one) => one.attributes.name)).toEqual(mixed.exchanges.map(({ id }) => id));
  expect(cases.map((one) => elements(one, "failure").length)).toEqual([0, 0, 0, 1, 1, 1]);
  expect(root.attributes).toMatchObject({ tests: "6", failures: "3" });
  expect(attributesOf(elements(root, "testsuite"))).toMatchObject([{ tests: "6", failures: "3" }]);
});

test("the failure holds every finding, its message the first and how many more", () => {
  const [first] = elements(parseXml(junitReport(mixed)), "failure");
  expect(first!.attributes).toEqual({
    message: "leak in the response at $['card']['pan'] (rule pan): found as base64 (and 2 more)",
    type: "leak",
  });
  expect(first!.text.split("\n")).toEqual([
    "leak in the response at $['card']['pan'] (rule pan): found as base64",
    "unredacted in the request at header:x-cvv (rule cvv): unchanged",
    "failed expectation: outcome is blocked",
  ]);
});

test("hostile text stays text, in attributes and elements", () => {
  const root = parseXml(junitReport(hostile));
  const shown = visible(hostileText);
  const [testcase] = elements(root, "testcase");
  expect(testcase!.attributes).toEqual({ name: shown, classname: shown });
  expect(elements(root, "script")).toEqual([]);
  expect(elements(root, "failure")[0]!.text.split("\n")).toEqual([
    `leak in the request at ${shown} (rule ${shown}): ${shown}`,
    `failed expectation: ${shown}`,
  ]);
});

test("no exchange", () => {
  expect(parseXml(junitReport(reportOf())).attributes).toMatchObject({ tests: "0", failures: "0" });
});

test.each(["<a>]]></a>", "<a b='1'/>", '<a b="<"/>', "<a>&nbsp;</a>", "<a><b></a></b>", "<a/><a/>", "<a>\x1b</a>"])(
  "the parser of these tests refuses %j",
  (text) => {
    expect(() => parseXml(text)).toThrow();
  },
);
