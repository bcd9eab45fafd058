// Commands as a user launches them: the launcher in a process of its own, in a folder of its own.

import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { packageRoot } from "../../../scripts/wasm.ts";

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

interface Given {
  stdin?: string | Uint8Array;
  environment?: Record<string, string>;
  cwd?: string;
}

export function frostglass(
  args: readonly string[],
  { stdin, environment, cwd = packageRoot }: Given = {},
): Promise<Ended> {
  const launcher = join(packageRoot, "bin", "frostglass.js");
  const {
    FROSTGLASS_KEY: _,
    FROSTGLASS_AUDIT_KEY: __,
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: ___,
    ...inherited
  } = process.env;
  const child = spawn(process.execPath, [launcher, ...args], { cwd, env: { ...inherited, ...environment } });
  // A command that refuses its input does not read the rest.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  return endOf(child);
}

/** What a process has written by its end, and how it ends. */
export function endOf(child: ChildProcessByStdio<Writable | null, Readable, Readable>): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    err += text;
  });
  child.on("error", reject);
  child.on("close", (code) => resolve({ code, out, err }));
  return promise;
}

/** A folder with these files, gone after the test. */
export function folderWith(files: Readonly<Record<string, unknown>>): string {
  const folder = mkdtempSync(join(tmpdir(), "frostglass-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

export const policy = {
  name: "shop",
  activation: { verify: "presence" },
  rules: [
    { name: "pan", select: "json:$..number", action: { mask: { keepLast: 4 } } },
    { name: "cvv", select: "json:$..cvc", action: "strip" },
    { name: "mail", select: "json:$..email", action: { hash: { length: 12 } } },
    { name: "never", select: "json:$.forbidden", action: "block" },
    { name: "back", on: "response", select: "json:$..token", action: "redact" },
  ],
};

export const order = '{"number": "4111111111111111", "cvc": "737", "zip": null}';
export const anonymized = '{"number": "************1111", "zip": null}';
