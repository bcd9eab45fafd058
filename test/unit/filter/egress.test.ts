// Where the hotfix calls out: tokens become originals for allowed destinations only, answers are anonymized again.
import { describe, expect, test } from "vitest";
import type { ExchangeResult } from "../../../scripts/host/index.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { bodyOf, headerOf, json, machine, type Sent, send } from "./support.ts";

const base = {
  rules: [
    {
      name: "note",
      select: ["json:$.note", "header:x-note", "query:note"],
      action: { tokenize: { format: "opaque", domain: "note" } },
    },
    { name: "cvv", select: "json:$.cvv", action: "strip" },
    { name: "pay", on: "egress-request", select: "json:$.memo", action: { reveal: { rule: "note", anywhere: true } } },
    { name: "trace", on: "egress-response", select: "json:$.trace", action: "redact" },
  ],
};
const allowed = { clusters: ["pay*"], hosts: ["api.pay.example"] };

const plugin = (role: "edge" | "egress", policy: object = { ...base, egress: allowed }) =>
  machine().vm.plugin(role, binaryOf(policy, role));

const edge = plugin("edge");
const tokenOf = (value: string): string =>
  (JSON.parse(bodyOf(send(edge, { body: JSON.stringify({ note: value }) }))) as { note: string }).note;

function call(sent: Sent, cluster: string, policy?: object, host = "api.pay.example"): ExchangeResult {
  const headers: [string, string][] = [["host", host], ...(sent.headers ?? [json])];
  const properties = { "xds.cluster_name": cluster };
  return send(plugin("egress", policy), { ...sent, headers }, { properties });
}

describe("an allowed destination", () => {
  test("gets originals, at the places of the tokenize rules and of the egress rules", () => {
    const token = tokenOf("call me");
    expect(token).toMatch(/^fg1\.k0\.[\w-]+$/);
    const result = call(
      {
        path: `/p?note=${token}&x=1`,
        headers: [json, ["x-note", token]],
        body: `{"note":"${token}", "memo":"see ${token}.", "other":"${token}"}`,
      },
      "payments",
    );
    expect(bodyOf(result)).toBe(`{"note":"call me", "memo":"see call me.", "other":"${token}"}`);
    expect([headerOf(result, "x-note"), headerOf(result, ":path")]).toEqual(["call me", "/p?note=call%20me&x=1"]);
  });

  test("has its answer anonymized again, with the tokens that the hotfix knows", () => {
    const response = { body: '{"note":"call me","cvv":"123","trace":"t","ok":true}' };
    const result = call({ body: "{}", response }, "payments");
    const { note, ...rest } = JSON.parse(Buffer.from(result.response!.body).toString()) as Record<string, unknown>;
    expect(note).toBe(tokenOf("call me"));
    expect(rest).toEqual({ trace: "[redacted]", ok: true });
  });

  test("what cannot be read does not reach the hotfix", () => {
    const response = { headers: [["content-type", "text/plain"]] as [string, string][], body: "call me" };
    const result = call({ body: "{}", response }, "payments");
    expect([result.outcome, result.reason]).toEqual(["blocked", "unsupported_media_type"]);
  });

  test("a name or an authority in another spelling", () => {
    for (const host of ["API.pay.example:443", "api.pay.example"]) {
      expect(bodyOf(call({ body: `{"note":"${tokenOf("x")}"}` }, "pay-2", undefined, host))).toBe('{"note":"x"}');
    }
  });
});

describe("any other destination", () => {
  const sent = { body: `{"note":"${tokenOf("secret")}"}`, response: { body: '{"note":"secret"}' } };
  test.each([
    ["another cluster", "mail", "api.pay.example"],
    ["another host", "payments", "evil.example"],
    ["a host that only starts so", "payments", "api.pay.example.evil.example"],
  ])("%s is refused", (_title, cluster, host) => {
    const result = call(sent, cluster, undefined, host);
    expect([result.outcome, result.reason, result.request]).toEqual(["blocked", "egress_destination", undefined]);
    expect(result.localReply?.status).toBe(403);
  });

  test("or keeps its tokens, and its answer is anonymized all the same", () => {
    const result = call(sent, "mail", { ...base, egress: { ...allowed, otherwise: "keep" } });
    expect(bodyOf(result)).toBe(sent.body);
    expect(Buffer.from(result.response!.body).toString()).toBe(sent.body);
  });

  test("nothing is allowed where nothing is listed", () => {
    expect(call(sent, "payments", base).reason).toBe("egress_destination");
  });
});

test("what no rule names goes by `unmatched` towards the hotfix, and freely away from it", () => {
  const policy = { ...base, egress: { clusters: ["payments"] }, unmatched: "redact" };
  const result = call({ body: '{"a":1}', response: { body: '{"a":1,"note":""}' } }, "payments", policy);
  expect(bodyOf(result)).toBe('{"a":1}');
  expect(Buffer.from(result.response!.body).toString()).toBe('{"a":0,"note":""}');
});

describe("a call without a session", () => {
  const policy = { ...base, activation: { verify: "presence" }, egress: { ...allowed, otherwise: "keep" } };
  test.each(["payments", "mail"])("to %s is refused, since its answer would come to the hotfix as it is", (cluster) => {
    const result = call({ body: "{}", response: { body: '{"note":"x"}' } }, cluster, policy);
    expect([result.outcome, result.reason, result.request]).toEqual(["blocked", "session_missing", undefined]);
  });

  test("with one, the header that proves it goes no further", () => {
    const headers: [string, string][] = [json, ["x-emergency-tunnel", "s1"]];
    const result = call({ headers, body: '{"a":1}' }, "payments", policy);
    expect(bodyOf(result)).toBe('{"a":1}');
    expect(headerOf(result, "x-emergency-tunnel")).toBeUndefined();
  });
});
