// The whole protocol on real Envoys with a small load; `npm run drill` plays it with the full one.
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { htmlReport } from "../../scripts/drill/html.ts";
import { drill } from "../../scripts/drill/play.ts";
import type { DrillReport } from "../../scripts/drill/result.ts";
import { checkout } from "../../scripts/drill/shop.ts";
import { compilePolicy } from "../../scripts/policy/index.ts";
import { readRecordings } from "../../scripts/replay/recording.ts";
import { activeInTunnel, requireSessionPolicy, unfit } from "../../scripts/session/policy.ts";
import { authorityOf } from "../../scripts/tunnel/authorities.ts";
import { packageRoot } from "../../scripts/wasm.ts";

const policies = join(packageRoot, "policies");
const recordings = readRecordings(join(policies, "checkout.recordings.ndjson"));

describe("a drill", () => {
  let report: DrillReport;

  beforeAll(async () => {
    report = await drill({
      policy: await requireSessionPolicy(join(policies, "checkout.json")),
      file: "policies/checkout.json",
      recordings,
      incident: recordings.find(({ id }) => id === "incident-null-postal-code")!,
      requests: 2000,
      connections: 4,
      authority: authorityOf("built-in"),
    });
  });

  test("passes every check", () => {
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(report.ok).toBe(true);
  });

  test("loses and doubles nothing over both shifts", () => {
    const { sent, production, hotfix, lost, doubled, failed } = report.load;
    expect(sent).toBeGreaterThanOrEqual(2000);
    expect({ lost, doubled, failed }).toEqual({ lost: 0, doubled: 0, failed: 0 });
    expect(production + hotfix).toBe(sent);
    expect(Math.min(production, hotfix)).toBeGreaterThan(0);
  });

  test("tells its moments in the order of the protocol", () => {
    const events = report.timeline.map(({ event }) => event);
    const expected = [
      "token and certificates minted",
      "uplink open",
      "tunnel up over mutual TLS",
      "uplink closed, token used up",
      "first anonymized request at the hotfix",
      "traffic back in production",
      "tunnel drained",
      "old certificate refused as revoked",
      "old token refused, with a good certificate",
      "old certificate refused by another authority",
      "session ended, everything of it removed",
    ];
    expect(events.filter((event, at) => expected.includes(event) && events.indexOf(event) === at)).toEqual(expected);
    expect(events).toContain("second use of the token refused");
    const seconds = report.timeline.map((moment) => moment.seconds);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  });

  test("tells no value of a recording and no secret, in JSON or HTML", () => {
    const text = JSON.stringify(report) + htmlReport(report);
    for (const { expect: expectation } of recordings) {
      for (const value of expectation?.request?.absent ?? []) {
        if (value.length > 5) expect(text).not.toContain(value);
      }
    }
    expect(text).not.toMatch(/PRIVATE KEY|eyJ[\w-]{10}/);
  });
});

describe("the demo service", () => {
  const { request } = recordings.find(({ id }) => id === "incident-null-postal-code")!;
  const body = Buffer.from(request.body!).toString();

  test("has the bug in production and not in the hotfix", () => {
    expect(checkout(body, "production")).toMatchObject({
      status: 500,
      body: { detail: expect.stringContaining("trim") },
    });
    expect(checkout(body, "hotfix")).toMatchObject({ status: 201, body: { zone: "abroad" } });
  });

  test("knows the zone of an address at home in both", () => {
    const order = JSON.stringify({ shipping: { address: { postalCode: " 97214" } } });
    for (const version of ["production", "hotfix"] as const) {
      expect(checkout(order, version)).toMatchObject({ status: 201, body: { zone: "9" } });
    }
  });
});

test("the policy of a session is active for the tunnel's cluster, or refused", () => {
  const policy = (activation?: object): string =>
    JSON.stringify({
      name: "p",
      ...(activation && { activation }),
      rules: [{ name: "a", select: "json:$.a", action: "strip" }],
    });
  const compiled = (text: string) => compilePolicy({ path: "p.json", text }).compiled!;
  expect(unfit(compiled(policy({ verify: "presence" })))).toMatch(/originals would enter the tunnel/);
  expect(unfit(compiled(policy({ verify: "presence", clusters: ["tunnel-a"] })))).toBeDefined();
  expect(unfit(compiled(policy({ verify: "presence", clusters: ["tun*"] })))).toBeUndefined();
  expect(unfit(compiled(policy({ always: true })))).toBeUndefined();
  for (const activation of [undefined, { verify: "presence" }, { verify: "presence", clusters: ["other"] }]) {
    expect(unfit(compiled(activeInTunnel(policy(activation))))).toBeUndefined();
  }
});
