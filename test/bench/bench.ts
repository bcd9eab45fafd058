/**
 * `npm run bench [-- --json]`: the wasm engine against JSON.parse and against the full round trip, on the same documents in
 * the same run; every format of bodies beside a reader of it; the detectors beside regular expressions; PAN tokens a second against @noble/ciphers; the size of the
 * release filter; its memory under load. A missed ratio is reported, not failed, as it depends on the machine. Memory that
 * grows exits 1. `--against DIR` compares two builds instead (against.ts).
 */
import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { wasmBudget, wasmPath } from "../../scripts/wasm.ts";
import { printShares } from "./against.ts";
import { engineContender } from "./contenders/engine.ts";
import { parse } from "./contenders/parse.ts";
import { roundtrip } from "./contenders/roundtrip.ts";
import { detectorFigures, printDetectorFigures } from "./detect.ts";
import { documents } from "./documents.ts";
import { formatFigures } from "./formats.ts";
import { geometricMean, microseconds } from "./measure.ts";
import { FEW, MANY, memoryFigures } from "./memory.ts";
import { active, activeByPath, inactive } from "./policy.ts";
import { sessionFigures } from "./session.ts";
import { tokenFigures } from "./tokens.ts";

/** Issues 3 and 4, "How it is shown". */
const TARGETS = { parse: 1.3, roundtrip: 4, wasmBytes: wasmBudget, tokens: 10, session: 1.05 };

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean" }, against: { type: "string" } },
  allowPositionals: true,
});
if (values.against !== undefined) {
  await printShares(values.against, positionals);
  process.exit();
}

const engines = [
  await engineContender("active", active),
  await engineContender("active, by path", activeByPath),
  await engineContender("no-op", inactive),
];
const rows = documents().map(({ name, bytes }) => {
  const [parsing, around, ...own] = microseconds([parse, roundtrip, ...engines], bytes);
  return {
    document: name,
    bytes: bytes.length,
    parse: parsing!,
    roundtrip: around!,
    engines: own.map((time, index) => ({
      policy: engines[index]!.name,
      microseconds: time,
      megabytesPerSecond: bytes.length / time,
      toParse: parsing! / time,
      toRoundtrip: around! / time,
    })),
  };
});
const means = engines.map(({ name }, index) => ({
  policy: name,
  toParse: geometricMean(rows.map(({ engines }) => engines[index]!.toParse)),
  toRoundtrip: geometricMean(rows.map(({ engines }) => engines[index]!.toRoundtrip)),
}));
const wasmBytes = statSync(wasmPath).size;
const tokens = await tokenFigures();
const session = await sessionFigures();
const formats = formatFigures();
const detectors = detectorFigures();
const memory = memoryFigures();
const isSteady = memory.after === memory.afterMany;

if (values.json)
  console.log(
    JSON.stringify({ rows, means, targets: TARGETS, wasmBytes, tokens, session, formats, detectors, memory }),
  );
else print();
process.exitCode = isSteady ? 0 : 1;

function print(): void {
  const line = (...cells: string[]) =>
    console.log(cells.map((cell, index) => (index < 2 ? cell.padEnd(index ? 16 : 18) : cell.padStart(13))).join(""));
  line("document", "policy", "us", "MB/s", "x parse", "x roundtrip");
  for (const { document, parse, roundtrip, bytes, engines } of rows) {
    line(document, "(JSON.parse)", parse.toFixed(1), (bytes / parse).toFixed(0));
    line("", "(round trip)", roundtrip.toFixed(1), (bytes / roundtrip).toFixed(0));
    for (const { policy, microseconds, megabytesPerSecond, toParse, toRoundtrip } of engines) {
      line(
        "",
        policy,
        microseconds.toFixed(1),
        megabytesPerSecond.toFixed(0),
        toParse.toFixed(2),
        toRoundtrip.toFixed(2),
      );
    }
  }
  for (const { policy, toParse, toRoundtrip } of means) {
    line("geometric mean", policy, "", "", toParse.toFixed(2), toRoundtrip.toFixed(2));
  }
  line("\nformat", "peer", "us", "MB/s", "x peer");
  for (const { format, peer, microseconds, megabytesPerSecond } of formats) {
    const ratio = (peer.microseconds / microseconds).toFixed(2);
    line(format, peer.name, microseconds.toFixed(1), megabytesPerSecond.toFixed(0), ratio);
  }
  const verdict = (holds: boolean) => (holds ? "pass" : "miss");
  const [main] = means;
  console.log(
    `\nto JSON.parse, active       ${main!.toParse.toFixed(2)}x, target ${TARGETS.parse}x: ${verdict(main!.toParse >= TARGETS.parse)}`,
  );
  console.log(
    `to the round trip, active   ${main!.toRoundtrip.toFixed(2)}x, target ${TARGETS.roundtrip}x: ${verdict(main!.toRoundtrip >= TARGETS.roundtrip)}`,
  );
  console.log(
    `release wasm                ${wasmBytes} bytes, target ${TARGETS.wasmBytes}: ${verdict(wasmBytes <= TARGETS.wasmBytes)}`,
  );
  console.log(
    `PAN tokens a second         ${Math.round(tokens.wasmPerSecond)}, ${tokens.ratio.toFixed(1)}x @noble/ciphers, target ${TARGETS.tokens}x: ${verdict(tokens.ratio >= TARGETS.tokens)}`,
  );
  console.log(
    `a request with a token      ${session.jwt.toFixed(1)} us, ${session.ratio.toFixed(3)}x presence, target ${TARGETS.session}x: ${verdict(session.ratio <= TARGETS.session)}`,
  );
  console.log(
    `memory after ${FEW} requests ${memory.after} bytes, after ${MANY} ${memory.afterMany}: ${isSteady ? "pass" : "FAIL"}`,
  );
  printDetectorFigures(detectors);
}
