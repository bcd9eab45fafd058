// The last line of defence: past the session's time the tunnel takes nothing, even if no process of the session is left
// to move the routes.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AuditLog } from "../../scripts/audit/log.ts";
import type { JsonObject } from "../../scripts/manifest/filter.ts";
import { equip } from "../../scripts/replay/equip.ts";
import { endSession } from "../../scripts/session/end.ts";
import { Gateway, readEdge } from "../../scripts/session/gateway.ts";
import { openSession } from "../../scripts/session/open.ts";
import { requireSessionPolicy } from "../../scripts/session/policy.ts";
import { defaultExit } from "../../scripts/session/state.ts";
import { authorityOf } from "../../scripts/tunnel/authorities.ts";
import type { ResourceFile } from "../../scripts/tunnel/edge.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { BreakGlassEdge, policyFile } from "../support/break-glass-edge.ts";

/** Half an hour is too long for a test. */
class HastyGateway extends Gateway {
  override push(file: ResourceFile, resources: JsonObject[]): Promise<string> {
    const hasty = JSON.stringify(resources).replace(
      '"max_connection_duration":"1800s"',
      '"max_connection_duration":"3s"',
    );
    return super.push(file, JSON.parse(hasty));
  }
}

let edge: BreakGlassEdge;
let audit: AuditLog;

beforeAll(async () => {
  const policy = await requireSessionPolicy(policyFile);
  edge = await BreakGlassEdge.start((await equip(policy)).environment);
  audit = await AuditLog.open(join(edge.stage.folder, "audit.ndjson"), { writer: "test" });
});
afterAll(async () => {
  await audit?.close();
  await edge?.stop();
});

test("the edge itself closes the tunnel for good", async () => {
  const gateway = new HastyGateway(edge.stage.folder, (await readEdge(edge.stage.folder))!, audit);
  await openSession(gateway, {
    policy: await requireSessionPolicy(policyFile),
    wasmPath,
    authority: authorityOf("built-in"),
    who: "test",
    life: 1800,
    percent: 100,
    exit: defaultExit,
    patience: 60_000,
    handOut: (bundle) => edge.stage.startLaptop(bundle),
  });
  expect(await readFile(join(edge.stage.folder, "clusters.json"), "utf8")).toContain('"3s"');
  expect(await edge.ask()).toMatchObject({ by: "hotfix" });
  let last = await edge.ask();
  for (const end = Date.now() + 40_000; Date.now() < end && last.by !== undefined; last = await edge.ask())
    await sleep(50);
  expect(last).toEqual({ status: 503, by: undefined });
  // The laptop tries to come back, every second or two; nobody is at the door.
  await sleep(3_000);
  expect(await edge.ask()).toEqual({ status: 503, by: undefined });
  expect(await endSession(gateway, "expired")).toMatchObject({ revoked: { token: true, certificate: true } });
  expect(await edge.ask()).toMatchObject({ by: "production" });
  await edge.stage.stopLaptop();
});
