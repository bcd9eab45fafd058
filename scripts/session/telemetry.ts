/**
 * What goes through a session comes on record while it lasts, and all of it when it ends: requests, statuses, latency,
 * bytes, values by rule, refusals, from the access log of the edge, which is emptied by that.
 *
 *     access.ndjson -> moved away to access.N.ndjson -> Envoy told to begin it anew -> on record -> removed
 *
 * Invariants: a line counts once and under its own session, wherever a run dies: a file that was moved away and has not
 * been begun anew may still grow, and stays; one that is on record already (`edge.ingested`, by its bytes) is only removed.
 * An edge that logs nothing, or does not answer, holds up nothing.
 */
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileSource } from "../audit/access-log/progress.ts";
import { recordAccessLog } from "../audit/access-log/record.ts";
import { having } from "../audit/session.ts";
import { accessFile } from "../tunnel/edge.ts";
import type { Gateway } from "./gateway.ts";
import type { SessionState } from "./state.ts";

/** Length of a window of telemetry, in seconds. */
const window = 60;
/** How long Envoy may take to begin its log anew: milliseconds. */
const patience = 2_000;

type Telling = Pick<SessionState, "id" | "policy" | "rules">;

/** Puts on record what the edge has written so far. */
export async function collectTelemetry(gateway: Gateway, state: Telling): Promise<void> {
  const { folder, audit } = gateway;
  const how = {
    window,
    bySession: true,
    facts: (rule: string, digest: string | undefined) =>
      digest === state.policy.digest ? (state.rules[rule] ?? {}) : {},
  };
  const isBegunAnew = await beginAnew(gateway);
  let lines = 0;
  for (const file of await movedAway(folder)) {
    lines += (await recordAccessLog(audit, fileSource(join(folder, file)), how, state.id)).lines;
    if (isBegunAnew) await rm(join(folder, file));
  }
  if (!isBegunAnew && (await sizeOf(join(folder, accessFile))) > 0) {
    lines += (await recordAccessLog(audit, fileSource(join(folder, accessFile)), how, state.id)).lines;
  }
  if (lines > 0) await audit.seal();
}

/**
 * Puts all of it on record. Envoy keeps lines to itself for a while; what it kept when it was told to begin anew is in the
 * new log, which is read too. So two rounds, and more until there are as many lines as requests that the tunnel answered.
 */
export async function settleTelemetry(gateway: Gateway, state: SessionState): Promise<void> {
  const wanted = state.totals?.requests ?? 0;
  const end = Date.now() + patience;
  for (let round = 1; round <= 2 || (Date.now() < end && (await linesOf(gateway, state.id)) < wanted); round++) {
    if (round > 2) await sleep(50);
    await collectTelemetry(gateway, state);
  }
}

/** Lines on record that a session's readings were made of. */
async function linesOf({ audit }: Gateway, session: string): Promise<number> {
  const own = (await audit.records()).filter((record) => record.session === session);
  return having(own, "edge.ingested").reduce((sum, { data }) => sum + data.lines, 0);
}

/** True when nobody writes any more to what has been moved away. */
async function beginAnew({ folder, admin }: Gateway): Promise<boolean> {
  const log = join(folder, accessFile);
  if (!(await admin.isReady())) return false;
  const size = await sizeOf(log);
  if (size === 0) return true;
  if (size > 0) await rename(log, join(folder, await nextName(folder)));
  if (!(await admin.reopenLogs())) return false;
  for (const end = Date.now() + patience; Date.now() < end; await sleep(5)) if ((await sizeOf(log)) >= 0) return true;
  return false;
}

/** -1 where there is no such file. */
async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => -1,
  );
}

const pattern = /^access\.(\d+)\.ndjson$/;
const numberOf = (name: string): number => Number(pattern.exec(name)?.[1] ?? 0);

/** In the order in which they were moved away. */
async function movedAway(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => pattern.test(name)).sort((a, b) => numberOf(a) - numberOf(b));
}

async function nextName(folder: string): Promise<string> {
  return `access.${numberOf((await movedAway(folder)).at(-1) ?? "") + 1}.ndjson`;
}
