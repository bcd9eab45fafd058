/**
 * The report as JUnit XML: one testcase an exchange, named by its id, with its recording file as the class.
 *
 * Invariants: ids, names, counts and places, never values; well-formed XML 1.0 whatever an id holds. All that is wrong
 * with an exchange stands in one failure element, since several consumers read the first only.
 */
import { describe, type ExchangeReport, type ReplayReport } from "../replay/result.ts";
import { escapeMarkup, markOf, outcomeOf, rulesOf, summaryOf, totalsOf } from "./summary.ts";

const failureTypes = { LEAK: "leak", FAIL: "failure" };

export function junitReport(report: ReplayReport): string {
  const { exchanges, unclean } = totalsOf(report);
  const counts = `tests="${exchanges}" failures="${unclean}" errors="0" skipped="0"`;
  const { policy, engine, chunk } = report;
  const properties = { policy: policy.name, policyFile: policy.file, digest: policy.digest, engine, chunk };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="frostglass replay" ${counts}>`,
    `  <testsuite ${attribute("name", policy.name)} ${counts}>`,
    "    <properties>",
    ...Object.entries(properties).map(
      ([name, value]) => `      <property ${attribute("name", name)} ${attribute("value", value)}/>`,
    ),
    "    </properties>",
    ...report.exchanges.flatMap(testcase),
    `    <system-out>${escapeMarkup(summaryOf(report))}</system-out>`,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testcase(exchange: ExchangeReport): string[] {
  const rules = rulesOf(exchange);
  const output = rules === "" ? outcomeOf(exchange) : `${outcomeOf(exchange)}; ${rules}`;
  return [
    `    <testcase ${attribute("name", exchange.id)} ${attribute("classname", exchange.file)}>`,
    ...failure(exchange),
    `      <system-out>${escapeMarkup(output)}</system-out>`,
    "    </testcase>",
  ];
}

function failure(exchange: ExchangeReport): string[] {
  const mark = markOf(exchange);
  if (mark === "ok") return [];
  const wrong = [
    ...exchange.findings.map(describe),
    ...exchange.failures.map((expectation) => `failed expectation: ${expectation}`),
  ];
  const more = wrong.length === 1 ? "" : ` (and ${wrong.length - 1} more)`;
  const attributes = `${attribute("message", wrong[0] + more)} ${attribute("type", failureTypes[mark])}`;
  return [`      <failure ${attributes}>${wrong.map(escapeMarkup).join("\n")}</failure>`];
}

const attribute = (name: string, value: string): string => `${name}="${escapeMarkup(value)}"`;
