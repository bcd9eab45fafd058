// Headers of parts at every length around the blocks of sixteen bytes that are searched at once.
import { expect, test } from "vitest";
import { Filter } from "../../support/engine-filter.ts";
import { binaryOf } from "../../support/engine-policy.ts";

const filter = new Filter();
filter.use(binaryOf({ rules: [{ name: "all", select: "multipart:pan", action: "redact" }] }));

const bodyWith = (header: string): Buffer =>
  Buffer.from(`--b\r\n${header}Content-Disposition: form-data; name="pan"\r\n\r\n4111\r\n--b--\r\n`, "latin1");

function send(body: Buffer): (string | undefined)[] {
  return ([undefined, "each", 16, 17] as const).map((chunk) => {
    const { error, output } = filter.rewrite(body, chunk, "multipart/form-data; boundary=b");
    return error ?? Buffer.from(output).toString("latin1");
  });
}

test("a control character is refused wherever it stands, what only looks like one is not", () => {
  for (let before = 0; before <= 36; before++) {
    for (const [code, isRefused] of [
      [0x00, true],
      [0x01, true],
      [0x0b, true],
      [0x1f, true],
      [0x7f, true],
      [0x09, false],
      [0x20, false],
      [0x80, false],
      [0xff, false],
    ] as const) {
      const body = bodyWith(`X-A: ${"x".repeat(before)}${String.fromCharCode(code)}y\r\n`);
      const expected = isRefused ? "multipart_header" : body.toString("latin1").replace("4111", "[redacted]");
      for (const outcome of send(body)) expect(outcome).toBe(expected);
    }
  }
});

test("headers that no rule changes stay, a length that would be wrong goes", () => {
  const other = "X-A: 1\r\n";
  for (const outcome of send(bodyWith(other))) expect(outcome).toContain(`--b\r\n${other}Content-Disposition`);
  for (const outcome of send(bodyWith("Content-Length: 4\r\n"))) {
    expect(outcome).toBe(bodyWith("").toString().replace("4111", "[redacted]"));
  }
});
