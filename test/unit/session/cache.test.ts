// The cache of sessions: what is found, what makes room, and that nothing of a session stays behind.
import { beforeEach, describe, expect, test } from "vitest";
import { TokenModule } from "../../vectors/token.ts";

const policy = 64;
let module: TokenModule;
beforeEach(() => {
  module = new TokenModule();
});

const slots = () => Number(module.exports.SLOTS.value);
const bytes = (text: string) => Buffer.from(text);

function open(proof: Uint8Array, id = bytes("id"), owner = policy): number {
  return module.exports.openSession(owner, module.put(proof), proof.length, module.put(id), id.length);
}

/** Finds a session and leaves it at once. */
function find(proof: Uint8Array, owner = policy): number {
  const found = module.exports.findSession(owner, module.put(proof), proof.length);
  module.exports.leaveSession(found);
  return found;
}

describe("a look-up", () => {
  test("finds the same bytes of the same policy, and nothing else", () => {
    const session = open(bytes("proof"));
    expect(find(bytes("proof"))).toBe(session);
    for (const other of ["", "proo", "proof2", "Proof", "prooF"]) expect(find(bytes(other))).toBe(0);
    expect(find(bytes("proof"), policy + 64)).toBe(0);
    expect(find(bytes("proof"))).toBe(session);
  });

  test("compares every byte", () => {
    const proof = Buffer.alloc(333, 5);
    open(proof);
    for (let at = 0; at < proof.length; at++) {
      const other = Buffer.from(proof);
      other[at]! ^= 1;
      expect(find(other)).toBe(0);
    }
  });

  test("an empty proof is a proof", () => {
    const session = open(bytes(""), bytes(""));
    expect(find(bytes(""))).toBe(session);
  });
});

describe("room", () => {
  test("is made by the session that was not used for longest", () => {
    const sessions = Array.from({ length: slots() }, (_, index) => open(bytes(`s${index}`)));
    for (const session of sessions) module.exports.leaveSession(session);
    expect(find(bytes("s0"))).toBe(sessions[0]);
    open(bytes("one more"));
    expect(find(bytes("s1"))).toBe(0);
    expect(find(bytes("s0"))).toBe(sessions[0]);
    open(bytes("and another"));
    expect(find(bytes("s2"))).toBe(0);
    expect(find(bytes("s3"))).toBe(sessions[3]);
  });

  test("is never made of a session in use: it leaves its slot, and lives", () => {
    const session = open(Buffer.alloc(100, 7), Buffer.alloc(10, 7));
    for (let index = 0; index < slots(); index++) module.exports.leaveSession(open(bytes(`s${index}`)));
    expect(find(Buffer.alloc(100, 7))).toBe(0);
    expect(module.exports.users(session)).toBe(1);
    expect(module.exports.holds(session, 7)).toBe(1);
    module.exports.leaveSession(session);
    expect(module.exports.holds(session, 7)).toBe(0);
  });

  test("does not grow: memory stays as it is, however many sessions come", () => {
    const round = () => {
      for (let index = 0; index < 2 * slots(); index++) module.exports.leaveSession(open(big));
    };
    const big = Buffer.alloc(Number(module.exports.PROOF_BYTES.value), 1);
    const at = module.put(big);
    const openAgain = () => {
      for (let index = 0; index < 4 * slots(); index++) {
        new DataView(module.exports.memory.buffer).setUint32(at, index, true);
        module.exports.leaveSession(module.exports.openSession(policy, at, big.length, at, 16));
      }
    };
    round();
    openAgain();
    const before = module.exports.memory.buffer.byteLength;
    for (let turn = 0; turn < 20; turn++) openAgain();
    expect(module.exports.memory.buffer.byteLength).toBe(before);
  });

  test("is not for what is too long: a session all the same, that nobody finds", () => {
    const long = Buffer.alloc(Number(module.exports.PROOF_BYTES.value) + 1, 9);
    const session = open(long);
    expect(module.exports.users(session)).toBe(1);
    expect(find(long)).toBe(0);
    module.exports.leaveSession(session);
  });
});

describe("the end of a session", () => {
  test("wipes it when the last user has left", () => {
    const session = open(Buffer.alloc(64, 3), Buffer.alloc(16, 3));
    module.exports.dropSession(session);
    expect(find(Buffer.alloc(64, 3))).toBe(0);
    expect(module.exports.holds(session, 3)).toBe(1);
    const marks = () => Buffer.from(module.exports.memory.buffer, session, 120).includes(Buffer.alloc(16, 3));
    expect(marks()).toBe(true);
    module.exports.leaveSession(session);
    expect(marks()).toBe(false);
  });

  test("comes with that of its policy, for its own alone", () => {
    const mine = open(bytes("a"));
    const other = open(bytes("b"), bytes("id"), policy + 64);
    module.exports.leaveSession(mine);
    module.exports.dropSessions(policy);
    expect(find(bytes("a"))).toBe(0);
    expect(find(bytes("b"), policy + 64)).toBe(other);
  });
});
