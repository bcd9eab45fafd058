// An expectation fails exactly when it does not hold, and its failure names places, not values.

import { describe, expect, test } from "vitest";
import { type Expectation, failures } from "../../../scripts/replay/expect.ts";
import type { Result } from "../../../scripts/replay/run.ts";
import { bytes } from "./support.ts";

const result: Result = {
  outcome: "forwarded",
  reason: undefined,
  request: {
    headers: [
      [":path", "/p?x=1"],
      ["x-a", "1"],
      ["x-n", "Jos\u00c3\u00a9"],
    ],
    body: bytes('{"a":{"b":"secret","c":[1,null]}}'),
  },
  requestComplete: true,
  response: { status: 201, headers: [], body: bytes("ok") },
  responseComplete: true,
  isReply: false,
  isCut: false,
  rules: { pan: 2 },
};

describe("holds", () => {
  test.each<Expectation>([
    {},
    { outcome: "forwarded", rules: { pan: 2, cvv: 0 } },
    { request: { path: "/p?x=1", headers: { "X-A": "1", "x-n": "José", "x-b": null } } },
    { request: { json: { a: { c: [1, null] } }, contains: ["secret", "José"], absent: ["4111"] } },
    { request: { output: { a: { c: [1, null], b: "secret" } } } },
    { response: { status: 201, body: "ok" } },
  ])("%j", (expectation) => {
    expect(failures(expectation, result)).toEqual([]);
  });
});

describe("fails", () => {
  test.each<[Expectation, string]>([
    [{ outcome: "blocked" }, "outcome is forwarded instead of blocked"],
    [{ reason: "rule_block" }, "reason is absent instead of rule_block"],
    [{ rules: { pan: 1 } }, "rule pan acted 2 times instead of 1"],
    [{ request: { json: { a: { b: "other" } } } }, "request: $['a']['b'] differs"],
    [{ request: { json: { a: { d: 1 } } } }, "request: $['a']['d'] is missing"],
    [{ request: { json: { a: { c: [1] } } } }, "request: $['a']['c'] has 2 elements instead of 1"],
    [{ request: { json: { a: { c: [1, ""] } } } }, "request: $['a']['c'][1] differs"],
    [{ request: { output: { a: {} } } }, "request: the body holds more than it should"],
    [{ request: { body: '{"a":0}' } }, "request: the body differs from character 5 on (33 characters instead of 7)"],
    [{ request: { contains: ["secret", "nothing"] } }, 'request: "contains" 2 is missing'],
    [{ request: { absent: ["x", "secret"] } }, 'request: "absent" 1 is there'],
    [{ request: { headers: { "x-a": null } } }, "request: header x-a is there"],
    [{ request: { headers: { "x-b": "1" } } }, "request: header x-b is missing"],
    [{ request: { headers: { "x-a": "2" } } }, "request: header x-a differs"],
    [{ request: { path: "/" } }, "request: the path differs"],
    [{ response: { status: 200 } }, "response: status is 201 instead of 200"],
    [{ response: { json: {} } }, "response: the body is not JSON"],
  ])("%j", (expectation, failure) => {
    const found = failures(expectation, result);
    expect(found).toContain(failure);
    expect(found.join()).not.toContain("secret");
  });
});
