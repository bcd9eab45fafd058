// `frostglass audit`: exit codes, places of findings, formats.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { keyText, writeSession } from "../audit/support.ts";
import { folderWith, frostglass } from "./support.ts";

const environment = { FROSTGLASS_AUDIT_KEY: keyText };
let folder: string;
beforeEach(async () => {
  folder = folderWith({});
  await writeSession(join(folder, "log.jsonl"), { session: "s-1" });
});

const audit = (...args: string[]) => frostglass(["audit", ...args], { environment, cwd: folder });

describe("audit verify", () => {
  test("exit 0 for a log that is intact", async () => {
    expect(await audit("verify", "log.jsonl")).toEqual({
      code: 0,
      out: "Intact: 22 records, 4 seals, closed\n",
      err: "",
    });
  });

  test("exit 1 with file, line and code of each finding", async () => {
    const path = join(folder, "log.jsonl");
    writeFileSync(path, readFileSync(path, "utf8").replace("203.0.113.7", "203.0.113.8"));
    const { code, out } = await audit("verify", "log.jsonl");
    expect(code).toBe(1);
    expect(out).toBe(
      "log.jsonl:4: error[edited]: the record is not the one that was hashed (session 3)\n" +
        "NOT INTACT: 1 finding in 22 records\n",
    );
  });

  test("--json for machines", async () => {
    const { good, logs, findings } = JSON.parse((await audit("verify", "log.jsonl", "--json")).out);
    expect({ good, findings }).toEqual({ good: true, findings: [] });
    expect(logs).toMatchObject([{ file: "log.jsonl", closed: true, writers: { "edge-1": 10 } }]);
  });

  test("--session and --anchor name what must be there", async () => {
    expect((await audit("verify", "log.jsonl", "--session", "s-2")).out).toContain("error[other_session]");
    expect((await audit("verify", "log.jsonl", "--anchor", "0".repeat(64))).out).toContain("error[no_anchor]");
  });

  test("exit 2 without a key, with one that is none, without a file", async () => {
    const without = await frostglass(["audit", "verify", "log.jsonl"], { cwd: folder });
    expect(without).toMatchObject({ code: 2, err: expect.stringContaining("FROSTGLASS_AUDIT_KEY is not set") });
    const wrong = await frostglass(["audit", "verify", "log.jsonl"], {
      cwd: folder,
      environment: { FROSTGLASS_AUDIT_KEY: "secret" },
    });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("32 bytes") });
    expect(wrong.err).not.toContain("secret");
    expect(await audit("verify", "none.jsonl")).toMatchObject({ code: 2, err: expect.stringContaining("ENOENT") });
    expect((await audit("verify")).code).toBe(2);
    expect((await audit()).code).toBe(2);
  });
});

describe("audit report", () => {
  test("Markdown on stdout, HTML into a file", async () => {
    expect((await audit("report", "log.jsonl")).out).toMatch(/^# frostglass audit report\n\n\*\*Intact/);
    expect(await audit("report", "log.jsonl", "--format", "html", "-o", "r.html")).toEqual({
      code: 0,
      out: "",
      err: "",
    });
    expect(readFileSync(join(folder, "r.html"), "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  test("exit 1 for a log that is not intact, and the report all the same", async () => {
    writeFileSync(join(folder, "cut"), readFileSync(join(folder, "log.jsonl"), "utf8").slice(0, 4000));
    const { code, out } = await audit("report", "cut");
    expect(code).toBe(1);
    expect(out).toContain("**NOT INTACT");
  });
});
