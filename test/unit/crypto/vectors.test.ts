/** `npm run vectors`: all published vectors pass, what is unknown is an error, and the exit code says so. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cmac } from "@noble/ciphers/aes.js";
import { FF1 } from "@noble/ciphers/ff1.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { afterAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../../scripts/wasm.ts";
import { allVectors, corpora, expand, runVectors } from "../../vectors/files.ts";
import { hexOf } from "../../vectors/hex.ts";
import { VectorError } from "../../vectors/tally.ts";
import { CryptoModule } from "../../vectors/wasm.ts";
import type { WycheproofFile } from "../../vectors/wycheproof.ts";

const module = new CryptoModule();
const folder = mkdtempSync(join(tmpdir(), "frostglass-vectors-"));
afterAll(() => rmSync(folder, { recursive: true }));

let written = 0;
function write(content: unknown, name = `${written++}.json`): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function acvp(prompt: object, groups: object[], answers: object[]): string {
  const path = join(folder, `acvp${written++}`);
  mkdirSync(path);
  writeFileSync(join(path, "prompt.json"), JSON.stringify({ revision: "1.0", ...prompt, testGroups: groups }));
  writeFileSync(join(path, "expectedResults.json"), JSON.stringify({ testGroups: [{ tgId: 1, tests: answers }] }));
  return path;
}

describe("published vectors", () => {
  test.each(allVectors().map((path) => [path.slice(corpora.length), path]))("%s", (_name, path) => {
    const tally = runVectors(module, path);
    expect(tally.failures).toEqual([]);
    expect(tally.passed).toBeGreaterThan(0);
    if (!path.endsWith(".json")) return;
    const file = JSON.parse(readFileSync(path, "utf8")) as WycheproofFile | unknown[];
    const cases = Array.isArray(file) ? file : file.testGroups.flatMap((group) => group.tests);
    expect(tally.passed).toBe(cases.length);
  });

  test("what is refused on purpose is listed with its reason", () => {
    const { listed } = runVectors(module, join(corpora, "crypto/wycheproof/ff1/aes_ff1_base10_test.json"));
    expect([...listed.keys()]).toEqual(["refused on purpose: a domain below 1,000,000 (SP 800-38G Rev. 1)"]);
  });
});

const key = new Uint8Array(16).fill(3);
const digits = (text: string): number[] => [...text].map(Number);

describe("ACVP", () => {
  const alphabet = "0123456789";
  const ff1Groups = (direction: string, member: "pt" | "ct", value: string) => [
    {
      tgId: 1,
      testType: "AFT",
      direction,
      alphabet,
      radix: 10,
      tests: [{ tcId: 1, tweak: "AB", key: hexOf(key), [member]: value }],
    },
  ];
  const cipher = FF1(10, key, Uint8Array.of(0xab)).encrypt(digits("4111111111111111")).join("");

  test("ACVP-AES-FF1, both directions, right and wrong", () => {
    const name = { algorithm: "ACVP-AES-FF1" };
    const encrypt = ff1Groups("encrypt", "pt", "4111111111111111");
    const decrypt = ff1Groups("decrypt", "ct", cipher);
    expect(runVectors(module, acvp(name, encrypt, [{ tcId: 1, ct: cipher }]))).toMatchObject({ passed: 1, failed: 0 });
    expect(runVectors(module, acvp(name, decrypt, [{ tcId: 1, pt: "4111111111111111" }]))).toMatchObject({ passed: 1 });
    expect(runVectors(module, acvp(name, decrypt, [{ tcId: 1, pt: "4111111111111112" }]))).toMatchObject({ failed: 1 });
  });

  test("CMAC-AES, HMAC-SHA2-256 and SHA2-256", () => {
    const message = Uint8Array.of(1, 2, 3);
    const code = cmac(message, key);
    const generate = {
      tgId: 1,
      testType: "AFT",
      direction: "gen",
      macLen: 64,
      tests: [{ tcId: 1, key: hexOf(key), message: "010203" }],
    };
    const made = acvp({ algorithm: "CMAC-AES" }, [generate], [{ tcId: 1, mac: hexOf(code.subarray(0, 8)) }]);
    expect(runVectors(module, made)).toMatchObject({ passed: 1, failed: 0 });

    const tests = [0, 1].map((i) => ({ tcId: i, key: hexOf(key), message: `01020${3 + i}`, mac: hexOf(code) }));
    const verify = { tgId: 1, testType: "AFT", direction: "ver", macLen: 128, tests };
    const answers = [
      { tcId: 0, testPassed: true },
      { tcId: 1, testPassed: false },
    ];
    expect(runVectors(module, acvp({ algorithm: "CMAC-AES" }, [verify], answers))).toMatchObject({ passed: 2 });

    const mac = { tgId: 1, testType: "AFT", macLen: 256, tests: [{ tcId: 1, key: hexOf(key), msg: "010203" }] };
    const answer = { tcId: 1, mac: hexOf(hmac(sha256, key, message)) };
    expect(runVectors(module, acvp({ algorithm: "HMAC-SHA2-256" }, [mac], [answer]))).toMatchObject({ passed: 1 });

    const hash = { tgId: 1, testType: "AFT", tests: [{ tcId: 1, len: 24, msg: "010203" }] };
    const digest = { tcId: 1, md: hexOf(sha256(message)) };
    expect(runVectors(module, acvp({ algorithm: "SHA2-256" }, [hash], [digest]))).toMatchObject({ passed: 1 });
  });

  test("an unknown algorithm, revision, group or direction, and a missing answer, are errors", () => {
    const groups = ff1Groups("encrypt", "pt", "4111111111111111");
    const answers = [{ tcId: 1, ct: cipher }];
    const fails = (path: string) => expect(() => runVectors(module, path)).toThrow(VectorError);
    fails(acvp({ algorithm: "ACVP-AES-FF3-1" }, groups, answers));
    fails(acvp({ algorithm: "ACVP-AES-FF1", revision: "2.0" }, groups, answers));
    fails(acvp({ algorithm: "ACVP-AES-FF1" }, [{ ...groups[0], testType: "MCT" }], answers));
    fails(acvp({ algorithm: "ACVP-AES-FF1" }, [{ ...groups[0], direction: "both" }], answers));
    fails(acvp({ algorithm: "ACVP-AES-FF1" }, groups, []));
  });
});

describe("Wycheproof", () => {
  const tag = hexOf(hmac(sha256, key, new Uint8Array()));
  const file = (test: object, group: object = {}, head: object = {}) =>
    write({
      algorithm: "HMACSHA256",
      schema: "mac_test_schema_v1.json",
      testGroups: [
        {
          type: "MacTest",
          tagSize: 256,
          tests: [{ tcId: 7, comment: "", flags: [], result: "valid", key: hexOf(key), msg: "", tag, ...test }],
          ...group,
        },
      ],
      ...head,
    });

  test("right, wrong, and acceptable with its reason", () => {
    expect(runVectors(module, file({}))).toMatchObject({ passed: 1, failed: 0 });
    expect(runVectors(module, file({ tag: "00" }))).toMatchObject({ passed: 0, failed: 1 });
    expect(runVectors(module, file({ result: "invalid" }))).toMatchObject({ passed: 0, failed: 1 });
    const open = runVectors(module, file({ result: "acceptable", tag: "00" }));
    expect([...open.listed]).toEqual([["acceptable, rejected: the tag differs", ["tcId 7"]]]);
  });

  test.each<[string, () => string]>([
    ["flag", () => file({ flags: ["Surprise"] })],
    ["group type", () => file({}, { type: "MacWithIvTest" })],
    ["algorithm", () => file({}, {}, { algorithm: "HMACSHA1" })],
    ["result", () => file({ result: "perhaps" })],
    ["member of Object.prototype as algorithm", () => file({}, {}, { algorithm: "constructor" })],
    ["format", () => write({ cases: [] })],
    ["emptiness", () => write([])],
    ["text", () => write("COUNT = 1\nNONCE = 00\n", "unknown.rsp")],
    ["JSON", () => write("{")],
  ])("an unknown %s is an error", (_name, path) => {
    expect(() => runVectors(module, path())).toThrow(VectorError);
  });
});

describe("the command", () => {
  const run = (...args: string[]) => {
    const script = join(packageRoot, "test", "vectors", "vectors.ts");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
    return { status, last: stdout.trimEnd().split("\n").at(-1), stderr };
  };
  const samples = join(corpora, "crypto/ff1/nist-sp800-38g-samples.json");

  test("ends with the counts", () => {
    expect(run(samples, join(corpora, "crypto/nist-cavs"))).toMatchObject({ status: 0, last: "102 passed, 0 failed" });
  });
  test("exits with 1 when a case fails or a file is unknown", () => {
    const wrong = [{ radix: 10, key: hexOf(key), tweak: "", pt: "0123456789", ct: "0123456789" }];
    expect(run(samples, write(wrong))).toMatchObject({ status: 1, last: "9 passed, 1 failed" });
    expect(run(join(corpora, "crypto/wycheproof/aes_gcm_test.json"))).toMatchObject({
      status: 1,
      last: "0 passed, 1 failed",
    });
  });
  test("exits with 2 on wrong usage", () => {
    expect(run("--all").status).toBe(2);
    expect(run(join(folder, "missing.json")).stderr).toContain("does not exist");
  });
  test("either file of an ACVP pair stands for the folder", () => {
    const path = acvp({ algorithm: "SHA2-256" }, [], []);
    expect([join(path, "prompt.json"), join(path, "expectedResults.json"), path].flatMap(expand)).toEqual([
      path,
      path,
      path,
    ]);
  });
});
