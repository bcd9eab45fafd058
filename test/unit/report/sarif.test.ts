// SARIF: the shape that 2.1.0 asks for, places, fingerprints, and texts that a viewer would interpret.

import { resolve } from "node:path";
import { expect, test } from "vitest";
import type { ReplayReport } from "../../../scripts/replay/result.ts";
import { sarifReport } from "../../../scripts/report/sarif.ts";
import { exchange, hostile, mixed, reportOf } from "./support.ts";

const runOf = (report: ReplayReport) => JSON.parse(sarifReport(report, "1.2.3")).runs[0];
const uriOf = (file: string): string =>
  runOf(reportOf(exchange({ file, failures: ["x"] }))).results[0].locations[0].physicalLocation.artifactLocation.uri;

test("the log", () => {
  const log = JSON.parse(sarifReport(mixed, "1.2.3"));
  expect(Object.keys(log)).toEqual(["$schema", "version", "runs"]);
  expect(log.version).toBe("2.1.0");
  expect(log.$schema).toMatch(
    /^https:\/\/docs\.oasis-open\.org\/sarif\/sarif\/v2\.1\.0\/.*\/sarif-schema-2\.1\.0\.json$/,
  );
  expect(log.runs).toHaveLength(1);
  expect(log.runs[0].tool.driver).toMatchObject({ name: "frostglass", version: "1.2.3" });
  expect(log.runs[0].invocations).toEqual([{ executionSuccessful: true }]);
});

test("a rule for each kind of finding and for the failed expectation, each with its texts", () => {
  const { rules } = runOf(reportOf()).tool.driver;
  expect(rules.map(({ id }: { id: string }) => id)).toEqual([
    "leak",
    "unredacted",
    "changed",
    "split",
    "failed-expectation",
  ]);
  for (const rule of rules) {
    expect(rule.name).toMatch(/^[A-Z][A-Za-z]+$/);
    for (const key of ["shortDescription", "fullDescription", "help"]) expect(rule[key].text).toMatch(/\.$/);
    expect(rule.defaultConfiguration).toEqual({ level: "error" });
  }
});

test("one result a finding and failed expectation, under its rule", () => {
  const { tool, results } = runOf(mixed);
  expect(results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual([
    "leak",
    "unredacted",
    "failed-expectation",
    "changed",
    "split",
    "failed-expectation",
  ]);
  for (const { ruleId, ruleIndex, level } of results) {
    expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
    expect(level).toBe("error");
  }
});

test("a result has its place: the recording file, and within it the exchange, direction and location", () => {
  const { results } = runOf(mixed);
  expect(results[0]).toMatchObject({
    message: { text: "order-3: leak in the response at $['card']['pan'] (rule pan): found as base64" },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: "recordings/shop.ndjson" } },
        logicalLocations: [
          { name: "$['card']['pan']", fullyQualifiedName: "order-3 response $['card']['pan']", kind: "member" },
        ],
      },
    ],
  });
  expect(results[2].locations[0].logicalLocations).toEqual([
    { name: "order-3", fullyQualifiedName: "order-3", kind: "member" },
  ]);
});

test("files are relative URI references", () => {
  expect(uriOf("a/b.ndjson")).toBe("a/b.ndjson");
  expect(uriOf(resolve("a/b.ndjson"))).toBe("a/b.ndjson");
  expect(uriOf("../b.ndjson")).toBe("../b.ndjson");
  expect(uriOf("a b/ü:#?%.ndjson")).toBe("a%20b/%C3%BC%3A%23%3F%25.ndjson");
  expect(uriOf("http://x")).not.toMatch(/^[a-z]+:/);
  expect(uriOf("\ud800")).toBe("%EF%BF%BD");
});

test("fingerprints: the same for the same finding, different within a report", () => {
  const prints = (report: ReplayReport): string[] =>
    runOf(report).results.map((one: { partialFingerprints: Record<string, string> }) =>
      Object.values(one.partialFingerprints).join(),
    );
  expect(prints(mixed)).toEqual(prints({ ...mixed, engine: "envoy", chunk: "each" }));
  expect(new Set(prints(mixed)).size).toBe(prints(mixed).length);
});

test("hostile text is neither placeholder nor link nor control character", () => {
  const { results, properties } = runOf(hostile);
  expect(results).toHaveLength(2);
  for (const { message, locations } of results) {
    // What 3.11.5 reads: doubled braces are literal, and what is left must hold no placeholder.
    expect(message.text.replaceAll("{{", "").replaceAll("}}", "")).not.toMatch(/[{}]/);
    expect(message.text).toContain("[a\\](b)");
    expect(message.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(locations[0].logicalLocations[0].fullyQualifiedName).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(/^[\w.~!*'()%/-]+$/);
  }
  expect(properties.policy.file).toMatch(/^[\w.~!*'()%/-]+$/);
});

test("no result where all is clean", () => {
  expect(runOf(reportOf(exchange())).results).toEqual([]);
});
