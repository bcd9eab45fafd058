// What cannot be read, by where it goes: `unsupported` for each direction apart, at the edge and at the egress, for bodies as a
// whole and for texts in them.
import { expect, test } from "vitest";
import { Bench } from "../replay/support.ts";
import { pluginOf, send } from "./support.ts";

const rules = [
  { name: "a", on: ["request", "response"], select: "json:$..a", action: "redact" },
  { name: "b", on: ["request", "response"], select: "json:$.text|json:$..a", action: "redact" },
];
const image: [string, string][] = [["content-type", "image/png"]];
const bytes = "\u0001 no JSON";
const unread = JSON.stringify({ a: "x", text: "no JSON" });

/** What becomes of a request and of an answer: the refusal, or the body that left. */
function both(plugin: ReturnType<typeof pluginOf>, headers: [string, string][], body: string): (string | undefined)[] {
  const asked = send(plugin, { headers, body });
  const answered = send(plugin, { method: "GET", headers: [], response: { headers, body } });
  return [
    asked.reason ?? Buffer.from(asked.request!.body!).toString(),
    answered.reason ?? Buffer.from(answered.response!.body!).toString(),
  ];
}

const left = JSON.stringify({ a: "[redacted]", text: "no JSON" });
const emptied = JSON.stringify({ a: "[redacted]", text: "" });

test.each([
  ["block", ["unsupported_media_type", "unsupported_media_type"], ["nested_value", "nested_value"]],
  ["pass", [bytes, bytes], [left, left]],
  [{ response: "pass" }, ["unsupported_media_type", bytes], ["nested_value", left]],
  [{ request: "empty", response: "block" }, ["", "unsupported_media_type"], [emptied, "nested_value"]],
  [{ request: "pass", response: "empty" }, [bytes, ""], [left, emptied]],
])("%j", (unsupported, bodies, texts) => {
  const plugin = pluginOf({ unsupported, rules });
  expect(both(plugin, image, bytes)).toEqual(bodies);
  expect(both(plugin, [["content-type", "application/json"]], unread)).toEqual(texts);
});

test("at the egress answers enter the tunnel, and what the hotfix sends comes out of it", () => {
  const egress = { hosts: ["*"], otherwise: "keep" };
  const onBoth = rules.map((rule) => ({ ...rule, on: ["egress-request", "egress-response"] }));
  const plugin = pluginOf({ unsupported: { request: "block", response: "pass" }, egress, rules: onBoth }, "egress");
  expect(both(plugin, image, bytes)).toEqual([bytes, "unsupported_media_type"]);
});

test("the proof goes by the same", async () => {
  const bench = new Bench({ unsupported: { response: "pass" }, rules });
  const part = { headers: image, body: new Uint8Array(Buffer.from(bytes)) };
  const asked = await bench.run({ id: "in", request: { method: "POST", path: "/", ...part } });
  const request = { method: "GET", path: "/", headers: [] };
  const answered = await bench.run({ id: "out", request, response: { status: 200, ...part } });
  expect([asked.result.reason, answered.result.reason]).toEqual(["unsupported_media_type", undefined]);
  expect([...bench.findings(asked), ...bench.findings(answered)]).toEqual([]);
});

test.each([
  [{}, "missing-property"],
  [{ answer: "pass" }, "unknown-property"],
  [{ response: "drop" }, "unknown-value"],
  [["pass"], "wrong-type"],
])("%j is refused", (unsupported, code) => {
  expect(() => pluginOf({ unsupported, rules })).toThrow(code);
});
