// What the filter leaves behind of a stream: its account in filter state, its counts in metrics.

import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { HttpStream } from "../../../scripts/host/index.ts";
import { binaryOf } from "../../support/engine-policy.ts";
import { bodyOf, json, key, machine, send } from "./support.ts";

const policy = {
  name: "shop",
  activation: { verify: "presence" },
  rules: [
    { name: "pan", select: "json:$..number", action: { mask: { keepLast: 4 } } },
    { name: "cvv", select: "json:$..cvc", action: "strip" },
    { name: "never", select: "json:$.forbidden", action: "block" },
  ],
};
const active: [string, string] = ["x-emergency-tunnel", "laptop"];
const names = ["policy", "policy_digest", "session", "outcome", "rule", "rules", "request_bytes", "response_bytes"];

/** Sends a request and tells what its stream left in filter state. */
function accountOf(body: string, headers: [string, string][] = [json, active]): Record<string, string | undefined> {
  const stream: HttpStream = machine().vm.plugin("test", binaryOf(policy)).stream();
  stream.requestHeaders([[":method", "POST"], [":path", "/"], [":authority", "a"], ...headers], false);
  stream.requestBody(Buffer.from(body), true);
  stream.close();
  return Object.fromEntries(
    names.map((name) => {
      const value = stream.getProperty(`frostglass.${name}`);
      return [name, value === undefined ? undefined : Buffer.from(value as Uint8Array).toString()];
    }),
  );
}

describe("the account of a stream", () => {
  test("names policy, digest, outcome, rules and bytes", () => {
    const body = '{"number":"4111111111111111","cvc":"1","more":{"number":"378282246310005"}}';
    expect(accountOf(body)).toEqual({
      policy: "shop",
      policy_digest: `sha256:${createHash("sha256").update(binaryOf(policy)).digest("hex")}`,
      session: createHash("sha256").update("laptop").digest("hex").slice(0, 16),
      outcome: "forwarded",
      rule: undefined,
      rules: "pan=2,cvv=1",
      request_bytes: String(body.length),
      response_bytes: "0",
    });
  });

  test("names the rule that refused, wherever it did", () => {
    expect(accountOf('{"forbidden":1}')).toMatchObject({ outcome: "rule_block", rule: "never" });
  });

  test("of a refusal without a rule names none", () => {
    expect(accountOf("{")).toMatchObject({ outcome: "json_syntax", rule: undefined, rules: "" });
  });

  test("is not written for an inactive stream", () => {
    expect(Object.values(accountOf("{}", [json]))).toEqual(names.map(() => undefined));
  });
});

describe("metrics", () => {
  test("count exchanges, values, bytes, what was held, memory", () => {
    const { vm } = machine();
    const plugin = vm.plugin("test", binaryOf(policy));
    const body = '{"number":"4111111111111111","cvc":"1"}';
    for (let i = 0; i < 3; i++) send(plugin, { headers: [json, active], body }, { chunk: 10 });
    send(plugin, { headers: [json, active], body: "{" });
    send(plugin, { headers: [json], body });
    const values = vm.metrics;
    expect(values.get("frostglass.requests_total.shop.forwarded")).toBe(3n);
    expect(values.get("frostglass.requests_total.shop.json_syntax")).toBe(1n);
    expect(values.get("frostglass.values_total.shop.mask.pan")).toBe(3n);
    expect(values.get("frostglass.values_total.shop.strip.cvv")).toBe(3n);
    expect(values.get("frostglass.body_bytes_total.shop.request")).toBe(BigInt(3 * body.length + 1));
    expect(values.get("frostglass.body_bytes_total.shop.response")).toBe(0n);
    // A histogram's number of records: what came in one piece was never held.
    expect(values.get("frostglass.held_bytes.shop")).toBe(3n);
    expect(Number(values.get("frostglass.vm_memory_bytes")) % 65_536).toBe(0);
  });

  test("count for a reveal rule what it was asked about: tokens, and what is none", () => {
    const { vm } = machine({ FROSTGLASS_KEY: key });
    const rules = [
      { name: "pan", select: "json:$..number", action: { tokenize: { format: "pan" } } },
      { name: "back", on: "response", select: "json:$..number", action: { reveal: "pan" } },
    ];
    const plugin = vm.plugin("test", binaryOf({ ...policy, rules }));
    const body = '{"number":"4111111111111111"}';
    const tokenized = bodyOf(send(plugin, { headers: [json, active], body }));
    const answer = `[${tokenized},{"number":"4111111111111111"},${tokenized}]`;
    send(plugin, { method: "GET", headers: [active], response: { headers: [json], body: answer } });
    expect(vm.metrics.get("frostglass.values_total.shop.tokenize.pan")).toBe(1n);
    expect(vm.metrics.get("frostglass.values_total.shop.reveal.back")).toBe(3n);
  });
});
