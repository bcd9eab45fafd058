/**
 * The report as SARIF 2.1.0 (OASIS): one result a finding or failed expectation, at its recording file and its place.
 *
 * Invariants: ids, names, counts and places, never values; files are URI references relative to the working directory;
 * a message holds neither placeholder (3.11.5) nor link (3.11.6), whatever an id holds; a fingerprint is a function of
 * ids and places, so that the same finding is the same alert in the next run.
 */
import { createHash } from "node:crypto";
import { isAbsolute, relative, sep } from "node:path";
import { describe, type ExchangeReport, type Finding, type ReplayReport } from "../replay/result.ts";
import { visible } from "./summary.ts";

type RuleId = Finding["kind"] | "failed-expectation";

const rules: Record<RuleId, readonly [name: string, short: string, help: string]> = {
  leak: [
    "Leak",
    "A selected value left.",
    "A value that a rule selects was found in what left, as it is or in another encoding. Select that place as well.",
  ],
  unredacted: [
    "Unredacted",
    "A selected value stands where it stood.",
    "A rule selects this place and its value was not replaced. Compare the rule's selector with the location.",
  ],
  changed: [
    "Changed",
    "Something that no rule names is not as it was.",
    "Only what a rule selects may differ from the recording. Narrow the rule, or name the place in it.",
  ],
  split: [
    "Split",
    "Another chunking gave another result.",
    "The result must not depend on where the stream is cut. Replay with the chunking named in the run to repeat it.",
  ],
  "failed-expectation": [
    "FailedExpectation",
    "An expectation of the recording did not hold.",
    "The recording states what is to come of the exchange. Correct the policy, or the expectation if it is outdated.",
  ],
};
const ruleIds = Object.keys(rules) as RuleId[];

export function sarifReport(report: ReplayReport, toolVersion: string): string {
  const { policy, engine, chunk } = report;
  const log = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "frostglass", version: toolVersion, rules: ruleIds.map(descriptor) } },
        invocations: [{ executionSuccessful: true }],
        columnKind: "utf16CodeUnits",
        results: report.exchanges.flatMap(resultsOf),
        properties: { policy: { ...policy, file: relativeUri(policy.file) }, engine, chunk },
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function descriptor(id: RuleId) {
  const [name, short, help] = rules[id];
  return {
    id,
    name,
    shortDescription: { text: short },
    fullDescription: { text: `${short} ${help}` },
    help: { text: help },
    defaultConfiguration: { level: "error" },
  };
}

const resultsOf = (exchange: ExchangeReport) => [
  ...exchange.findings.map((finding) =>
    result(exchange, finding.kind, describe(finding), [finding.direction, finding.location]),
  ),
  ...exchange.failures.map((failure) => result(exchange, "failed-expectation", failure, [])),
];

function result(exchange: ExchangeReport, ruleId: RuleId, text: string, place: readonly string[]) {
  const name = [exchange.id, ...place].map(visible);
  const uri = relativeUri(exchange.file);
  const identity = JSON.stringify([ruleId, uri, ...name, text]);
  return {
    ruleId,
    ruleIndex: ruleIds.indexOf(ruleId),
    level: "error",
    message: { text: plain(`${exchange.id}: ${text}`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri } },
        logicalLocations: [{ name: name.at(-1), fullyQualifiedName: name.join(" "), kind: "member" }],
      },
    ],
    // The one key that GitHub code scanning reads; without it, results of one file and rule would be one alert.
    partialFingerprints: { primaryLocationLineHash: createHash("sha256").update(identity).digest("hex") },
  };
}

/** Braces doubled (3.11.5); a bracket before a parenthesis would end the text of a link (3.11.6). */
const plain = (text: string): string => visible(text).replace(/[{}]/g, "$&$&").replaceAll("](", "\\](");

function relativeUri(file: string): string {
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file;
  return path.toWellFormed().split(sep).map(encodeURIComponent).join("/");
}
