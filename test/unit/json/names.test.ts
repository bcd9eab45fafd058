// Member names that a rule selects, where golden cases cannot say it: refusals, tokens and their way back, the proof.
import { describe, expect, test } from "vitest";
import { bodyOf, pluginOf, send } from "../filter/support.ts";
import { compileText } from "../policy/support.ts";

const rule = (action: unknown) => ({ rules: [{ name: "key", select: "json-key:$.m[*]", action }] });

describe("a member name", () => {
  test("blocks its message", () => {
    const result = send(pluginOf(rule("block")), { body: '{"m":{"secret":1}}' });
    expect([result.outcome, result.reason, result.request]).toEqual(["blocked", "rule_block", undefined]);
    expect(Buffer.from(result.localReply!.body).toString()).not.toContain("secret");
  });

  test("becomes a token and an original again", () => {
    const policy = {
      rules: [
        { name: "key", select: "json-key:$.m[*]", action: { tokenize: { format: "opaque" } } },
        { name: "back", on: "response", select: "json-key:$.m[*]", action: { reveal: "key" } },
      ],
    };
    const plugin = pluginOf(policy);
    const token = bodyOf(send(plugin, { body: '{"m":{"ann@example.org":1}}' }));
    expect(token).toMatch(/^\{"m":\{"fg1\.k0\.[\w-]+":1\}\}$/);
    const back = send(plugin, { method: "GET", headers: [], response: { body: token } });
    expect(Buffer.from(back.response!.body).toString()).toBe('{"m":{"ann@example.org":1}}');
  });

  test("longer than limits.value refuses the body, whatever the rule", () => {
    const policy = { ...rule("redact"), limits: { value: 16 } };
    expect(send(pluginOf(policy), { body: `{"m":{"${"x".repeat(40)}":1}}` }).reason).toBe("limit_value");
  });

  test("cannot be stripped without its member", () => {
    const { diagnostics } = compileText(JSON.stringify({ name: "p", ...rule("strip") }));
    expect(diagnostics.map(({ code }) => code)).toEqual(["conflict"]);
  });
});
