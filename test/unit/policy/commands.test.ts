// compile, lint and keygen as a shell sees them: output and exit code.

import { execFile } from "node:child_process";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const cli = join(import.meta.dirname, "../../../bin/frostglass.js");
const folder = mkdtempSync(join(tmpdir(), "frostglass-policy-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

writeFileSync(join(folder, "a.json"), '{"name":"a","activation":{"always":true}}');
writeFileSync(join(folder, "b.json"), '{"name":"b","activation":{"always":true},"unsupported":"pass"}');
writeFileSync(join(folder, "bad.json"), '{"name":"bad","activation":{"always":true},"unmatched":"x","rule":[]}');

test("compile prints a line a policy and writes into a folder", async () => {
  const { code, stdout } = await run("compile", "a.json", "b.json", "-o", "out");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^a: 0 rules, 1 states, \d+ bytes, sha256:[0-9a-f]{64}\nb: /);
  expect(readdirSync(join(folder, "out"))).toEqual(["a.fgpb", "b.fgpb"]);
  expect(readFileSync(join(folder, "out/a.fgpb")).subarray(0, 4).toString()).toBe("FGPB");
});

test("compile writes one policy into a file", async () => {
  const { code, stdout } = await run("compile", "a.json", "-o", "x/one.bin", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ policies: [{ name: "a", output: "x/one.bin" }], diagnostics: [] });
});

test("compile tells all problems and writes nothing", async () => {
  const { code, stderr } = await run("compile", "a.json", "bad.json", "none.json", "-o", "nothing");
  expect(code).toBe(1);
  expect(stderr.split("\n")[0]).toBe(
    'bad.json:1:56: error[unknown-value]: `unmatched` is "x"; use one of pass, redact, strip, block',
  );
  expect(stderr).toContain("bad.json:1:60: error[unknown-property]");
  expect(stderr).toContain("none.json:1:1: error[no-file]");
  expect(readdirSync(folder)).not.toContain("nothing");
});

test("compile without a policy is a usage error", async () => {
  expect((await run("compile")).code).toBe(2);
});

test("lint finds", async () => {
  expect(await run("lint", "a.json")).toMatchObject({ code: 0, stdout: "" });
  const { code, stdout } = await run("lint", "b.json", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ diagnostics: [{ code: "unsupported-pass", file: "b.json", line: 1 }] });
});

test("keygen prints 32 random bytes", async () => {
  const [one, two] = await Promise.all([run("keygen"), run("keygen", "--encoding", "hex")]);
  expect(one.stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
  expect(two.stdout).toMatch(/^[0-9a-f]{64}\n$/);
  expect((await run("keygen", "--encoding", "octal")).code).toBe(2);
});

test("keygen makes keys for session tokens", async () => {
  const [hmac, ec, rsa] = await Promise.all(["hmac", "ec", "rsa"].map((type) => run("keygen", "--type", type)));
  expect(hmac!.stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
  for (const [{ stdout }, name, type] of [
    [ec!, "prime256v1", "ec"],
    [rsa!, undefined, "rsa"],
  ] as const) {
    const at = stdout.indexOf("-----BEGIN PUBLIC KEY-----");
    const publicKey = createPublicKey(stdout.slice(at));
    expect(createPublicKey(createPrivateKey(stdout.slice(0, at))).equals(publicKey)).toBe(true);
    expect([publicKey.asymmetricKeyType, publicKey.asymmetricKeyDetails?.namedCurve]).toEqual([type, name]);
  }
  const pair = JSON.parse((await run("keygen", "--type", "ec", "--json")).stdout);
  expect(Object.keys(pair).sort()).toEqual(["privateKey", "publicKey"]);
});
