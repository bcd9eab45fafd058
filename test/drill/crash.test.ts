// A session command that is killed, after each file that it puts into place: production routes come back, nothing of the
// session stays, and no client notices.
import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { having, sessionsOf } from "../../scripts/audit/session.ts";
import { verify } from "../../scripts/audit/verify.ts";
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
  test.each([1, 2, 3, 4, 5, 6, 7])("%i", async (afterFile) => {
    const { code, out } = await edge.open([], { crash: { afterFile } });
    expect({ code, out }).toEqual({ code: null, out: "" });
    await rolledBack();
    expect((await edge.state())?.cause).toBe("failed");
  });

  test("8, the last one: the session stands, and is ended as any other", async () => {
    expect((await edge.open([], { crash: { afterFile: 8 } })).code).toBeNull();
    expect((await edge.state())?.phase).toBe("active");
    expect(await edge.session(["end", "--sign-off", "ann"])).toMatchObject({ code: 0 });
    expect(await edge.pushed()).toEqual(production);
  });

  test("there is no ninth file", async () => {
    expect(await edge.open([], { crash: { afterFile: 9 } })).toMatchObject({ code: 0 });
    expect(await edge.session(["end"])).toMatchObject({ code: 0 });
  });
});

describe("session end, killed after file", () => {
  // state, routes, state, two uplinks for the proof, listeners, clusters, state.
  test.each([1, 2, 3, 4, 5, 6, 7])("%i", async (afterFile) => {
    expect(await edge.open()).toMatchObject({ code: 0 });
    expect((await edge.session(["end", "--sign-off", "ann"], { afterFile })).code).toBeNull();
    await rolledBack();
    expect(await edge.state()).toMatchObject({ cause: "signed_off", revoked: { token: true, certificate: true } });
  });

  test("8, the last one: all is done", async () => {
    expect(await edge.open()).toMatchObject({ code: 0 });
    expect((await edge.session(["end"], { afterFile: 8 })).code).toBeNull();
    expect((await edge.state())?.phase).toBe("ended");
    expect(await edge.pushed()).toEqual(production);
  });

  test("there is no ninth file", async () => {
    expect(await edge.open()).toMatchObject({ code: 0 });
    expect(await edge.session(["end"], { afterFile: 9 })).toMatchObject({ code: 0 });
  });
});

describe("session end, killed while it puts telemetry on record, behind write", () => {
  /** Access log moved away, telemetry, how far it was read, the log removed, the end of the session. */
  const writes = 5;

  test.each(Array.from({ length: writes }, (_, i) => i + 1))("%i: each request counts once", async (inTelemetry) => {
    expect(await edge.open()).toMatchObject({ code: 0 });
    for (let i = 0; i < 10; i++) await edge.ask(order);
    expect((await edge.session(["end", "--sign-off", "ann"], { inTelemetry })).code).toBeNull();
    await rolledBack();
    const { id } = (await edge.state())!;
    const { records } = verify([await edge.auditLog()], { keys: [], open: true });
    const session = sessionsOf(records).find((one) => one.id === id)!;
    expect(session.traffic!.outcomes).toEqual({ forwarded: session.ended!.data.requests });
    expect(session.traffic!.requests).toBeGreaterThanOrEqual(10);
    const ends = records.filter(({ session, event }) => session === id && event === "session.ended");
    expect(ends).toHaveLength(1);
    // Nor is any record there twice: what the first run put there was taken up by the second.
    const windows = having(session.records, "edge.telemetry").map(({ data }) => data);
    expect(windows.reduce((sum, { requests }) => sum + requests, 0)).toBe(session.traffic!.requests);
    expect(await edge.accessLogs()).toEqual({ "access.ndjson": "" });
  });
});

test("status rolls back what no watcher is left for", async () => {
  const started = edge.open([], { crash: { afterFile: 7 } });
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
