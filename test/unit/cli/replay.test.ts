// frostglass replay and test: exit codes, files and shapes.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { anonymized, folderWith, frostglass, order, policy } from "./support.ts";

const exchange = (id: string, parts: object = {}) => ({
  id,
  request: { method: "POST", path: "/order", headers: [["content-type", "application/json"]], body: order },
  response: { status: 200, headers: [["content-type", "application/json"]], body: '{"token":"tok-1234"}' },
  ...parts,
});

function replay(exchanges: unknown[], args: string[] = []) {
  const lines = exchanges.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join("\n");
  const cwd = folderWith({ "p.json": policy, "r.ndjson": lines });
  return frostglass(["replay", "--policy", "p.json", "r.ndjson", ...args], { cwd }).then((ended) => ({
    ...ended,
    cwd,
  }));
}

describe("replay", () => {
  test("clean: exit 0, one line an exchange, a summary", async () => {
    const { code, out } = await replay([exchange("one"), exchange("two", { active: false })]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ok\s+one\s+forwarded\s+pan 1, cvv 1, back 1$/m);
    expect(out).toMatch(/^ok\s+two\s+bypassed$/m);
    expect(out).toContain("2 exchanges: 1 forwarded, 0 blocked, 1 bypassed;");
    expect(out).not.toContain("4111");
  });

  test("--emit writes what left, in the shape of the contract", async () => {
    const blocked = exchange("blocked", {
      request: { method: "POST", headers: [["content-type", "application/json"]], body: "{" },
    });
    const { cwd } = await replay([exchange("one"), blocked], ["--emit", "left.ndjson"]);
    const [one, two] = readFileSync(join(cwd, "left.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(Object.keys(one)).toEqual(["id", "outcome", "reason", "request", "response", "rules"]);
    expect(one).toMatchObject({ id: "one", outcome: "forwarded", reason: null, rules: { pan: 1, cvv: 1, back: 1 } });
    expect(Buffer.from(one.request.bodyBase64, "base64").toString()).toBe(anonymized);
    expect(Buffer.from(one.response.bodyBase64, "base64").toString()).toBe('{"token":"[redacted]"}');
    expect(one.request.headers).toContainEqual(["content-type", "application/json"]);
    expect(two).toMatchObject({ id: "blocked", outcome: "blocked", reason: "json_syntax", request: null });
    expect(two.response.status).toBe(400);
  });

  test("a failed expectation: exit 1, named in every report, without values", async () => {
    const failing = exchange("one", { expect: { outcome: "blocked", request: { absent: ["1111"] } } });
    const { code, out, cwd } = await replay([failing], ["--junit", "r.xml", "--sarif", "r.sarif", "--html", "r.html"]);
    expect(code).toBe(1);
    const reports = ["r.xml", "r.sarif", "r.html"].map((file) => readFileSync(join(cwd, file), "utf8"));
    for (const text of [out, ...reports]) {
      expect(text).toContain("outcome is forwarded instead of blocked");
      // A digest of a policy may hold any three digits.
      expect(text.replaceAll(/sha256:[0-9a-f]{64}/g, "")).not.toMatch(/4111|737|tok-1234/);
    }
  });

  test("--json is one object with totals", async () => {
    const { code, out } = await replay([exchange("one")], ["--json", "--chunk", "random:5"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      policy: { name: "shop" },
      engine: "node",
      chunk: "random:5",
      exchanges: [{ id: "one", outcome: "forwarded", findings: [], failures: [] }],
      totals: { exchanges: 1, leaks: 0 },
    });
  });

  test("--chunk each tries every cut, --inactive shows untouched traffic", async () => {
    expect(await replay([exchange("one")], ["--chunk", "each"])).toMatchObject({ code: 0 });
    const { code, out } = await replay([exchange("one")], ["--inactive"]);
    expect(code).toBe(0);
    expect(out).toMatch(/one\s+bypassed/);
  });

  test("a value that also stands where the policy lets it through is told", async () => {
    const twice = exchange("one", {
      request: {
        method: "POST",
        headers: [["content-type", "application/json"]],
        body: '{"number":"4111111111111111","memo":"4111111111111111"}',
      },
    });
    const { code, err } = await replay([twice]);
    expect(code).toBe(0);
    expect(err).toContain("note: one: request $['number']: the value of rule pan also stands");
    expect(err).not.toContain("4111");
  });

  test.each([
    ["a line that is no JSON", [exchange("one"), "{"], [], /^frostglass: r\.ndjson:2: the line is not JSON/],
    ["no exchange", [""], [], /no exchange was found/],
    ["a wrong chunk", [exchange("one")], ["--chunk", "many"], /--chunk/],
    ["a wrong engine", [exchange("one")], ["--engine", "nginx"], /--engine/],
    ["a file that is not there", [exchange("one")], ["other.ndjson"], /other\.ndjson: the recording cannot be read/],
    ["a report that cannot be written", [exchange("one")], ["--html", "no/such/folder.html"], /cannot be written/],
  ])("%s: exit 2", async (_title, exchanges, args, message) => {
    const { code, err } = await replay(exchanges, args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});

describe("test", () => {
  const run = (tests: unknown, args: string[] = []) =>
    frostglass(["test", "p.json", ...args], { cwd: folderWith({ "p.json": policy, "p.test.json": tests }) });
  const passing = { title: "keeps null", input: { zip: null }, expect: { output: { zip: null } } };

  test("passes with 0, fails with 1", async () => {
    expect(await run({ tests: [passing] })).toMatchObject({
      code: 0,
      out: expect.stringContaining("1 passed, 0 failed"),
    });
    const failing = { title: "masks", body: order, expect: { body: order } };
    const { code, out } = await run({ tests: [passing, failing] });
    expect(code).toBe(1);
    expect(out).toMatch(/FAIL .*masks\n.*body differs from character 12/);
    expect(out).not.toContain("4111");
  });

  test("--json", async () => {
    const { out } = await run({ tests: [passing] }, ["--json"]);
    expect(JSON.parse(out)).toMatchObject({ passed: 1, failed: 0 });
  });

  test.each([
    ["no JSON", "{"],
    ["no tests", { tests: [] }],
    ["an unknown member", { tests: [{ ...passing, expct: {} }] }],
    ["an unknown expectation", { tests: [{ ...passing, expect: { outptu: 1 } }] }],
  ])("%s: exit 2", async (_title, tests) => {
    expect(await run(tests)).toMatchObject({ code: 2, err: expect.stringMatching(/^frostglass: p\.test\.json/) });
  });

  test("without a test file: exit 2", async () => {
    expect(await frostglass(["test", "p.json"], { cwd: folderWith({ "p.json": policy }) })).toMatchObject({ code: 2 });
  });
});

test("the checkout policy: npm start and its tests are clean", async () => {
  const replayed = await frostglass([
    "replay",
    "--policy",
    "policies/checkout.json",
    "policies/checkout.recordings.ndjson",
  ]);
  expect(replayed).toMatchObject({ code: 0, err: "" });
  expect(await frostglass(["test", "policies/checkout.json"])).toMatchObject({ code: 0 });
});
