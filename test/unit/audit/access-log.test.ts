// Access-log lines to telemetry: windows, sums, quantiles, other sessions, lines that are none; clauses of rules.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ReadOptions, readAccessLog, sessionHash } from "../../../scripts/audit/access-log/read.ts";
import { clausesOf } from "../../../scripts/audit/clauses.ts";

const line = (fields: object): string =>
  JSON.stringify({
    time: "2026-03-02T14:05:00.000Z",
    "http.response.status_code": 200,
    "http.request.size": 100,
    "http.response.size": 50,
    duration_ms: 10,
    "frostglass.policy": "shop",
    "frostglass.policy.digest": null,
    "frostglass.session.hash": sessionHash("s-1"),
    "frostglass.outcome": "forwarded",
    "frostglass.rule": null,
    "frostglass.rules": "pan=1",
    "frostglass.request.body_bytes": "80",
    "frostglass.response.body_bytes": "0",
    ...fields,
  });

function read(lines: string[], options: Partial<ReadOptions> = {}) {
  const { entries, ...counts } = readAccessLog(lines.join("\n"), { window: 60, ...options });
  return {
    ...counts,
    entries,
    telemetry: entries.flatMap((entry) => (entry.event === "edge.telemetry" ? [entry.data] : [])),
    refused: entries.flatMap((entry) => (entry.event === "edge.refused" ? [entry.data] : [])),
  };
}

describe("telemetry", () => {
  test("sums a window, and begins another at its edge", () => {
    const { telemetry } = read([
      line({ time: "2026-03-02T14:05:59.999Z", "frostglass.rules": "pan=2,cvv=1" }),
      line({ time: "2026-03-02T14:05:00.000Z" }),
      line({ time: "2026-03-02T14:06:00.000Z", "frostglass.rules": "" }),
    ]);
    expect(telemetry).toMatchObject([
      {
        from: "2026-03-02T14:05:00.000Z",
        to: "2026-03-02T14:06:00.000Z",
        requests: 2,
        bytes: { request: 160, response: 0, received: 200, sent: 100 },
        rules: { pan: { values: 3 }, cvv: { values: 1 } },
      },
      { from: "2026-03-02T14:06:00.000Z", requests: 1, rules: {} },
    ]);
  });

  test("quantiles are of the nearest rank", () => {
    const lines = Array.from({ length: 100 }, (_, i) => line({ duration_ms: i + 1 }));
    expect(read(lines).telemetry[0]?.latency).toEqual({ p50: 50, p90: 90, p99: 99, max: 100 });
  });

  test("each policy has windows of its own", () => {
    const other = { "frostglass.policy": "other" };
    expect(read([line({}), line(other), line({})]).telemetry.map(({ policy, requests }) => [policy, requests])).toEqual(
      [
        ["other", 1],
        ["shop", 2],
      ],
    );
  });

  test("actions and clauses come from the policy", () => {
    const { telemetry } = read([line({})], { facts: () => ({ action: "mask", clauses: ["PCI DSS 3.4.1"] }) });
    expect(telemetry[0]?.rules).toEqual({ pan: { values: 1, action: "mask", clauses: ["PCI DSS 3.4.1"] } });
  });

  test("lines in any order give the same records", () => {
    const lines = Array.from({ length: 8 }, (_, i) =>
      line({ time: `2026-03-02T14:0${i % 3}:00.000Z`, duration_ms: i, "frostglass.rules": `r${i % 2}=${i + 1}` }),
    );
    const straight = read(lines);
    const property = fc.property(fc.shuffledSubarray(lines, { minLength: lines.length }), (shuffled) => {
      expect(read(shuffled)).toEqual(straight);
    });
    fc.assert(property, { seed: 1, numRuns: 50 });
  });
});

test("refusals are counted by code, status and rule", () => {
  const blocked = { "frostglass.outcome": "rule_block", "http.response.status_code": 403, "frostglass.rule": "never" };
  const { refused } = read([line(blocked), line({}), line(blocked), line({ ...blocked, "frostglass.rule": "other" })]);
  expect(refused.map(({ rule, count }) => [rule, count])).toEqual([
    ["never", 2],
    ["other", 1],
  ]);
});

test("reveals, and tokens that were denied, by rule", () => {
  const { entries } = read([
    line({ "frostglass.revealed": "back=2,more=1", "frostglass.denied": null }),
    line({ "frostglass.revealed": "back=3", "frostglass.denied": "back=4" }),
  ]);
  const reveals = entries.flatMap((entry) => (entry.event === "reveal" ? [entry.data] : []));
  expect(reveals).toMatchObject([
    { who: "gateway", decision: "granted", rule: "back", values: 5, from: "2026-03-02T14:05:00.000Z" },
    { who: "gateway", decision: "granted", rule: "more", values: 1 },
    { who: "gateway", decision: "denied", code: "no_token_of_session", rule: "back", values: 4 },
  ]);
});

test("other sessions, inactive exchanges and lines that are none are left out and counted", () => {
  const lines = [
    line({}),
    line({ "frostglass.session.hash": sessionHash("s-2") }),
    line({ "frostglass.outcome": null }),
    '[2026-03-02T14:05:00.000Z] "GET / HTTP/1.1" 200',
    line({ time: "yesterday" }),
    "null",
    "",
  ];
  const { telemetry, foreign, inactive, unreadable } = read(lines, { session: "s-1" });
  expect({ foreign, inactive, unreadable }).toEqual({ foreign: 1, inactive: 1, unreadable: 3 });
  expect(telemetry[0]?.requests).toBe(1);
});

test("JSON of other programs is no inactive exchange", () => {
  const omitted = JSON.parse(line({})); // as `omit_empty_values` leaves out what is null
  for (const name of Object.keys(omitted)) if (name.startsWith("frostglass.")) delete omitted[name];
  const lines = [
    line({ "frostglass.outcome": null }),
    line({ "frostglass.outcome": "-" }),
    JSON.stringify(omitted),
    JSON.stringify({ time: "2026-03-02T14:05:00.000Z", level: "info", message: "started" }),
    JSON.stringify({ start_time: "2026-03-02T14:05:00.000Z", method: "GET", response_code: 200, duration: 3 }),
    JSON.stringify({ ...omitted, duration_ms: undefined }),
    "{}",
    "[]",
  ];
  const { lines: all, inactive, unrelated, unreadable } = read(lines);
  expect({ all, inactive, unrelated, unreadable }).toEqual({
    all: 8,
    inactive: 3,
    unrelated: 4,
    unreadable: 1,
  });
});

describe("whose a line is", () => {
  const at = (time: string) => Date.parse(`2026-03-02T${time}Z`);
  const unnamed = line({ "frostglass.session.hash": sessionHash(""), "frostglass.policy.digest": "sha256:aa" });
  const of = (one: string, options: Partial<ReadOptions>) => read([one], { session: "bg-1", ...options }).foreign === 0;

  test.each([
    ["its route names the session", line({ "frostglass.session": "bg-1" }), {}, true],
    ["its route names another", line({ "frostglass.session": "bg-2" }), { span: { from: 0, until: Infinity } }, false],
    ["the filter knows the session", line({ "frostglass.session.hash": sessionHash("bg-1") }), {}, true],
    ["nothing names one, and the time is not known", unnamed, {}, false],
    ["nothing names one, within the time", unnamed, { span: { from: at("14:05:00"), until: at("14:05:01") } }, true],
    ["nothing names one, before the time", unnamed, { span: { from: at("14:05:01"), until: Infinity } }, false],
    ["nothing names one, after the time", unnamed, { span: { from: 0, until: at("14:04:59") } }, false],
    ["under the session's policy", unnamed, { span: { from: 0, until: Infinity, digest: "sha256:aa" } }, true],
    ["under another policy", unnamed, { span: { from: 0, until: Infinity, digest: "sha256:bb" } }, false],
    ["the filter knows another", line({}), { span: { from: 0, until: Infinity } }, false],
  ])("%s: %#", (_, one, options, own) => {
    expect(of(one, options)).toBe(own);
  });

  test("each under the session of its own route", () => {
    const { entries } = read(
      ["bg-1", "bg-2", "bg-1"].map((id) => line({ "frostglass.session": id })),
      { bySession: true },
    );
    expect(entries.map(({ session, data }) => [session, "requests" in data && data.requests])).toEqual([
      ["bg-1", 2],
      ["bg-2", 1],
    ]);
  });
});

describe("clauses of a rule", () => {
  test.each([
    ["PCI DSS 6.5.5, 3.4.1: card numbers", ["PCI DSS 6.5.5", "PCI DSS 3.4.1"]],
    ["45 CFR 164.514(b)(2)(i)(A): names.", ["45 CFR 164.514(b)(2)(i)(A)"]],
    ["Art. 4(1), 4(5): addresses", ["GDPR Art. 4(1)", "GDPR Art. 4(5)"]],
    ["Recital 30: cookies", ["GDPR Recital 30"]],
    ["PCI DSS 8.6.2, SOC 2 CC6.1: keys", ["PCI DSS 8.6.2", "SOC 2 CC6.1"]],
    ["Card numbers: wherever they stand", []],
    ["Card numbers", []],
    ["", []],
  ])("%s", (description, clauses) => {
    expect(clausesOf(description)).toEqual(clauses);
  });

  test("every clause of the presets is found", () => {
    for (const preset of ["pci-dss", "hipaa-safe-harbor", "gdpr"]) {
      const { rules } = JSON.parse(readFileSync(`policies/presets/${preset}.json`, "utf8"));
      for (const { description } of rules) {
        if (/^(PCI DSS|45 CFR|Art\.|Recital) [0-9]/.test(description))
          expect(clausesOf(description), description).not.toEqual([]);
      }
    }
  });
});
