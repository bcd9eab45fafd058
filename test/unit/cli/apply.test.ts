// frostglass apply: bytes, exit codes and the JSON shape that scripts rely on.

import { describe, expect, test } from "vitest";
import { anonymized, folderWith, frostglass, order, policy } from "./support.ts";

const apply = (args: string[], stdin: string | Uint8Array, environment: Record<string, string> = {}) =>
  frostglass(["apply", "--policy", "p.json", ...args], {
    stdin,
    environment,
    cwd: folderWith({ "p.json": policy, "bad.json": "{}" }),
  });

const key = { FROSTGLASS_KEY: "00".repeat(32) };
const decoded = (text: string) => Buffer.from(text, "base64").toString();

describe("a request", () => {
  test.each([[[]], [["--chunk", "1"]], [["--chunk", "random:7"]]])("through, %j", async (args) => {
    expect(await apply(args, order)).toMatchObject({ code: 0, out: anonymized });
  });

  test("as one JSON object", async () => {
    const { code, out } = await apply(["--json", "--path", "/x?a=1", "-H", "x-a: 1"], order);
    expect(code).toBe(0);
    const { body, headers, ...rest } = JSON.parse(out);
    expect(rest).toEqual({ outcome: "forwarded", reason: null, status: null, rules: { pan: 1, cvv: 1 } });
    expect(decoded(body)).toBe(anonymized);
    expect(headers).toEqual(
      expect.arrayContaining([
        [":path", "/x?a=1"],
        ["x-a", "1"],
        ["content-type", "application/json"],
        ["content-length", String(anonymized.length)],
      ]),
    );
    expect(headers.map(([name]: [string]) => name)).not.toContain("x-emergency-tunnel");
  });

  test("inactive, byte for byte", async () => {
    expect(await apply(["--inactive"], order)).toMatchObject({ code: 0, out: order });
    expect(JSON.parse((await apply(["--inactive", "--json"], order)).out)).toMatchObject({
      outcome: "bypassed",
      rules: {},
    });
  });

  test("without a body", async () => {
    expect(await apply([], "")).toMatchObject({ code: 0, out: "" });
  });

  test("blocked: nothing on stdout, the refusal on stderr, exit 3", async () => {
    const { code, out, err } = await apply([], '{"forbidden": "4111111111111111"}', key);
    expect({ code, out }).toEqual({ code: 3, out: "" });
    expect(JSON.parse(err)).toMatchObject({ code: "rule_block", rule: "never", status: 403 });
    expect(err).not.toContain("4111");
  });

  test("blocked, as JSON", async () => {
    const { code, out } = await apply(["--json"], `${order}x`);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ outcome: "blocked", reason: "json_syntax", status: 400, body: "" });
  });

  test("of another media type", async () => {
    expect(await apply(["-H", "content-type: text/plain"], "x")).toMatchObject({ code: 3, out: "" });
  });

  test("larger than the hold streams, and a late error cuts it", async () => {
    const many = `[${Array.from({ length: 20_000 }, () => order).join()}]`;
    const expected = `[${Array.from({ length: 20_000 }, () => anonymized).join()}]`;
    const whole = await apply([], many);
    expect(whole.code).toBe(0);
    expect(whole.out === expected).toBe(true);
    const cut = await apply([], `${many}]`);
    expect(cut.code).toBe(3);
    expect(cut.out.length).toBeGreaterThan(0);
    expect(expected.startsWith(cut.out)).toBe(true);
  });
});

test("a response has its own rules", async () => {
  const { code, out } = await apply(
    ["--direction", "response", "--status", "201", "--json"],
    '{"token":"t-1","number":"4111"}',
  );
  expect(code).toBe(0);
  const result = JSON.parse(out);
  expect(result).toMatchObject({ outcome: "forwarded", status: 201, rules: { back: 1 } });
  expect(decoded(result.body)).toBe('{"token":"[redacted]","number":"4111"}');
});

test("a response is of the session whose emergency header is given", async () => {
  const folder = folderWith({
    "p.json": {
      name: "p",
      rules: [
        { name: "note", select: "json:$.note", action: { tokenize: { format: "opaque" } } },
        { name: "back", on: "response", select: "json:$.note", action: { reveal: "note" } },
      ],
    },
  });
  const through = (body: string, ...args: string[]) =>
    frostglass(["apply", "--policy", "p.json", ...args], { cwd: folder, stdin: body, environment: key });
  const { out: token } = await through('{"note":"ring twice"}', "-H", "X-Emergency-Tunnel: one");
  const of = (session: string) =>
    through(token, "--direction", "response", "-H", `x-emergency-tunnel: ${session}`, "--json");
  const [own, foreign] = (await Promise.all([of("one"), of("two")])).map(({ out }) => JSON.parse(out));
  expect(decoded(own.body)).toBe('{"note":"ring twice"}');
  expect(own.headers.map(([name]: [string]) => name)).not.toContain("x-emergency-tunnel");
  expect(decoded(foreign.body)).toBe(token);
});

test("a response of an allowed host is anonymized again", async () => {
  const egress = { ...policy, egress: { hosts: ["api.pay.example"] } };
  const through = (host: string) =>
    frostglass(["apply", "--policy", "p.json", "--role", "egress", "--direction", "response", "-H", `Host: ${host}`], {
      cwd: folderWith({ "p.json": egress }),
      stdin: order,
      environment: key,
    });
  expect(await through("api.pay.example")).toMatchObject({ code: 0, out: anonymized });
  expect(await through("other.example")).toMatchObject({ code: 3, out: "" });
});

describe("the key", () => {
  const mail = '{"email":"a@b.example"}';

  test("of the environment gives equal hashes", async () => {
    const [one, two] = await Promise.all([apply([], mail, key), apply([], mail, key)]);
    expect(one).toMatchObject({ code: 0, err: "" });
    expect(one.out).toMatch(/^{"email":"[0-9a-f]{12}"}$/);
    expect(two.out).toBe(one.out);
  });

  test("is made up with a word about it when there is none", async () => {
    const { code, err } = await apply([], mail);
    expect(code).toBe(0);
    expect(err).toMatch(/^frostglass: note: FROSTGLASS_KEY is not set.*keygen/);
  });

  test("that is no key is an error", async () => {
    expect(await apply([], mail, { FROSTGLASS_KEY: "short" })).toMatchObject({ code: 1, out: "" });
  });
});

describe("a wrong call", () => {
  test.each([
    [["--chunk", "0"]],
    [["--chunk", "each"]],
    [["--direction", "up"]],
    [["--status", "99"]],
    [["-H", "no colon"]],
    [["-H", "a: b\r\nc: d"]],
    [["--method", "A B"]],
    [["--nonsense"]],
  ])("%j ends with 2", async (args) => {
    const { code, out, err } = await apply(args, order);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^frostglass: /);
  });

  test("a policy with problems ends with 1", async () => {
    const { code, out, err } = await frostglass(["apply", "--policy", "bad.json"], {
      stdin: order,
      cwd: folderWith({ "bad.json": "{}" }),
    });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^bad\.json:1:1: error\[/);
  });
});
