// `frostglass audit`: exit codes, places of findings, formats.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { Collector } from "../audit/sinks/collector.ts";
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

describe("audit ingest", () => {
  const policy = {
    name: "shop",
    activation: { verify: "presence" },
    rules: [
      {
        name: "pan",
        description: "PCI DSS 3.4.1: at most first six and last four",
        select: "json:$..n",
        action: "redact",
      },
    ],
  };
  const access = {
    time: "2026-03-02T14:05:00.000Z",
    "http.response.status_code": 400,
    duration_ms: 3,
    "frostglass.policy": "shop",
    "frostglass.outcome": "json_syntax",
    "frostglass.rules": "pan=2",
  };

  test("puts telemetry and refusals on record, with clauses, and the log stays good", async () => {
    writeFileSync(join(folder, "shop.json"), JSON.stringify(policy));
    writeFileSync(join(folder, "access"), `${JSON.stringify(access)}\n`);
    expect(await audit("ingest", "access", "--log", "new", "--policy", "shop.json", "--json")).toMatchObject({
      code: 0,
      out: '{"records":2,"inactive":0,"foreign":0,"unreadable":0}\n',
    });
    expect((await audit("verify", "new", "--open")).code).toBe(0);
    const { out } = await audit("report", "new", "--open");
    expect(out).toContain("| pan | redact | 2 | PCI DSS 3.4.1 |");
    expect(out).toContain("json\\_syntax");
  });

  test("exit 1 when a line is no access log, and what fits is on record", async () => {
    writeFileSync(join(folder, "access"), `${JSON.stringify(access)}\nGET / 200\n`);
    expect(await audit("ingest", "access", "--log", "new")).toMatchObject({
      code: 1,
      out: "2 records; lines left out: 0 inactive, 0 of other sessions, 1 unreadable\n",
    });
  });
});

describe("audit ship", () => {
  test("sends the whole log; exit 1 when the collector does not take it", async () => {
    const collector = await Collector.start();
    try {
      const log = readFileSync(join(folder, "log.jsonl"), "utf8");
      const shipped = await audit("ship", "log.jsonl", "--to", collector.url);
      expect(shipped).toMatchObject({ code: 0, out: "22 of 22 records sent\n" });
      expect(`${collector.lines.join("\n")}\n`).toBe(log);
      collector.answer = () => ({ status: 403 });
      expect(await audit("ship", "log.jsonl", "--to", collector.url)).toMatchObject({ code: 1 });
    } finally {
      await collector.down();
    }
    const nobody = await audit("ship", "log.jsonl", "--to", collector.url, "--patience", "0.2");
    expect(nobody).toMatchObject({ code: 1, out: "0 of 22 records sent\n" });
  });
});
