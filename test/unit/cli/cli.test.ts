// The command line as a whole: help, versions, misspellings, and the launcher under other circumstances.

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { packageRoot } from "../../../scripts/wasm.ts";
import { anonymized, folderWith, frostglass, order, policy } from "./support.ts";

const commands = ["compile", "lint", "test", "apply", "replay", "manifest", "keygen", "audit"];

describe("help", () => {
  test("lists all commands, with examples", async () => {
    const { code, out } = await frostglass(["--help"]);
    expect(code).toBe(0);
    for (const command of commands) expect(out).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(out).toContain("Examples:");
  });

  test.each(commands)("of %s", async (command) => {
    const { code, out } = await frostglass([command, "--help"]);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: frostglass ${command}`);
  });

  test("the version is that of package.json", async () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8"));
    expect(await frostglass(["--version"])).toMatchObject({ code: 0, out: `${version}\n` });
  });
});

describe("a wrong call ends with 2", () => {
  test("an unknown command gets a suggestion", async () => {
    const { code, err } = await frostglass(["aply"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^frostglass: unknown command 'aply'\n\(Did you mean apply\?\)/);
  });

  test("no command shows the help", async () => {
    const { code, err } = await frostglass([]);
    expect(code).toBe(2);
    expect(err).toContain("Commands:");
  });

  test.each(["compile", "lint", "test", "apply", "replay", "manifest"])("%s without arguments", async (command) => {
    const { code, err } = await frostglass([command]);
    expect(code).toBe(2);
    expect(err).toMatch(/^frostglass: /);
  });
});

describe("what the call holds that may be a secret is not said again", () => {
  test.each([
    ["-H", "authorization s3cr3t"],
    ["-H", "authorization:", "Bearer", "s3cr3t"],
  ])("%j", async (...header) => {
    const folder = folderWith({ "p.json": policy });
    const { code, err } = await frostglass(["apply", "--policy", "p.json", ...header], { cwd: folder, stdin: "{}" });
    expect(code).toBe(2);
    expect(err).toMatch(/^frostglass: .+(write it as 'name: value'|quote what holds blanks)\.\n/);
    expect(err).not.toContain("s3cr3t");
  });
});

const inShell = (line: string) =>
  promisify(execFile)("bash", ["-c", `"${process.execPath}" bin/frostglass.js ${line}`], { cwd: packageRoot }).then(
    () => ({ code: 0, stdout: "", stderr: "" }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  );

test.each(["detect", "apply --policy policies/checkout.json"])(
  "a folder as stdin is a wrong call of %s, and not empty",
  async (command) => {
    const stderr = "frostglass: stdin is a folder; give a file or a pipe\n";
    expect(await inShell(`${command} <policies`)).toEqual({ code: 2, stdout: "", stderr });
  },
);

test.skipIf(!existsSync("/dev/full"))("a full disk is said in a line", async () => {
  const stderr = "frostglass: stdout cannot be written (ENOSPC)\n";
  expect(await inShell("keygen >/dev/full")).toEqual({ code: 1, stdout: "", stderr });
});

test("test says which file is missing, the policy or its tests", async () => {
  const folder = folderWith({ "p.json": policy });
  const missing = await frostglass(["test", "q.json"], { cwd: folder });
  expect(missing).toMatchObject({ code: 2, err: "frostglass: q.json is not there; name a policy file\n" });
  const untested = await frostglass(["test", "p.json"], { cwd: folder });
  expect(untested.err).toMatch(/^frostglass: p\.test\.json is not there; write the tests/);
});

test("tests and recordings that cannot be read are told with their place, or the system's reason", async () => {
  const folder = folderWith({ "p.json": policy, "p.test.json": '{"tests": [\n  {"title": "x",}]}' });
  const tests = await frostglass(["test", "p.json"], { cwd: folder });
  expect(tests.code).toBe(2);
  expect(tests.err).toMatch(
    /^frostglass: p\.test\.json:2:17: .+; the tests are strict JSON, see policies\/test\.schema\.json\n/,
  );
  const replayed = await frostglass(["replay", "--policy", "p.json", "r.ndjson"], { cwd: folder });
  expect(replayed.err).toContain("r.ndjson: the recording cannot be read (ENOENT); check the path");
});

test("package takes a WebAssembly module alone", async () => {
  const folder = folderWith({ "p.json": policy });
  const { code, err } = await frostglass(["package", "-o", "out", "--wasm", "p.json"], { cwd: folder });
  expect(code).toBe(1);
  expect(err).toBe("frostglass: p.json is no WebAssembly module; name the wasm of a filter\n");
});

test("a reader that closes the pipe is no error", async () => {
  const command = `"${process.execPath}" bin/frostglass.js --help | head -n 1`;
  const { stdout, stderr } = await promisify(execFile)("bash", ["-o", "pipefail", "-c", command], { cwd: packageRoot });
  expect({ stdout, stderr }).toEqual({ stdout: "Usage: frostglass [options] [command]\n", stderr: "" });
});

test("the published package runs the bundle, without sources", async () => {
  const folder = folderWith({ "p.json": policy });
  const installed = join(folder, "node_modules", "frostglass");
  const { files } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { files: string[] };
  mkdirSync(installed, { recursive: true });
  const published = files.filter((file) => file !== "build" && existsSync(join(packageRoot, file)));
  // Of build/ only what runs, since another build may be writing beside it.
  for (const name of ["package.json", ...published, "build/cli", "build/frostglass.wasm"]) {
    cpSync(join(packageRoot, name), join(installed, name), { recursive: true });
  }
  symlinkSync(join(packageRoot, "node_modules"), join(installed, "node_modules"));
  const launcher = join(installed, "bin", "frostglass.js");
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [launcher, ...args], { cwd: folder });
  expect((await run("--help")).stdout).toContain("replay");
  const child = run("apply", "--policy", "p.json");
  child.child.stdin!.end(order);
  expect((await child).stdout).toBe(anonymized);
  expect(existsSync(join(installed, "build", "compiled"))).toBe(true);
});
