// What ends a session: expiry, a tunnel that is gone, too many errors, each at its edge.
import { describe, expect, test } from "vitest";
import { recent, type Sample, verdictOf, window } from "../../../scripts/session/health.ts";
import { defaultExit, type SessionState } from "../../../scripts/session/state.ts";

const start = Date.parse("2026-03-02T14:00:00Z");
const end = start + 1_800_000;
const state = { expires: new Date(end).toISOString(), exit: defaultExit } as SessionState;

const at = (seconds: number, requests = 0, errors = 0, tunnels = 1): Sample => ({
  time: start + seconds * 1000,
  tunnels,
  totals: { requests, errors, toTunnel: 0, fromTunnel: 0 },
});
const verdict = (...samples: Sample[]) => verdictOf(state, samples, samples.at(-1)?.time ?? start);

test("expiry counts with an edge that does not answer too, from the very millisecond", () => {
  expect(verdictOf(state, [], end - 1)).toBeUndefined();
  expect(verdictOf(state, [], end)).toBe("expired");
  expect(verdictOf(state, [at(1800, 100, 100, 0)], end)).toBe("expired");
});

describe("readiness", () => {
  test("a tunnel that is gone for so long ends it, and not before", () => {
    expect(verdict(at(0), at(1, 0, 0, 0), at(9, 0, 0, 0))).toBeUndefined();
    expect(verdict(at(0), at(1, 0, 0, 0), at(10, 0, 0, 0))).toBe("not_ready");
  });

  test("one that came back is there", () => {
    expect(verdict(at(0), at(5, 0, 0, 0), at(8), at(15, 0, 0, 0))).toBeUndefined();
  });

  test("one that was never seen counts from the first look", () => {
    expect(verdict(at(0, 0, 0, 0), at(9, 0, 0, 0))).toBeUndefined();
    expect(verdict(at(0, 0, 0, 0), at(10, 0, 0, 0))).toBe("not_ready");
  });
});

describe("the error rate", () => {
  test("ends it above the threshold, not on it", () => {
    expect(verdict(at(1, 100, 5))).toBeUndefined();
    expect(verdict(at(1, 100, 6))).toBe("error_rate");
  });

  test("of too few requests says nothing", () => {
    expect(verdict(at(1, 49, 49))).toBeUndefined();
    expect(verdict(at(1, 50, 50))).toBe("error_rate");
  });

  test("is that of the last minute: good hours do not hide it, and old errors do not count", () => {
    const minute = window / 1000;
    expect(verdict(at(0, 100_000, 0), at(minute, 100_100, 50))).toBe("error_rate");
    expect(verdict(at(0, 1000, 1000), at(minute, 2000, 1000))).toBeUndefined();
    expect(recent([at(0, 10, 1), at(minute, 30, 3)], start + window)).toEqual({ requests: 20, errors: 2 });
    expect(recent([], start)).toEqual({ requests: 0, errors: 0 });
  });
});
