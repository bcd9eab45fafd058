// `frostglass reveal` as a person calls it: who may, what is written down, what stays hidden.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { frostglass } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "frostglass-reveal-"));
const policy = join(folder, "p.json");
const keys = { K: "01".repeat(32), OLD: "02".repeat(32), FROSTGLASS_AUDIT_KEY: "03".repeat(32) };
writeFileSync(
  policy,
  JSON.stringify({
    name: "p",
    activation: { verify: "presence" },
    keys: { root: { env: "K", id: "k2" }, previous: [{ env: "OLD", id: "k1", until: "2026-01-01T00:00:00Z" }] },
    rules: [{ name: "note", select: "json:$[*]", action: { tokenize: { format: "opaque", domain: "n" } } }],
  }),
);

const tokens = async (values: string[], session: string): Promise<string[]> => {
  const args = ["apply", "--policy", policy, "-H", `x-emergency-tunnel: ${session}`];
  return JSON.parse((await frostglass(args, { stdin: JSON.stringify(values), environment: keys })).out) as string[];
};

const call = (input: string, extra: string[] = [], env: Record<string, string> = keys) =>
  frostglass(
    ["reveal", "--policy", policy, "--rule", "note", "--session", "s1", "--audit", join(folder, "a.ndjson"), ...extra],
    { stdin: input, environment: env },
  );

/** What the audit log holds of reveals. */
const recorded = (): object[] =>
  readFileSync(join(folder, "a.ndjson"), "utf8")
    .split("\n")
    .filter((line) => line.includes('"event":"reveal"'))
    .map((line) => JSON.parse(line).data);

describe("reveal", () => {
  test("turns tokens of the session back, and says so in the audit log without a value", async () => {
    const [one, two] = await tokens(["first secret", "second secret"], "s1");
    const result = await call(`${one}\n${two}\n`, ["--reason", "chargeback 4711", "--who", "ann", "--ticket", "T-1"]);
    expect(result).toMatchObject({ code: 0, out: "first secret\nsecond secret\n" });
    const log = readFileSync(join(folder, "a.ndjson"), "utf8");
    expect(log).not.toContain("secret");
    expect(log).not.toContain(one);
    const record = log.split("\n").find((line) => line.includes('"event":"reveal"'));
    expect(JSON.parse(record!)).toMatchObject({
      session: "s1",
      data: { who: "ann", reason: "chargeback 4711", ticket: "T-1", policy: "p", rule: "note", values: 2 },
    });
    expect(
      (await frostglass(["audit", "verify", "--open", join(folder, "a.ndjson")], { environment: keys })).code,
    ).toBe(0);
  });

  test("what is no token of the session stays, and is counted", async () => {
    const [own] = await tokens(["mine"], "s1");
    const [foreign] = await tokens(["theirs"], "s2");
    const result = await call(`${own}\n${foreign}\nplain\n`, ["--reason", "r", "--json"]);
    expect(result.code).toBe(1);
    expect(
      result.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { value: "mine", revealed: true },
      { value: foreign, revealed: false },
      { value: "plain", revealed: false },
    ]);
    expect(result.err).toContain("2 of 3 lines");
    expect(recorded().slice(-2)).toMatchObject([
      { decision: "granted", values: 1 },
      { decision: "denied", code: "no_token_of_session", values: 1, reason: "r" },
    ]);
  });

  test.each([
    ["no reason", [], keys, 2, "--reason", undefined],
    ["an empty reason", ["--reason", " "], keys, 2, "auditors", undefined],
    ["no key", ["--reason", "r"], { K: "01".repeat(32) }, 1, "OLD is not set", "key_missing"],
    ["an unknown key id", ["--reason", "r", "--key", "k9"], keys, 1, "names no key k9", "key_unknown"],
    ["another rule", ["--reason", "r", "--rule", "x"], keys, 1, "no rule x that tokenizes; name", undefined],
  ])("refused: %s", async (_title, extra, env, code, words, denied) => {
    const [token] = await tokens(["never shown"], "s1");
    const before = recorded().length;
    const result = await call(`${token}\n`, extra, env);
    const records = recorded().slice(before);
    expect(records).toMatchObject(denied === undefined ? [] : [{ decision: "denied", code: denied, values: 1 }]);
    expect(result.code).toBe(code);
    expect(result.err).toContain(words);
    expect(result.out + result.err).not.toContain("never shown");
  });
});
