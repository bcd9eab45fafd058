/**
 * `npm run detect:score [-- --json]`: precision and recall of the built-in detectors on the labelled corpora, beside
 * Presidio's pattern recognizers on the same rows in the same run. Exits 1 when a type that both have is worse.
 *
 * Both are asked for the types that a row is about, at any score ("named"); `sentence` rows also at our default with all
 * detectors on ("all"). A find is right when it overlaps a label of its type and neither is more than twice the other;
 * a label is found once.
 */
import { join } from "node:path";
import { builtInProgram } from "../../scripts/detect/built-in.ts";
import { DETECTOR_TYPES } from "../../scripts/detect/detectors/index.ts";
import { Scanner } from "../../scripts/detect/scanner.ts";
import { python, run } from "./python.ts";
import { allRows, type Row } from "./rows.ts";

interface Tally {
  right: number;
  found: number;
  labels: number;
}

interface Place {
  start: number;
  end: number;
  type: string;
}

function add(tallies: Map<string, Tally>, row: Row, found: readonly Place[]): void {
  for (const type of row.types) {
    const tally = tallies.get(type) ?? { right: 0, found: 0, labels: 0 };
    tallies.set(type, tally);
    const labels = row.spans.filter((span) => span.type === type);
    const own = distinct(found.filter((span) => span.type === type));
    tally.labels += labels.length;
    tally.found += own.length;
    tally.right += labels.filter((label) => own.some((span) => agrees(span, label))).length;
  }
}

/** Spans of one type that overlap count once: Presidio may report several scores for one place. */
function distinct(spans: Place[]): Place[] {
  return spans
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((span, index, all) => !all.slice(0, index).some((other) => other.end > span.start));
}

function agrees(a: Place, b: Place): boolean {
  const overlap = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  return overlap > 0 && 2 * overlap >= Math.max(a.end - a.start, b.end - b.start);
}

const precision = ({ right, found }: Tally): number => (found === 0 ? 1 : right / found);
const recall = ({ right, labels }: Tally): number => (labels === 0 ? 1 : right / labels);
const f1 = (tally: Tally): number => {
  const sum = precision(tally) + recall(tally);
  return sum === 0 ? 0 : (2 * precision(tally) * recall(tally)) / sum;
};

const rows = allRows();
if (rows.length === 0) {
  console.log("the corpora are not here: nothing to score");
  process.exit(0);
}
const peer = python("presidio.txt");
const script = join(import.meta.dirname, "presidio_scan.py");
const peerTypes = new Set(JSON.parse(run(peer, [script, "--types"])) as string[]);
const scanner = new Scanner(builtInProgram());
const ours = new Map<string, Tally>();
const unnamed = new Map<string, Tally>();
const theirs = new Map<string, Tally>();
const input = rows.map(({ text, types }) => `${JSON.stringify({ text, types })}\n`).join("");
const answers = run(peer, [script], input)
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as { spans: Place[] });
rows.forEach((row, index) => {
  add(ours, row, scanner.scan(row.text, { threshold: 0, rivals: "type", types: row.types }));
  add(unnamed, row, scanner.scan(row.text));
  add(theirs, row, answers[index]!.spans);
});

const total = (tallies: Map<string, Tally>, types: readonly string[]): Tally =>
  types.reduce(
    (sum, type) => {
      const { right, found, labels } = tallies.get(type)!;
      return { right: sum.right + right, found: sum.found + found, labels: sum.labels + labels };
    },
    { right: 0, found: 0, labels: 0 },
  );
const types = [...ours.keys()].sort();
const both = types.filter((type) => peerTypes.has(type) && DETECTOR_TYPES.includes(type));
const table = [
  ...types.map((type) => ({
    type,
    ours: ours.get(type)!,
    unnamed: unnamed.get(type)!,
    theirs: peerTypes.has(type) ? theirs.get(type)! : undefined,
  })),
  { type: "all that both have", ours: total(ours, both), unnamed: total(unnamed, both), theirs: total(theirs, both) },
];
const worse = table
  .filter(({ ours, theirs }) => theirs !== undefined && f1(ours) < f1(theirs) - 1e-9)
  .map(({ type }) => type);
if (process.argv.includes("--json")) console.log(JSON.stringify({ table, worse }));
else {
  const cells = (tally: Tally | undefined) =>
    tally ? `${precision(tally).toFixed(3)} | ${recall(tally).toFixed(3)}` : "- | -";
  console.log("| type | labels | precision | recall | Presidio precision | recall | unnamed precision | recall |");
  console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const { type, ours, theirs, unnamed } of table) {
    console.log(`| ${type} | ${ours.labels} | ${cells(ours)} | ${cells(theirs)} | ${cells(unnamed)} |`);
  }
  console.log(worse.length === 0 ? "\nno type that both have is worse" : `\nworse: ${worse.join(", ")}`);
}
process.exitCode = worse.length === 0 ? 0 : 1;
