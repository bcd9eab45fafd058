/**
 * ACVP vector sets: prompt.json with the questions, expectedResults.json with the answers of the NIST server.
 * Invariant: as with Wycheproof, an algorithm, test type or direction that is not named here is an error.
 */
import { ff1Purpose, numeralsOf, runFf1 } from "./ff1.ts";
import { bytes, hexOf } from "./hex.ts";
import { type Tally, VectorError } from "./tally.ts";
import type { CryptoModule } from "./wasm.ts";

interface Entry {
  tcId: number;
  [member: string]: unknown;
}

interface Group {
  tgId: number;
  tests: Entry[];
  [member: string]: unknown;
}

export interface VectorSet {
  algorithm: string;
  revision: string;
  testGroups: Group[];
}

interface Question {
  module: CryptoModule;
  group: Group;
  test: Entry;
  answer: Entry;
  tally: Tally;
}

const text = (entry: Entry, member: string): string => {
  const value = entry[member];
  if (typeof value !== "string") throw new VectorError(`tcId ${entry.tcId}: no ${member}`);
  return value;
};
const hex = (entry: Entry, member: string): Buffer => bytes(text(entry, member));

function ff1({ module, group, test, answer, tally }: Question): void {
  const isEncryption = group.direction === "encrypt";
  if (!isEncryption && group.direction !== "decrypt") throw new VectorError(`unknown direction ${group.direction}`);
  const alphabet = String(group.alphabet);
  const radix = Number(group.radix);
  const [asked, answered] = isEncryption ? (["pt", "ct"] as const) : (["ct", "pt"] as const);
  const [plain, cipher] = [isEncryption ? test : answer, isEncryption ? answer : test];
  const sizes = [text(test, asked), text(answer, answered)];
  const tweak = hex(test, "tweak");
  const outcome = runFf1(module, {
    radix,
    key: hex(test, "key"),
    tweak,
    plain: numeralsOf(text(plain, "pt"), alphabet),
    cipher: numeralsOf(text(cipher, "ct"), alphabet),
  });
  tally.judge(`tcId ${test.tcId}`, "valid", outcome, ff1Purpose(radix, [...sizes[0]!].length, tweak.length));
}

/** `macLen` says how many bits of the code are kept. */
function mac({ module, group, test, answer, tally }: Question, compute: "cmac" | "hmacSha256", message: string): void {
  const code = module[compute](hex(test, "key"), hex(test, message)).subarray(0, Number(group.macLen) / 8);
  const name = `tcId ${test.tcId}`;
  if (group.direction === "ver") {
    const isRight = module.equal(code, hex(test, "mac"));
    tally.check(name, isRight === answer.testPassed, `verifies as ${isRight}`);
  } else {
    tally.check(name, hex(answer, "mac").equals(code), `gives ${hexOf(code)}`);
  }
}

function sha256({ module, group, test, answer, tally }: Question): void {
  const name = `tcId ${test.tcId}`;
  const message = hex(test, "msg");
  if (group.testType === "AFT") {
    if (Number(test.len) % 8 !== 0) throw new VectorError(`${name}: a message of ${test.len} bits`);
    const digest = module.sha256(message.subarray(0, Number(test.len) / 8));
    tally.check(name, hex(answer, "md").equals(digest), `gives ${hexOf(digest)}`);
    return;
  }
  // The Monte Carlo test: 100 chains of 1000 digests, each over the last three.
  const results = answer.resultsArray as { md: string }[];
  let seed: Uint8Array = message;
  const isRight = results.every(({ md }) => {
    let last = [seed, seed, seed];
    for (let i = 0; i < 1000; i++) last = [last[1]!, last[2]!, module.sha256(Buffer.concat(last))];
    seed = last[2]!;
    return bytes(md).equals(seed);
  });
  tally.check(name, isRight && results.length === 100, "a chain of digests differs");
}

interface Kind {
  revision: string;
  isKnown(group: Group): boolean;
  run(question: Question): void;
}

const isFunctional = (group: Group): boolean => group.testType === "AFT";

const kinds: Record<string, Kind> = {
  "ACVP-AES-FF1": { revision: "1.0", isKnown: isFunctional, run: ff1 },
  "CMAC-AES": {
    revision: "1.0",
    isKnown: (group) => isFunctional(group) && (group.direction === "gen" || group.direction === "ver"),
    run: (question) => mac(question, "cmac", "message"),
  },
  "HMAC-SHA2-256": {
    revision: "1.0",
    isKnown: isFunctional,
    run: (question) => mac(question, "hmacSha256", "msg"),
  },
  "SHA2-256": {
    revision: "1.0",
    isKnown: (group) =>
      isFunctional(group) || (group.testType === "MCT" && (group.mctVersion ?? "standard") === "standard"),
    run: sha256,
  },
};

export function runAcvp(module: CryptoModule, prompt: VectorSet, expected: VectorSet, tally: Tally): void {
  const kind = Object.hasOwn(kinds, prompt.algorithm) ? kinds[prompt.algorithm] : undefined;
  if (kind === undefined || kind.revision !== prompt.revision) {
    throw new VectorError(`unknown algorithm ${prompt.algorithm} revision ${prompt.revision}`);
  }
  for (const group of prompt.testGroups) {
    if (!kind.isKnown(group)) {
      throw new VectorError(
        `unknown group ${group.tgId} of ${prompt.algorithm}: ${group.testType} ${group.direction ?? ""}`,
      );
    }
  }
  const answers = new Map(
    expected.testGroups.flatMap((group) => group.tests.map((test) => [test.tcId, test] as const)),
  );
  for (const group of prompt.testGroups) {
    for (const test of group.tests) {
      const answer = answers.get(test.tcId);
      if (answer === undefined) throw new VectorError(`tcId ${test.tcId} has no expected result`);
      kind.run({ module, group, test, answer, tally });
    }
  }
}
