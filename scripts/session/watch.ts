/**
 * Watches one session until it has ended, and ends it itself when an exit condition says so, or when the command that
 * worked on it is gone.
 *
 * Invariants: a watcher belongs to one session and never touches another; it runs before any traffic is moved, so that a
 * start that is killed in the middle is rolled back within a second.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { endSession } from "./end.ts";
import type { Gateway } from "./gateway.ts";
import { type Sample, sample, verdictOf, window } from "./health.ts";
import { exclusively } from "./lock.ts";
import { type Cause, isAbandoned, readState, type SessionState } from "./state.ts";
import { collectTelemetry } from "./telemetry.ts";

const interval = 500;
/** Telemetry goes on record so often, and the edge's access log is emptied. */
const telemetryInterval = 30_000;
/** How long the state may take to appear, and how long it may be unreadable. */
const patience = 10_000;

/** The ended session; undefined when it never began. */
export async function watch(gateway: Gateway, session: string): Promise<SessionState | undefined> {
  const samples: Sample[] = [];
  const started = Date.now();
  let readable = started;
  let collected = started;
  for (;;) {
    let state: SessionState | undefined;
    try {
      state = await readState(gateway.folder);
      readable = Date.now();
    } catch (error) {
      // A file that somebody edits by hand is whole again in a moment, and its session needs its watcher.
      if (Date.now() - readable > patience) throw error;
      await sleep(interval);
      continue;
    }
    if (state?.id !== session) {
      if (Date.now() - started > patience) return undefined;
    } else if (state.phase === "ended") return state;
    else if (isAbandoned(state)) await exclusively(gateway.folder, () => endAbandoned(gateway, session));
    else if (state.phase === "active") {
      const taken = await sample(gateway, state);
      if (taken) samples.push(taken);
      while (samples.length > 2 && samples[1]!.time < Date.now() - window) samples.shift();
      const cause = verdictOf(state, samples, Date.now());
      if (cause) await exclusively(gateway.folder, () => endIfSame(gateway, session, cause));
      else if (Date.now() - collected >= telemetryInterval) {
        collected = Date.now();
        // Another command at work is no reason to stop watching; it, or the next look, collects the same.
        await exclusively(gateway.folder, () => collectTelemetry(gateway, state)).catch(() => {});
      }
    }
    await sleep(interval);
  }
}

/** Rolls a session back whose command died on its way. True when there was one. */
export async function recover(gateway: Gateway): Promise<boolean> {
  const state = await readState(gateway.folder);
  if (!state || !isAbandoned(state)) return false;
  await endSession(gateway, "failed");
  return true;
}

async function endAbandoned(gateway: Gateway, session: string): Promise<void> {
  if ((await readState(gateway.folder))?.id === session) await recover(gateway);
}

async function endIfSame(gateway: Gateway, session: string, cause: Cause): Promise<void> {
  if ((await readState(gateway.folder))?.id === session) await endSession(gateway, cause);
}
