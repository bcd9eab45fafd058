// generalize ip: acceptance against node:net, the result against the URL parser's canonical IPv6 text.

import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Actions, REDACT, type Result } from "../../../support/actions.ts";

const actions = await Actions.load();
const ip = (value: string, v4 = 24, v6 = 48, type: "string" | "text" | "number" = "string"): Result =>
  actions.transform({ action: "generalize", to: "ip", v4, v6 }, type, value);

const toV4 = (n: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (n >> shift) & 255n).join(".");
const fromV4 = (text: string): bigint => text.split(".").reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);

/** 128 bits of an address that node:net accepts. */
function fromV6(text: string): bigint {
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head, tail] = canonical.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = tail ? new Array(8 - head!.length - tail.length).fill("0") : [];
  return [...head!, ...zeros, ...(tail ?? [])].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function toV6(n: bigint): string {
  if (n >> 32n === 0xffffn) return `::ffff:${toV4(n & 0xffffffffn)}`;
  const groups = Array.from({ length: 8 }, (_, i) => ((n >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

const clear = (n: bigint, width: number, kept: number): bigint => (n >> BigInt(width - kept)) << BigInt(width - kept);

function oracle(text: string, v4: number, v6: number): Result {
  if (isIPv4(text)) return toV4(clear(fromV4(text), 32, v4));
  if (!isIPv6(text) || text.includes("%")) return REDACT;
  const n = fromV6(text);
  const high = n >> 32n;
  if (high === 0xffffn) return toV6(clear(n, 128, 96 + v4));
  if (n >> 112n === 0x2002n) return toV6(clear(n, 128, Math.min(v6, 16 + v4)));
  return toV6(clear(n, 128, high === 0n || high === 0x64ff9bn << 64n ? Math.min(v6, 96 + v4) : v6));
}

describe("ip", () => {
  it.each<[string, Result]>([
    ["203.0.113.77", "203.0.113.0"],
    ["0.0.0.0", "0.0.0.0"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1::"],
    ["2001:DB8:0A::1", "2001:db8:a::"],
    ["::1", "::"],
    ["::", "::"],
    ["::ffff:203.0.113.77", "::ffff:203.0.113.0"],
    ["::ffff:cb00:714d", "::ffff:203.0.113.0"],
    ["0:0:0:0:0:FFFF:203.0.113.77", "::ffff:203.0.113.0"],
    ["2002:cb00:714d:1::1", "2002:cb00:7100::"],
    ["fe80::1%eth0", REDACT],
    ["[2001:db8::1]", REDACT],
    ["[2001:db8::1]:443", REDACT],
    ["203.0.113.77:443", REDACT],
    ["203.0.113.0/24", REDACT],
    ["203.0.113", REDACT],
    ["203.0.113.077", REDACT],
    ["203.0.113.256", REDACT],
    ["203.0.113.77.", REDACT],
    ["1::2::3", REDACT],
    ["1:2:3:4:5:6:7:8:9", REDACT],
    ["1:2:3:4:5:6:7:1.2.3.4", REDACT],
    ["1:2:3:4::5:6:7:8", REDACT],
    ["1::2:3:4:5:6:7:8:9", REDACT],
    ["::2:3:4:5:6:7:1.2.3.4", REDACT],
    ["::1:2:3:4:5:6:7:1.2.3.4", REDACT],
    ["1.2.3.4::", REDACT],
    ["12345::", REDACT],
    ["1:", REDACT],
    [":1", REDACT],
    [":::", REDACT],
  ])("%s", (value, expected) => {
    expect(ip(value)).toEqual(expected);
    expect(ip(value, 24, 48, "text")).toEqual(expected);
    expect(oracle(value, 24, 48)).toEqual(expected);
  });

  it.each<[string, string]>([
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:0:2:3:0:0:4", "1::2:3:0:0:4"],
    ["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"],
    ["0:0:1::", "0:0:1::"],
    ["2001:0db8::0001", "2001:db8::1"],
    ["64:ff9b::192.0.2.1", "64:ff9b::c000:201"],
  ])("%s is written %s (RFC 5952)", (value, expected) => {
    expect(ip(value, 32, 128)).toBe(expected);
  });

  it("a number is no address", () => {
    expect(ip("3405803853", 24, 48, "number")).toEqual(REDACT);
    expect(ip("1.2", 24, 48, "number")).toEqual(REDACT);
  });

  const v4Bits = fc.integer({ min: 0, max: 32 });
  const v6Bits = fc.integer({ min: 0, max: 128 });

  it("agrees with the oracle on addresses", () => {
    const group = fc.oneof(
      fc.constant("0"),
      fc.constantFrom("ffff", "2002", "64", "ff9b"),
      fc.nat(0xffff).map((n) => n.toString(16)),
    );
    const full = fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(":"));
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      full,
      fc.ipV4().map((text) => `::ffff:${text}`),
    );
    fc.assert(
      fc.property(address, v4Bits, v6Bits, (text, v4, v6) => {
        expect(ip(text, v4, v6)).toEqual(oracle(text, v4, v6));
      }),
      { numRuns: 5000 },
    );
  });

  it("agrees with node:net about what is an address", () => {
    const part = fc.constantFrom(
      ":",
      "::",
      ".",
      "0",
      "1",
      "00",
      "255",
      "256",
      "1.2.3.4",
      "ffff",
      "a",
      "g",
      "%1",
      "12345",
    );
    const text = fc.array(part, { minLength: 1, maxLength: 17 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, v4Bits, v6Bits, (value, v4, v6) => {
        expect(ip(value, v4, v6)).toEqual(oracle(value, v4, v6));
      }),
      { numRuns: 20_000 },
    );
  });
});
