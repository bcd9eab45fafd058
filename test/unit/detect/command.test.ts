// The command as a process: what it prints, what it refuses, how it ends.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const cli = join(import.meta.dirname, "../../../bin/frostglass.js");

function detect(args: readonly string[], input: string | Uint8Array) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "detect", ...args], { input, encoding: "utf8" });
  return {
    status,
    stderr,
    lines: stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown),
  };
}

it("prints spans of a text in code points", () => {
  const { status, lines } = detect([], "🙂 Zoë: 4111 1111 1111 1111");
  expect(lines).toEqual([{ start: 7, end: 26, type: "CREDIT_CARD", score: 0.9 }]);
  expect(status).toBe(0);
});

it("prints one object with --json", () => {
  expect(detect(["--json"], "nothing here").lines).toEqual([{ spans: [] }]);
});

it("prints a line for each line with --ndjson, ids kept, values not", () => {
  const input = '{"id":"a","text":"mail a@example.org","name":"Zoë"}\n\n{"text":"none"}\n';
  const { status, lines } = detect(["--ndjson"], input);
  expect(lines).toEqual([
    { id: "a", spans: [{ start: 5, end: 18, type: "EMAIL_ADDRESS", score: 0.95 }] },
    { spans: [] },
  ]);
  expect(status).toBe(0);
});

it("counts code points over line ends, empty lines, and bytes that are no UTF-8", () => {
  const broken = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("🙂\r\n\r\nmail a@example.org\r\n")]);
  expect(detect(["--detectors", " EMAIL_ADDRESS,"], broken).lines).toEqual([
    { start: 12, end: 25, type: "EMAIL_ADDRESS", score: 0.95 },
  ]);
  const lines = '\r\n{"text":"🙂 a@example.org","n":{"id":1}}\r\n \n{"id":null,"text":"\\ud83d a@example.org"}';
  const spans = [{ start: 2, end: 15, type: "EMAIL_ADDRESS", score: 0.95 }];
  expect(detect(["--ndjson"], lines).lines).toEqual([{ spans }, { id: null, spans }]);
  const marked = `\ufeff${JSON.stringify({ text: "🙂 a@example.org" })}`;
  expect(detect(["--ndjson"], marked).lines).toEqual([{ spans }]);
});

it("takes a line of many megabytes", () => {
  const text = `${"word ".repeat(2_000_000)}4111 1111 1111 1111`;
  expect(detect(["--ndjson"], JSON.stringify({ text })).lines).toEqual([
    { spans: [{ start: 10_000_000, end: 10_000_019, type: "CREDIT_CARD", score: 0.9 }] },
  ]);
});

it("looks for named detectors alone and at any score", () => {
  expect(detect([], "912803456").lines).toEqual([]);
  expect(detect(["--detectors", "US_PASSPORT"], "912803456").lines).toEqual([
    { start: 0, end: 9, type: "US_PASSPORT", score: 0.05 },
  ]);
});

it("refuses what it does not understand, without quoting it", () => {
  const unknown = detect(["--detectors", "CREDIT_CRAD"], "");
  expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining("did you mean CREDIT_CARD?")]);
  // A word of a name is enough to be told the names.
  expect(detect(["--detectors", "ssn"], "").stderr).toContain("did you mean US_SSN?");
  expect(detect(["--detectors", "xyzzy"], "").stderr).toContain("frostglass detect --list");
  const broken = detect(["--ndjson"], '{"text":"a"}\n{"secret');
  expect([broken.status, broken.stderr]).toEqual([2, expect.stringContaining("line 2")]);
  expect(broken.stderr).not.toContain("secret");
  for (const threshold of ["x", "", "1.5", "-0.1"]) expect(detect([`--threshold=${threshold}`], "").status).toBe(2);
  expect(detect(["--detectors", " ,"], "").status).toBe(2);
});
