// Writing a log: several writers and processes, a writer that dies, seals, what the schema keeps out.

import { spawn } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { AuditLog } from "../../../scripts/audit/log.ts";
import { type AuditRecord, isRecord, NO_HASH } from "../../../scripts/audit/record.ts";
import { verify } from "../../../scripts/audit/verify.ts";
import { packageRoot } from "../../../scripts/wasm.ts";
import { digest, key, logFolder, ticking, writeSession } from "./support.ts";

const folder = logFolder();
afterAll(() => folder.remove());

const uplink = { who: "ann", sourceIp: "203.0.113.7" };
const linesOf = (name: string): AuditRecord[] =>
  readFileSync(folder.path(name), "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

const codesOf = (name: string, open = true) =>
  verify([folder.read(name)], { keys: [key], open }).findings.map(({ code }) => code);

describe("a log", () => {
  test("begins with a record that makes it unlike any other", async () => {
    for (const name of ["a", "b"]) await (await AuditLog.open(folder.path(name), { writer: "w", key })).close();
    const [a, b] = [linesOf("a")[0]!, linesOf("b")[0]!];
    expect(a).toMatchObject({ v: 1, seq: 0, event: "log.opened", prev: NO_HASH });
    expect(a.hash).not.toBe(b.hash);
  });

  test("is one chain over all writers, and each counts its own records", async () => {
    await writeSession(folder.path("session"), { session: "s-1" });
    const records = linesOf("session");
    expect(records.every(isRecord)).toBe(true);
    records.slice(1).forEach((record, i) => {
      expect(record.prev).toBe(records[i]!.hash);
    });
    for (const writer of ["session", "edge-1", "reveal"]) {
      const own = records.filter((record) => record.writer === writer);
      expect(own.map(({ seq }) => seq)).toEqual(own.map((_, i) => i));
    }
    expect(codesOf("session", false)).toEqual([]);
  });

  test("is sealed after so many records, and when it closes", async () => {
    const log = await AuditLog.open(folder.path("sealed"), { writer: "w", key, sealEvery: 3 });
    for (let i = 0; i < 7; i++) await log.append("tunnel.uplink", uplink);
    await log.close();
    const events = linesOf("sealed").map(({ event }) => (event === "log.sealed" ? "seal" : "."));
    expect(events.join("")).toBe("...seal...seal..seal");
  });

  test("takes nothing behind its final seal", async () => {
    await writeSession(folder.path("closed"), { session: "s-1" });
    const log = await AuditLog.open(folder.path("closed"), { writer: "late", key });
    await expect(log.append("tunnel.uplink", uplink)).rejects.toThrow("is closed by its final seal");
    await log.close();
  });

  test("without a key has no seals, which verification says; it cannot be closed", async () => {
    const log = await AuditLog.open(folder.path("keyless"), { writer: "w" });
    await log.append("tunnel.uplink", uplink);
    expect(codesOf("keyless")).toEqual(["unsealed"]);
    await expect(log.close({ final: true })).rejects.toThrow("needs the audit key");
  });

  test("keeps the order of calls that did not wait for each other", async () => {
    const log = await AuditLog.open(folder.path("order"), { writer: "w", key });
    await Promise.all(Array.from({ length: 20 }, (_, i) => log.append("log.recovered", { bytes: i })));
    await log.close();
    const bytes = linesOf("order").flatMap(({ event, data }) => (event === "log.recovered" ? data.bytes : []));
    expect(bytes).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});

describe("a writer that died", () => {
  test("in the middle of a line: the line goes, and that is on record", async () => {
    await (await AuditLog.open(folder.path("torn"), { writer: "w", key })).close();
    appendFileSync(folder.path("torn"), '{"data":{"who":"ann');
    expect(codesOf("torn")).toEqual(["unfinished"]);
    await (await AuditLog.open(folder.path("torn"), { writer: "w", key })).close();
    expect(linesOf("torn").at(-2)).toMatchObject({ event: "log.recovered", data: { bytes: 19 } });
    expect(codesOf("torn")).toEqual([]);
  });

  test("with the lock in its hand: the next takes it", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await new Promise((resolve) => child.on("exit", resolve));
    writeFileSync(folder.path("dead.lock"), `${child.pid}\n`);
    await (await AuditLog.open(folder.path("dead"), { writer: "w", key })).close();
    expect(codesOf("dead")).toEqual([]);
    expect(existsSync(folder.path("dead.lock"))).toBe(false);
  });
});

describe("a log that does not hold together", () => {
  test("is not continued", async () => {
    await (await AuditLog.open(folder.path("bad"), { writer: "w", key })).close();
    appendFileSync(folder.path("bad"), "{}\n");
    await expect(AuditLog.open(folder.path("bad"), { writer: "w", key })).rejects.toThrow("frostglass audit verify");
  });

  test("nor one that became shorter while it was open", async () => {
    const log = await AuditLog.open(folder.path("short"), { writer: "w", key });
    writeFileSync(folder.path("short"), "");
    await expect(log.append("tunnel.uplink", uplink)).rejects.toThrow("became shorter");
  });
});

test("processes that append at once make one chain", async () => {
  const script = join(packageRoot, "scripts/audit/log.ts");
  const work = `
    import { AuditLog } from ${JSON.stringify(script)};
    const log = await AuditLog.open(${JSON.stringify(folder.path("many"))}, { writer: process.argv[1] });
    for (let i = 0; i < 25; i++) await log.append("tunnel.uplink", { who: "ann", sourceIp: "::1" });
    await log.close();`;
  const ended = ["w1", "w2", "w2", "w3"].map((writer) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", work, writer], { stdio: "inherit" });
    return new Promise((resolve) => child.on("exit", resolve));
  });
  expect(await Promise.all(ended)).toEqual([0, 0, 0, 0]);
  const { findings, logs } = verify([folder.read("many")], { keys: [key], open: true });
  expect(findings.map(({ code }) => code)).toEqual(["unsealed"]);
  const { writers } = logs[0]!;
  expect(Object.values(writers).reduce((sum, count) => sum + count)).toBe(101);
  expect(writers).toMatchObject({ w2: expect.toSatisfy((count: number) => count === 50 || count === 51) });
});

describe("the schema keeps values out", () => {
  const open = () => AuditLog.open(folder.path("values"), { writer: "w", key, now: ticking() });
  const granted = { who: "ann", decision: "granted", values: 1 } as const;

  test.each([
    ["a card number as reason", "reveal", { ...granted, reason: "4111 1111 1111 1111" }],
    ["a mail address as reason", "reveal", { ...granted, reason: "order of jane@example.net" }],
    ["an account number as operator", "reveal", { ...granted, who: "4111111111111111", reason: "x" }],
    ["a reason of two lines", "reveal", { ...granted, reason: "a\nb" }],
    ["a member of its own", "reveal", { ...granted, reason: "x", value: "secret" }],
    ["a body", "edge.refused", { policy: "p", code: "json_syntax", count: 1, body: "{}" }],
    ["text as code", "tunnel.refused", { code: "Name: Jane Doe" }],
    ["a name as address", "tunnel.uplink", { who: "ann", sourceIp: "jane" }],
    ["a negative count", "log.recovered", { bytes: -1 }],
  ] as const)("%s is no record", async (_what, event, data) => {
    const log = await open();
    await expect(log.append(event, data as never)).rejects.toThrow("a record does not fit the schema");
    await log.close();
  });

  test("and its message does not repeat them", async () => {
    const log = await open();
    const failed = log.append("reveal", { ...granted, reason: "4111 1111 1111 1111" });
    await expect(failed).rejects.not.toThrow(/4111/);
    await log.close();
  });

  test("what is undefined is left out", async () => {
    const log = await open();
    const record = await log.append("configuration.changed", {
      change: "policy",
      resource: "listener/gateway",
      policyDigest: digest,
      version: undefined as never,
    });
    expect(Object.keys(record.data)).toEqual(["change", "resource", "policyDigest"]);
    await log.close();
  });
});
