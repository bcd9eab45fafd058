// An edge with two workers: each sends through a tunnel of its own, and no request finds a worker without one.
import { afterAll, beforeAll, expect, test } from "vitest";
import { equip } from "../../scripts/replay/equip.ts";
import { requireSessionPolicy } from "../../scripts/session/policy.ts";
import { BreakGlassEdge, Caller, policyFile } from "../support/break-glass-edge.ts";

const order = JSON.stringify({ shipping: { address: { city: "Portland", postalCode: "97214" } } });

let edge: BreakGlassEdge;

beforeAll(async () => {
  edge = await BreakGlassEdge.start((await equip(await requireSessionPolicy(policyFile))).environment, 2);
});
afterAll(() => edge?.stop());

test("a session on it, under requests over several connections", async () => {
  const callers = Array.from({ length: 4 }, () => new Caller(edge, order));
  expect(await edge.open()).toMatchObject({ code: 0 });
  for (let i = 0; i < 50; i++) expect(await edge.ask(order)).toEqual({ status: 201, by: "hotfix" });
  expect(JSON.parse((await edge.session(["status", "--json"])).out)).toMatchObject({ health: { tunnels: 2 } });
  expect(await edge.session(["end"])).toMatchObject({ code: 0 });
  for (const caller of callers) {
    expect(Object.keys(await caller.stop()).sort()).toEqual(["201 hotfix", "201 production"]);
  }
});
