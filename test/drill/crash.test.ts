// A session command that is killed, after each file that it puts into place: production routes come back, nothing of the
// session stays, and no client notices.
import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { compilePolicy } from "../../scripts/policy/index.ts";
import { equip } from "../../scripts/replay/equip.ts";
import { BreakGlassEdge, Caller, policyFile } from "../support/break-glass-edge.ts";

const order = JSON.stringify({ shipping: { address: { city: "Portland", postalCode: "97214" } } });

let edge: BreakGlassEdge;
let production: Record<string, string>;
let caller: Caller;

beforeAll(async () => {
  const { compiled } = compilePolicy({ path: policyFile, text: await readFile(policyFile, "utf8") });
  edge = await BreakGlassEdge.start((await equip(compiled!)).environment);
  production = await edge.pushed();
  caller = new Caller(edge, order);
});
afterAll(() => edge?.stop());
afterEach(() => edge.hangUp());

/** Ended by the watcher, not by the command. */
const rolledBack = async (): Promise<void> => {
  const ended = await edge.reached("ended");
  expect(ended.worker).toBe(ended.watcher);
  expect(ended.secrets).toBeUndefined();
  expect(await edge.pushed()).toEqual(production);
  expect(await edge.ask(order)).toEqual({ status: 201, by: "production" });
};

describe("session start, killed after file", () => {
  // state, clusters, listeners, the laptop's configuration, listeners, state, routes, state.
  test.each([1, 2, 3, 4, 5, 6, 7])("%i", async (crashAfter) => {
    const { code, out } = await edge.open([], { crashAfter });
    expect({ code, out }).toEqual({ code: null, out: "" });
    await rolledBack();
    expect((await edge.state())?.cause).toBe("failed");
  });

  test("8, the last one: the session stands, and is ended as any other", async () => {
    expect((await edge.open([], { crashAfter: 8 })).code).toBeNull();
    expect((await edge.state())?.phase).toBe("active");
    expect(await edge.session(["end", "--sign-off", "ann"])).toMatchObject({ code: 0 });
    expect(await edge.pushed()).toEqual(production);
  });

  test("there is no ninth file", async () => {
    expect(await edge.open([], { crashAfter: 9 })).toMatchObject({ code: 0 });
    expect(await edge.session(["end"])).toMatchObject({ code: 0 });
  });
});

describe("session end, killed after file", () => {
  // state, routes, state, state, two uplinks for the proof, listeners, clusters, state.
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("%i", async (crashAfter) => {
    expect(await edge.open()).toMatchObject({ code: 0 });
    expect((await edge.session(["end", "--sign-off", "ann"], crashAfter)).code).toBeNull();
    await rolledBack();
    expect(await edge.state()).toMatchObject({ cause: "signed_off", revoked: { token: true, certificate: true } });
  });

  test("9, the last one: all is done", async () => {
    expect(await edge.open()).toMatchObject({ code: 0 });
    expect((await edge.session(["end"], 9)).code).toBeNull();
    expect((await edge.state())?.phase).toBe("ended");
    expect(await edge.pushed()).toEqual(production);
  });

  test("there is no tenth file", async () => {
    expect(await edge.open()).toMatchObject({ code: 0 });
    expect(await edge.session(["end"], 10)).toMatchObject({ code: 0 });
  });
});

test("status rolls back what no watcher is left for", async () => {
  const started = edge.open([], { crashAfter: 7 });
  const { watcher } = await edge.reached("opening");
  process.kill(watcher!, "SIGKILL");
  expect((await started).code).toBeNull();
  expect((await edge.state())?.phase).toBe("shifting");
  expect(await edge.session(["status"])).toMatchObject({ code: 0, err: expect.stringContaining("abandoned") });
  expect(await edge.pushed()).toEqual(production);
});

test("over all of it, each request of a client was answered well", async () => {
  expect(Object.keys(await caller.stop()).sort()).toEqual(["201 hotfix", "201 production"]);
});
