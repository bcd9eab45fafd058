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
});

describe("reveals", () => {
  const rules = [
    { name: "pan", select: "json:$..number", action: { tokenize: { format: "pan" } } },
    { name: "note", select: "json:$..note", action: { tokenize: { format: "opaque" } } },
    { name: "back.pan", on: "response", select: "json:$..number", action: { reveal: "pan" } },
    { name: "back.note", on: "response", select: "json:$..note", action: { reveal: "note" } },
    { name: "inside", on: "response", select: "json:$..text", action: { reveal: { rule: "note", anywhere: true } } },
  ];
  const of = (session: string): [string, string] => ["x-emergency-tunnel", session];

  /** Sends an answer through the filter and tells counts and account. */
  function answered(build: (note: (session?: string) => string, number: string) => object, chunk?: number) {
    const { vm } = machine({ FROSTGLASS_KEY: key });
    const plugin = vm.plugin("test", binaryOf({ ...policy, rules }));
    const tokenized = (session: string) => {
      const body = '{"number":"4111111111111111","note":"secret"}';
      return JSON.parse(bodyOf(send(plugin, { headers: [json, of(session)], body })));
    };
    const note = (session = "laptop"): string => tokenized(session).note;
    const body = JSON.stringify(build(note, tokenized("laptop").number));
    const stream = plugin.stream();
    stream.requestHeaders([[":method", "GET"], [":path", "/"], [":authority", "a"], active], true);
    stream.responseHeaders([[":status", "200"], json], false);
    const bytes = Buffer.from(body);
    for (let at = 0; at < bytes.length; at += chunk ?? bytes.length) {
      const end = at + (chunk ?? bytes.length);
      stream.responseBody(bytes.subarray(at, end), end >= bytes.length);
    }
    stream.close();
    const text = (name: string) => Buffer.from(stream.getProperty(`frostglass.${name}`) as Uint8Array).toString();
    const metric = (name: string) => vm.metrics.get(`frostglass.${name}`);
    return { rules: text("rules"), revealed: text("revealed"), denied: text("denied"), metric };
  }

  test.each([undefined, 1])("those are counted that were turned back, in chunks of %s", (chunk) => {
    const told = answered(
      (note, number) => ({
        a: { note: note(), number },
        b: { note: "plain", number: "none" },
        c: { note: null, number: "" },
        text: `${note()} and ${note()}`,
      }),
      chunk,
    );
    expect(told.revealed).toBe("back.pan=1,back.note=1,inside=2");
    expect(told.rules).toBe(told.revealed);
    expect(told.denied).toBe("");
    expect(told.metric("values_total.shop.reveal.back.note")).toBe(1n);
    expect(told.metric("values_total.shop.reveal.inside")).toBe(2n);
    expect(told.metric("reveals_denied_total.shop.inside")).toBe(0n);
  });

  test("opaque tokens of another session, of another key, forged or cut are denied", () => {
    const told = answered((note) => ({
      a: { note: note("somebody") },
      b: { note: note().replace("fg1.k0.", "fg1.gone.") },
      c: { note: `${note().slice(0, -1)}${note().endsWith("A") ? "B" : "A"}` },
      d: { note: `fg1.k0.${"A".repeat(22)}` },
      text: `${note()}, ${note("somebody")}; fg1.k0.short, fg1.txt`,
    }));
    expect(told.revealed).toBe("inside=1");
    expect(told.denied).toBe("back.note=4,inside=1");
    expect(told.metric("reveals_denied_total.shop.back.note")).toBe(4n);
    // A rule that tokenizes has nothing to deny.
    expect(told.metric("reveals_denied_total.shop.note")).toBeUndefined();
  });

  test("what has the format of a token and no room for an authenticator is turned into another value, and counted", () => {
    expect(answered(() => ({ number: "4111111111111111" })).revealed).toBe("back.pan=1");
  });
});
