// The verdict on logs: what each kind of damage is called and where it is found; forgeries by the thousand.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SealKey } from "../../../scripts/audit/seal.ts";
import { verify } from "../../../scripts/audit/verify.ts";
import { forgeries, missed, type Target } from "../../fuzz/audit.ts";
import { key, logFolder, ticking, writeSession } from "./support.ts";

const folder = logFolder();
afterAll(() => folder.remove());

let target: Target;
let lines: string[];
beforeAll(async () => {
  await writeSession(folder.path("log"), { session: "s-1" });
  await writeSession(folder.path("other"), { session: "s-2", now: ticking("2026-03-03T09:00:00.000Z") });
  const read = (name: string) => readFileSync(folder.path(name));
  target = { bytes: read("log"), other: read("other"), session: "s-1", key };
  lines = target.bytes.toString("utf8").match(/[^\n]*\n/g)!;
});

function found(text: string, options: { open?: boolean; session?: string; anchor?: string } = {}): string[] {
  const { findings } = verify([{ name: "log", bytes: Buffer.from(text) }], { keys: [key], ...options });
  return findings.map(({ line, code }) => `${line} ${code}`);
}

const without = (from: number, count = 1) => [...lines.slice(0, from - 1), ...lines.slice(from - 1 + count)].join("");

describe("a genuine log", () => {
  test("is good, and its verdict counts", () => {
    const { good, logs } = verify([folder.read("log")], { keys: [key], session: "s-1" });
    expect(good).toBe(true);
    expect(logs).toMatchObject([{ records: lines.length, closed: true, unsealed: 0, sessions: ["s-1"] }]);
  });

  test("two of them are good together", () => {
    expect(verify([folder.read("log"), folder.read("other")], { keys: [key] }).good).toBe(true);
  });

  test("one that still runs is good with `open` only, up to its last seal", () => {
    const text = lines.slice(0, 12).join("");
    expect(found(text)).toEqual(["13 not_closed"]);
    expect(found(text, { open: true })).toEqual([]);
    const [log] = verify([{ name: "log", bytes: Buffer.from(text) }], { keys: [key], open: true }).logs;
    expect(log).toMatchObject({ closed: false, unsealed: 3 });
  });

  test("holds its anchor, the hash of the closing seal", () => {
    const anchor = JSON.parse(lines.at(-1)!).hash;
    expect(found(lines.join(""), { anchor })).toEqual([]);
    expect(found(target.other.toString("utf8"), { anchor })).toEqual(["0 no_anchor"]);
  });
});

describe("damage and its name", () => {
  test("an edit, at its line", () => {
    expect(found(lines.join("").replace("198.51.100.23", "198.51.100.24"))).toEqual(["3 edited"]);
  });

  test("other bytes for the same record", () => {
    expect(found(lines.map((line, i) => (i === 2 ? line.replace(":", ": ") : line)).join(""))).toEqual([
      "3 not_canonical",
    ]);
  });

  test("a gap, and how many are missing", () => {
    const { findings } = verify([{ name: "log", bytes: Buffer.from(without(3, 2)) }], { keys: [key] });
    expect(findings[0]).toMatchObject({ line: 3, code: "gap", writer: "session", seq: 4 });
    expect(findings[0]!.message).toBe("2 records of session are missing above");
    // The next seal misses them too.
    expect(findings.slice(1).map(({ code }) => code)).toContain("wrong_seal");
  });

  test("a replayed record", () => {
    expect(found([...lines.slice(0, 6), lines[3]!, ...lines.slice(6)].join(""))[0]).toBe("7 replayed");
  });

  test("a replayed log", () => {
    const files = [folder.read("log"), { ...folder.read("log"), name: "copy" }];
    const { findings } = verify(files, { keys: [key] });
    expect(findings).toMatchObject([
      { file: "copy", line: 1, code: "replayed", message: "this log begins at log:1 already" },
    ]);
  });

  test("two records in the wrong order", () => {
    const swapped = lines.map((line, i) => (i === 2 ? lines[3]! : i === 3 ? lines[2]! : line));
    expect(found(swapped.join("")).slice(0, 2)).toEqual(["3 gap", "4 reordered"]);
  });

  test("two records of different writers in the wrong order", () => {
    const at = lines.findIndex((line, i) => JSON.parse(line).writer !== JSON.parse(lines[i + 1]!).writer);
    const swapped = lines.map((line, i) => (i === at ? lines[at + 1]! : i === at + 1 ? lines[at]! : line));
    expect(found(swapped.join(""))[0]).toBe(`${at + 1} broken`);
  });

  test.each([1, 4, 11, 21])("cut behind line %d", (line) => {
    expect(found(lines.slice(0, line).join(""))[0]).toBe(`${line + 1} not_closed`);
  });

  test("cut in a line", () => {
    expect(found(target.bytes.subarray(0, -5).toString("utf8"))[0]).toBe(`${lines.length} unfinished`);
  });

  test("the beginning is missing", () => {
    expect(found(without(1))[0]).toBe("1 gap");
  });

  test("something behind the closing seal", () => {
    expect(found(lines.join("") + lines[4])).toEqual([
      `${lines.length + 1} replayed`,
      `${lines.length + 1} after_close`,
    ]);
  });

  test("the log of another session", () => {
    expect(found(target.other.toString("utf8"), { session: "s-1" })[0]).toBe("1 other_session");
  });

  test("the seal of another key, and seals that nobody checks", () => {
    const bytes = target.bytes;
    const codes = (keys: SealKey[]) => [
      ...new Set(verify([{ name: "log", bytes }], { keys }).findings.map(({ code }) => code)),
    ];
    expect(codes([SealKey.parse("1".repeat(64))])).toEqual(["unknown_key"]);
    expect(codes([])).toEqual(["unknown_key"]);
    expect(codes([SealKey.parse("1".repeat(64)), key])).toEqual([]);
  });

  test("no bytes at all", () => {
    expect(found("")).toEqual(["1 not_closed", "1 unsealed"]);
  });
});

test("findings repeat nothing of a record", () => {
  for (const forgery of forgeries(target, 200, 7)) {
    const { findings } = verify([{ name: "log", bytes: forgery.bytes }], { keys: [key], session: "s-1" });
    const said = JSON.stringify(findings);
    for (const secret of ["example.org", "203.0.113", "postal code", "INC-4711"]) expect(said).not.toContain(secret);
  }
});

test("2000 forgeries, every one found, where it is", () => {
  const wrong = forgeries(target, 2000, 20260302).flatMap((forgery) => missed(target, forgery) ?? []);
  expect(wrong).toEqual([]);
});
