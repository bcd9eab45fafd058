/**
 * `npm run fuzz`: the differential property at length, forgeries of an audit log, tokens there and back, cryptography
 * and session tokens against other implementations, protobuf against @bufbuild/protobuf, policies that mix all locations
 * and formats against the leak proof, tokens in all of them on their way back. FUZZ_CASES (100000) documents, FUZZ_TOKENS
 * (1000000) tokens, FUZZ_CRYPTO (1000000) calls, FUZZ_SESSIONS (30000) session tokens, FUZZ_PROTOBUF (6000) messages,
 * FUZZ_RECEIVERS (40000) odd forms, queries, parts and events for real receivers, FUZZ_MIXED (200) mixed policies, as many with
 * small limits and some on presets, FUZZ_BACK (200) policies with a way back, and some on presets; FUZZ_SEED to see a run again.
 * Ends with `N passed, N failed`; every failure comes shrunk, with the seed of its batch.
 */
import fc from "fast-check";
import { fuzzAudit } from "./audit.ts";
import { fuzzCrypto } from "./crypto.ts";
import { cases, checkCase, DOCUMENTS_A_POLICY, failureOf, loadTargets } from "./differential.ts";
import { fuzzBack } from "./mixed/back.ts";
import { fuzzMixed } from "./mixed/mixed.ts";
import { fuzzProtobuf } from "./protobuf.ts";
import { fuzzReceivers } from "./receivers.ts";
import { fuzzSessionTokens } from "./session-tokens.ts";
import { fuzzTokens, type Tally } from "./tokens.ts";

const wanted = Number(process.env.FUZZ_CASES ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() & 0x3fffffff);
const BATCH = 200;
/** A broken engine fails everywhere: the first few failures say enough. */
const FAILURES_SHOWN = 5;
const FORGERIES = 10_000;
const CRYPTO = Number(process.env.FUZZ_CRYPTO ?? 1_000_000);
const SESSIONS = Number(process.env.FUZZ_SESSIONS ?? 30_000);
const PROTOBUF = Number(process.env.FUZZ_PROTOBUF ?? 6_000);
const RECEIVERS = Number(process.env.FUZZ_RECEIVERS ?? 40_000);
const MIXED = Number(process.env.FUZZ_MIXED ?? 200);
const BACK = Number(process.env.FUZZ_BACK ?? 200);
const TOKENS = Number(process.env.FUZZ_TOKENS ?? 1_000_000);

const targets = await loadTargets();
const property = fc.property(cases, (one) => checkCase(targets, one));
console.log(`fuzz: ${wanted} cases, FUZZ_SEED=${seed}`);
const start = Date.now();
let passed = 0;
let failed = 0;
for (let batch = 0; passed + failed < wanted && failed < FAILURES_SHOWN; batch++) {
  const numRuns = Math.min(BATCH, Math.ceil((wanted - passed - failed) / DOCUMENTS_A_POLICY));
  const details = fc.check(property, { seed: seed + batch, numRuns });
  const failure = failureOf(details);
  if (failure) {
    failed++;
    passed += (details.numRuns - 1) * DOCUMENTS_A_POLICY;
    console.error(`\n${failure}`);
  } else {
    passed += numRuns * DOCUMENTS_A_POLICY;
  }
  if (process.stdout.isTTY) {
    const rate = Math.round((passed / (Date.now() - start)) * 1000);
    process.stdout.write(`\r${passed} of ${wanted} cases, ${rate} a second `);
  }
}
if (process.stdout.isTTY) process.stdout.write("\n");
console.log(`fuzz: ${FORGERIES} forgeries of an audit log`);
const audit = await fuzzAudit(FORGERIES, seed);
count({ passed: audit.passed, failed: audit.failures.length, failures: audit.failures });
console.log(`fuzz: ${TOKENS} tokens, there and back`);
count(await fuzzTokens(TOKENS, seed));
console.log(`fuzz: ${CRYPTO} calls of the cryptography, against node:crypto and @noble/ciphers`);
count(fuzzCrypto(CRYPTO, seed));
console.log(`fuzz: ${SESSIONS} session tokens, against jose`);
count(await fuzzSessionTokens(SESSIONS, seed));
console.log(`fuzz: ${PROTOBUF} protobuf bodies, against @bufbuild/protobuf`);
count(fuzzProtobuf(PROTOBUF, seed));
console.log(`fuzz: ${RECEIVERS} odd messages, as real receivers read them`);
count(await fuzzReceivers(RECEIVERS, seed));
console.log(`fuzz: ${MIXED} policies that mix all locations and formats, against the leak proof`);
count(await fuzzMixed(MIXED, seed));
console.log(`fuzz: ${BACK} policies with a way back, for each of its properties`);
count(await fuzzBack(BACK, seed));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function count(tally: Tally): void {
  for (const failure of tally.failures.slice(0, FAILURES_SHOWN)) console.error(`\n${failure}`);
  passed += tally.passed;
  failed += tally.failed;
}
