// The binary policy, read back by a reader that follows the drawing in docs/internals.md and nothing else.

import { createHash, generateKeyPairSync } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileSound } from "./support.ts";

const policy = {
  name: "checkout",
  activation: { header: "X-Tunnel", verify: "presence", keepHeader: true, clusters: ["tunnel", "t-*"] },
  keys: {
    root: { env: "MY_KEY" },
    previous: [{ env: "OLD_KEY", id: "old", until: "2026-01-01T00:00:00Z" }],
  },
  limits: { hold: "1MiB", value: 1000, depth: 7, body: "3GiB" },
  unmatched: "redact",
  unsupported: { request: "empty", response: "pass" },
  rules: [
    {
      name: "mask",
      select: "json:$..card.number",
      action: { mask: { keepFirst: 6, keepLast: 4, char: "•", skip: "-é" } },
    },
    { name: "with", select: ["json:$.a", "query:A*"], action: { redact: { with: { x: [1] }, keepStructure: true } } },
    { name: "plain", select: "header:X-User-*", action: "redact" },
    {
      name: "hash",
      on: ["request", "response"],
      select: "cookie:Sid",
      action: { hash: { length: 8, encoding: "base64url" } },
    },
    { name: "cut", select: "json:$.list[0,3:9:2].b", action: { truncate: { keepLast: 4 } } },
    { name: "zip", select: "json:$['zip','']", action: { generalize: { zip: 3 } } },
    { name: "ip", on: "response", select: "json:$.ip", action: { generalize: { ip: {} } } },
    {
      name: "pan",
      select: "json:$.pan",
      action: { tokenize: { format: "pan", keepFirst: 6, luhn: "invalid", domain: "card", fallback: "block" } },
    },
    { name: "id", select: "json:$.id", action: { tokenize: { format: "uuid" } } },
    { name: "back", on: "response", select: "json:$.pan", action: { reveal: { rule: "pan", anywhere: true } } },
    { name: "form", select: ["form:a*", "form:b*|json:$.x", "form:bc|json:$.y"], action: "strip" },
    { name: "month", select: "json:$.born", action: { generalize: { date: "month" } } },
  ],
};

class Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  u8 = (at: number) => this.view.getUint8(at);
  u16 = (at: number) => this.view.getUint16(at, true);
  u32 = (at: number) => this.view.getUint32(at, true);
  text = (at: number) => Buffer.from(this.bytes.subarray(this.u32(at), this.u32(at) + this.u32(at + 4))).toString();
  /** Names with their classes: 0xff ends a name, 0xfe the last one of a class. */
  symbols(): [name: string, number: number][] {
    const text = Buffer.from(this.bytes.subarray(this.u32(80), this.u32(80) + this.u32(84))).toString("latin1");
    const classes = text.split("\xfe");
    expect(classes.pop()).toBe("");
    const symbols = classes.flatMap((names, number) =>
      names.split("\xff").map((name): [string, number] => [Buffer.from(name, "latin1").toString(), number]),
    );
    expect(this.u32(88)).toBe(symbols.length);
    return symbols;
  }
  table<T>(header: number, size: number, read: (at: number) => T): T[] {
    const offset = this.u32(header);
    expect(offset % 4).toBe(0);
    return Array.from({ length: this.u32(header + 4) }, (_, index) => read(offset + index * size));
  }
}

describe("the image of a policy", () => {
  const compiled = compileSound(policy);
  const reader = new Reader(compiled.binary);
  const { bytes, u8, u16, u32, text } = reader;

  test("header", () => {
    expect(Buffer.from(compiled.binary.subarray(0, 4)).toString()).toBe("FGPB");
    expect([u16(4), u16(6)]).toEqual([13, 2 | 4]);
    expect([u32(8), u32(12)]).toEqual([
      compiled.binary.length,
      crc32(compiled.binary.subarray(16), crc32(compiled.binary.subarray(0, 12))),
    ]);
    expect([text(16), text(24)]).toEqual(["checkout", "x-tunnel"]);
    const root = (at: number) => [text(at), text(at + 8), reader.view.getBigUint64(at + 16, true)];
    expect(reader.table(40, 24, root)).toEqual([
      ["MY_KEY", "k0", 0n],
      ["OLD_KEY", "old", 1767225600n],
    ]);
    expect(reader.table(32, 8, text)).toEqual(["tunnel", "t-*"]);
    expect([u32(48), u32(52), u32(56), u16(60), u16(62)]).toEqual([1 << 20, 1000, 7, 1, 2]);
    expect(reader.view.getBigUint64(64, true)).toBe(3n << 30n);
    expect(reader.table(136, 8, text)).toContain("content-type");
  });

  test("rules", () => {
    const rules = reader.table(72, 32, (at) => ({
      name: text(at + 4),
      action: u8(at),
      flags: u8(at + 1),
      p: [12, 16, 20, 24, 28].map((p) => u32(at + p)),
      at,
    }));
    expect(rules.map(({ name, action }) => `${name} ${action}`)).toEqual([
      "mask 4",
      "with 3",
      "plain 3",
      "hash 5",
      "cut 6",
      "zip 7",
      "ip 7",
      "pan 8",
      "id 8",
      "back 9",
      "form 2",
      "month 7",
      "unmatched 3",
    ]);
    expect(rules.filter(({ flags }) => flags !== 0).map(({ name, flags }) => `${name} ${flags}`)).toEqual(["with 4"]);
    const [mask, replaced, plain, hash, cut, zip, ip, pan, id, back, , month, unmatched] = rules;
    expect(mask?.p.slice(0, 3)).toEqual([6, 4, 0x2022]);
    expect(text(mask!.at + 24)).toBe("-é");
    expect([text(replaced!.at + 12), text(replaced!.at + 20)]).toEqual(['{"x":[1]}', '{"x":[1]}']);
    expect([text(plain!.at + 12), text(plain!.at + 20)]).toEqual(["", "[redacted]"]);
    expect([text(unmatched!.at + 12), text(unmatched!.at + 20)]).toEqual(["", "[redacted]"]);
    expect(hash?.p.slice(0, 2)).toEqual([8, 1]);
    expect(cut?.p.slice(0, 2)).toEqual([0, 4]);
    expect(zip?.p.slice(0, 2)).toEqual([3, 3]);
    expect(Array.from({ length: zip!.p[3]! }, (_, index) => u16(zip!.p[2]! + index * 2))).toContain(893);
    expect(ip?.p.slice(0, 3)).toEqual([5, 24, 48]);
    expect(month?.p[0]).toBe(2);
    const token = (at: number) => [u8(at), u8(at + 1), u16(at + 2), u16(at + 4), u8(at + 6), u16(at + 8)];
    expect(token(pan!.p[0]!)).toEqual([1, 1, 6, 0, 2, 0]);
    expect(token(id!.p[0]!)).toEqual([8, 0, 0, 0, 0, 1]);
    expect(token(back!.p[0]!)).toEqual(token(pan!.p[0]!));
    expect(back?.p[1]).toBe(1);
    expect(reader.table(144, 8, text)).toEqual(["card", "uuid"]);
    const tweak = (at: number) => bytes.subarray(u32(at + 12), u32(at + 12) + u32(at + 16));
    const label = "frostglass token\0checkout\0card\0pan";
    expect([...tweak(pan!.p[0]!)]).toEqual([...createHash("sha256").update(label).digest().subarray(0, 16)]);
  });

  test("fields", () => {
    const field = (at: number) => [u16(at), u8(at + 2), u8(at + 3), text(at + 4)];
    // Plain names are looked up in a state of their own, one a location.
    const { roots, states } = compiled.automaton;
    const names = roots.slice(-2);
    expect(
      names.map((root) => states[states[root!]!.names.get(compiled.automaton.classes.get("Sid")!)!]!.rule),
    ).toEqual([3, 3]);
    expect(reader.table(116, 16, field)).toEqual([
      [names[0], 2, 4, ""],
      [1, 3, 1, "A*"],
      [2, 1, 1, "x-user-*"],
      [10, 7, 1, "a*"],
      // Narrow before wide: the root of "bc" has the selectors of both.
      [compiled.automaton.roots[2], 8, 0, "bc"],
      [compiled.automaton.roots[3], 8, 1, "b*"],
    ]);
    expect(reader.table(128, 16, field)).toEqual([[names[1], 2, 4, ""]]);
  });

  test("states are those of the automaton", () => {
    expect(new Map(reader.symbols())).toEqual(compiled.automaton.classes);
    const states = reader.table(104, 48, (at) => ({
      rule: u16(at) === 0xffff ? undefined : u16(at),
      live: (u16(at + 2) & 1) === 1,
      detects: [],
      nameDetects: [],
      decoder: undefined,
      isSoft: (u16(at + 36) & 8) !== 0,
      decoded: u16(at + 38),
      pairs: u16(at + 44),
      held: undefined,
      other: u16(at + 4),
      names: new Map(
        Array.from({ length: u16(at + 6) }, (_, index) => u32(at + 8) + index * 4).map((pair) => [
          u16(pair),
          u16(pair + 2),
        ]),
      ),
      ranges: Array.from({ length: u32(at + 12) === 0 ? 0 : u32(u32(at + 12)) }, (_, index) => {
        const range = u32(at + 12) + 4 + index * 12;
        const targets = Array.from({ length: u32(range + 4) }, (_, place) => u16(u32(range + 8) + place * 2));
        return { from: u32(range), targets };
      }),
    }));
    // What a state does not list, its base may; a name that leads where no name leads is not listed by the automaton.
    reader
      .table(104, 48, (at) => u16(at + 16))
      .forEach((base, index) => {
        const state = states[index]!;
        const names = new Map([...states[base]!.names, ...state.names].filter(([, target]) => target !== state.other));
        if (base !== 0) state.names = names;
      });
    expect(states).toEqual(compiled.automaton.states);
    expect([u32(112), u32(124)]).toEqual(compiled.automaton.roots.slice(0, 2));
  });

  test("states share their lists where names may stand anywhere", () => {
    const names = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const select = names.flatMap((name) => [`json:$..['a','b','c'].${name}`, `json:$..x.${name}`]);
    const { binary, automaton } = compileSound({ rules: [{ name: "r", select, action: "strip" }] });
    const all = automaton.states.reduce((sum, state) => sum + state.names.size, 0);
    const wide = new Reader(binary);
    const listed = wide.table(104, 48, (at) => wide.u16(at + 6)).reduce((sum, count) => sum + count, 0);
    expect(listed).toBeLessThan(all);
  });

  test("session tokens", () => {
    expect(u32(172)).toBe(0);
    const record = (activation: object) => {
      const session = new Reader(compileSound({ activation }).binary);
      const { u8, u32, text } = session;
      return session.table(168, 48, (at) => ({
        numbers: [u8(at), u8(at + 1), u8(at + 2), u8(at + 3), u32(at + 4)],
        texts: [8, 16, 24, 32, 40].map((ref) => text(at + ref)),
      }));
    };
    const jwt = { algorithm: "HS256", key: { env: "TOKEN_KEY" }, audience: "aud", maxAge: "30m" };
    expect(record({ verify: "jwt", jwt, invalid: "ignore", sessionHeader: "X-Session" })).toEqual([
      { numbers: [1, 0, 1, 0, 1800], texts: ["TOKEN_KEY", "aud", "frostglass:own", "x-session", ""] },
    ]);
    const path = "metadata\0filter_metadata\0envoy.filters.http.jwt_authn\0fg\0";
    expect(record({ verify: "jwt", jwt: { source: { metadata: "fg" }, audience: "aud" } })).toEqual([
      { numbers: [0, 1, 0, 0, 3600], texts: ["", "aud", "frostglass:own", "", path] },
    ]);
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = publicKey.export({ type: "spki", format: "pem" });
    const es256 = { verify: "jwt", jwt: { algorithm: "ES256", publicKey: pem, audience: "aud" } };
    const der = new Reader(compileSound({ activation: es256 }).binary);
    const [at = 0, length = 0] = der.table(168, 48, (at) => [der.u32(at + 8), der.u32(at + 12)])[0]!;
    const spki = publicKey.export({ type: "spki", format: "der" });
    expect(Buffer.from(der.bytes.subarray(at, at + length)).equals(spki)).toBe(true);
  });

  test("without a header and without a hash", () => {
    const { binary } = compileSound({ rules: [] });
    const { u16, u32, text } = new Reader(binary);
    expect([u16(6), text(24), u32(44), u32(112), u32(124), u32(108)]).toEqual([1, "", 0, 0, 0, 1]);
  });
});

test("every name of the policy is in it once, and its length is noted, for random names", () => {
  const names = fc.uniqueArray(fc.string({ unit: "binary", maxLength: 80 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(names, (list) => {
      const well = [...new Set(list.map((text) => text.toWellFormed()))];
      const select = well.map((text) => `json:$[${JSON.stringify(text)}]`);
      const reader = new Reader(compileSound({ rules: [{ name: "r", select, action: "strip" }] }).binary);
      expect(reader.symbols().map(([name]) => name)).toEqual(well.toSorted());
      expect(2 ** reader.u32(92)).toBeGreaterThanOrEqual(Math.max(16, well.length * 2));
      const bits = well.map((text) => 1n << BigInt(Math.min(Buffer.byteLength(text), 63)));
      expect(reader.view.getBigUint64(96, true)).toBe(bits.reduce((all, bit) => all | bit));
    }),
  );
});

test("all spellings of some words are these words, with a capital for an acronym", () => {
  const names = "userId user_id user-id UserId USER_ID userid USERID User_Id userID UserID User%ID user%id"
    .split(" ")
    .map((name) => name.replaceAll("%", " "));
  const symbols = (list: readonly string[]) => {
    const select = list.map((name) => `json:$['${name}']`);
    const { bytes, u32 } = new Reader(compileSound({ rules: [{ name: "r", select, action: "strip" }] }).binary);
    return [Buffer.from(bytes.subarray(u32(80), u32(80) + u32(84))).toString("latin1"), u32(88)];
  };
  expect(symbols([...names, "other"])).toEqual(["\xfduser Id\xffother\xfe", 13]);
  expect(symbols(names.slice(1))).toEqual([`${names.slice(1).toSorted().join("\xff")}\xfe`, 11]);
});

test("equal policies give equal bytes", () => {
  expect(compileSound(policy).digest).toBe(compileSound(structuredClone(policy)).digest);
  expect(compileSound(policy).digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});
