// `frostglass audit`: exit codes, places of findings, formats.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { AuditLog } from "../../../scripts/audit/log.ts";
import { Collector } from "../audit/sinks/collector.ts";
import { keyText, writeSession } from "../audit/support.ts";
import { folderWith, frostglass } from "./support.ts";

const environment = { FROSTGLASS_AUDIT_KEY: keyText };
let folder: string;
beforeEach(async () => {
  folder = folderWith({});
  await writeSession(join(folder, "log.jsonl"), { session: "s-1" });
});

/** A log that still runs: its opening, one record, no seal. */
async function writeOpen(file: string): Promise<void> {
  const log = await AuditLog.open(file, { writer: "session" });
  await log.append("tunnel.refused", { code: "token_ended" });
  await log.close();
}

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

  test("exit 2 for a file that is not there, with a remedy", async () => {
    const err = "frostglass: none.jsonl cannot be read (ENOENT); check the path\n";
    expect(await audit("verify", "none.jsonl")).toEqual({ code: 2, out: "", err });
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
      out: '{"records":2,"lines":1,"inactive":0,"foreign":0,"unrelated":0,"unreadable":0}\n',
    });
    expect((await audit("verify", "new", "--open")).code).toBe(0);
    const { out } = await audit("report", "new", "--open");
    expect(out).toContain("| pan | redact | 2 | PCI DSS 3.4.1 |");
    expect(out).toContain("json\\_syntax");
    expect(out).toContain("### Access logs read");
    expect(out).toContain("1 line of the edge's access log became 2 records");
  });

  test("lines that name no session are of the one whose time the call tells", async () => {
    writeFileSync(join(folder, "access"), `${JSON.stringify(access)}\n`);
    const call = ["ingest", "access", "--log", "new", "--session", "bg-1", "--json"];
    const unknown = await audit(...call);
    expect(JSON.parse(unknown.out)).toMatchObject({ records: 0, foreign: 1 });
    expect(unknown.err).toContain("--from and --until");
    const known = await audit(...call, "--from", "2026-03-02T14:00:00Z", "--until", "2026-03-02T14:30:00Z");
    expect(JSON.parse(known.out)).toMatchObject({ records: 2, foreign: 0 });
    expect((await audit(...call, "--from", "yesterday")).code).toBe(2);
  });

  test("exit 1 when a line is no access log, and what fits is on record", async () => {
    writeFileSync(join(folder, "access"), `${JSON.stringify(access)}\nGET / 200\n`);
    expect(await audit("ingest", "access", "--log", "new")).toMatchObject({
      code: 1,
      out: "2 new lines became 2 records; left out: 0 inactive, 0 of other sessions, 0 of other logs, 1 unreadable\n",
    });
  });

  test("exit 1 when a line is JSON of another log, which is on record as such", async () => {
    writeFileSync(join(folder, "access"), `${JSON.stringify(access)}\n{"level":"info","message":"up"}\n`);
    expect(await audit("ingest", "access", "--log", "new")).toMatchObject({
      code: 1,
      out: "2 new lines became 2 records; left out: 0 inactive, 0 of other sessions, 1 of other logs, 0 unreadable\n",
      err: expect.stringMatching(/1 lines are JSON of another log.*deploy\/envoy\/access-log.json/),
    });
    const { out } = await audit("report", "new", "--open");
    expect(out).toContain("2 lines of the edge's access log became 2 records; 1 of another log");
    expect(out).toMatch(/\| New lines \| Inactive \| Other sessions \| Other logs \| Unreadable \|/);
    expect((await audit("verify", "new", "--open")).code).toBe(0);
  });

  test("a line counts once, however often its file is given; one that is still written waits", async () => {
    const text = `${JSON.stringify(access)}\n`;
    const lines = async () => JSON.parse((await audit("ingest", "access", "--log", "new", "--json")).out).lines;
    writeFileSync(join(folder, "access"), text + text.slice(0, 20));
    expect(await lines()).toBe(1);
    expect(await lines()).toBe(0);
    writeFileSync(join(folder, "access"), text + text);
    expect(await lines()).toBe(1);
    writeFileSync(join(folder, "access"), text.replace('duration_ms":3', 'duration_ms":4'));
    expect(await lines()).toBe(1);
    expect((await audit("verify", "new", "--open")).code).toBe(0);
  });

  test("sends its records to the collector that the environment names", async () => {
    const collector = await Collector.start();
    try {
      writeFileSync(join(folder, "access"), `${JSON.stringify(access)}\n`);
      const given = { environment: { ...environment, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: collector.url }, cwd: folder };
      expect(await frostglass(["audit", "ingest", "access", "--log", "new"], given)).toMatchObject({
        code: 0,
        err: "",
      });
      expect(`${collector.lines.join("\n")}\n`).toBe(readFileSync(join(folder, "new"), "utf8"));
    } finally {
      await collector.down();
    }
  });

  test("exit 2 for a file or a collector that is none, and nothing is written", async () => {
    const missing = await audit("ingest", "nowhere", "--log", "new");
    expect(missing).toMatchObject({ code: 2, err: expect.stringContaining("nowhere cannot be read (ENOENT)") });
    const environment = { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "collector:4318" };
    const named = await frostglass(["audit", "ingest", "log.jsonl", "--log", "new"], { environment, cwd: folder });
    expect(named).toMatchObject({ code: 2, err: expect.stringContaining("http(s)://HOST:PORT/v1/logs") });
    expect(existsSync(join(folder, "new"))).toBe(false);
  });
});

describe("audit close", () => {
  test("seals a log for good, and tells the hash to keep apart", async () => {
    await writeOpen(join(folder, "open.jsonl"));
    expect((await audit("verify", "open.jsonl")).out).toContain("error[not_closed]");
    expect(await audit("close", "open.jsonl", "--dry-run")).toMatchObject({ code: 0 });
    expect((await audit("verify", "open.jsonl")).code).toBe(1);
    const closed = await audit("close", "open.jsonl", "--json");
    const { anchor, records } = JSON.parse(closed.out);
    expect(records).toBe(3);
    expect(await audit("verify", "open.jsonl", "--anchor", anchor)).toMatchObject({ code: 0 });
    // Cut before its last seal, it is found.
    const lines = readFileSync(join(folder, "open.jsonl"), "utf8").split("\n");
    writeFileSync(join(folder, "cut.jsonl"), `${lines.slice(0, 2).join("\n")}\n`);
    expect((await audit("verify", "cut.jsonl", "--open", "--anchor", anchor)).out).toContain("error[no_anchor]");
    expect((await audit("close", "open.jsonl")).err).toContain("closed by its final seal");
  });

  test("exit 2 without a key or a file", async () => {
    expect((await frostglass(["audit", "close", "log.jsonl"], { cwd: folder })).code).toBe(2);
    expect((await audit("close", "none.jsonl")).code).toBe(2);
  });
});

describe("audit ship", () => {
  let collector: Collector;
  beforeEach(async () => {
    collector = await Collector.start();
    return () => collector.down();
  });
  const ship = (...args: string[]) => audit("ship", "log.jsonl", "--to", collector.url, ...args);
  const log = () => readFileSync(join(folder, "log.jsonl"), "utf8");

  test("sends the whole log once, and later what came since", async () => {
    const whole = log();
    writeFileSync(join(folder, "log.jsonl"), `${whole.split("\n").slice(0, 9).join("\n")}\n{`);
    expect(await ship()).toMatchObject({
      code: 0,
      out: "9 records sent, 0 were sent before, 0 rejected, 0 left of 9\n",
    });
    writeFileSync(join(folder, "log.jsonl"), whole);
    expect(await ship("--json")).toMatchObject({
      code: 0,
      out: '{"records":22,"before":9,"sent":13,"rejected":0,"left":0}\n',
    });
    expect(`${collector.lines.join("\n")}\n`).toBe(whole);
    expect((await ship()).out).toBe("0 records sent, 22 were sent before, 0 rejected, 0 left of 22\n");
  });

  test("exit 1 when the collector is down or refuses; the next run sends all", async () => {
    collector.answer = () => ({ status: 403 });
    const refused = await ship();
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("the collector refuses these records") });
    await collector.down();
    const down = await ship("--patience", "0.2");
    expect(down).toMatchObject({ code: 1, err: expect.stringContaining("22 records in time; run this again") });
    await collector.up();
    collector.answer = () => ({ status: 200 });
    expect((await ship()).code).toBe(0);
    expect(`${[...new Set(collector.lines)].join("\n")}\n`).toBe(log());
  });

  test("exit 2 for another log in its place, a broken state, a wrong URL, a wrong header", async () => {
    await ship();
    await writeSession(join(folder, "other.jsonl"), { session: "s-2" });
    writeFileSync(join(folder, "log.jsonl"), readFileSync(join(folder, "other.jsonl")));
    expect(await ship()).toMatchObject({ code: 2, err: expect.stringContaining("is about another log") });
    writeFileSync(join(folder, "log.jsonl.shipped"), "");
    expect(await ship()).toMatchObject({ code: 2, err: expect.stringContaining("remove it to send all again") });
    expect((await audit("ship", "log.jsonl", "--to", "ftp://127.0.0.1/")).code).toBe(2);
    expect((await ship("--header", "nothing")).code).toBe(2);
    expect((await audit("ship", "none.jsonl", "--to", collector.url)).code).toBe(2);
  });
});
