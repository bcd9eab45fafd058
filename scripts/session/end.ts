/**
 * Ends a session, from whatever point it has reached: production first, then everything else.
 *
 * Invariants: the routes are the first thing that changes; each step may be repeated, so that an end that was cut off is
 * finished by the next one; credentials count as revoked only when the edge was seen to refuse them; an edge that does
 * not answer still gets its files, and takes them when it comes back.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AuditRecord } from "../audit/record.ts";
import { having } from "../audit/session.ts";
import { ingressListener, ingressName } from "../tunnel/edge.ts";
import { writePush } from "../tunnel/push.ts";
import { routes } from "../tunnel/shift.ts";
import { withdraw } from "../tunnel/withdraw.ts";
import { type Gateway, since } from "./gateway.ts";
import { proveRefused } from "./proof.ts";
import { type Cause, laptopFile, readState, type SessionState, type Totals, writeState } from "./state.ts";
import { settleTelemetry } from "./telemetry.ts";

export interface EndOptions {
  who?: string | undefined;
  /** How long requests in the tunnel may take to finish: milliseconds. */
  drain?: number | undefined;
}

const nothing: Totals = { requests: 0, errors: 0, toTunnel: 0, fromTunnel: 0 };

/** The ended session; undefined when there never was one. */
export async function endSession(
  gateway: Gateway,
  cause: Cause,
  options: EndOptions = {},
): Promise<SessionState | undefined> {
  const state = await readState(gateway.folder);
  if (state === undefined || state.phase === "ended") return state;
  state.phase = "ending";
  state.worker = process.pid;
  state.cause ??= cause;
  if (cause === "signed_off") state.signedOffBy ??= options.who;
  await writeState(gateway.folder, state);
  await gateway.observe("ending");
  const answers = await gateway.admin.isReady();
  await unshift(gateway, state, answers, options.who);
  if (answers) await drain(gateway, state, options.drain ?? 30_000);
  if (answers && state.secrets) state.revoked = await revoke(gateway, state);
  state.revoked ??= { token: false, certificate: false };
  await gateway.observe("refused");
  await remove(gateway, answers);
  await gateway.observe("removed");
  state.unrecorded = await telemetryOf(gateway, state);
  await gateway.observe("counted", state.unrecorded);
  state.phase = "ended";
  state.secrets = undefined;
  // An end that died right behind its record is repeated; the record is not.
  if (having(await ownRecords(gateway, state), "session.ended").length === 0) {
    await gateway.audit.append("session.ended", endedRecord(state, options.who), { session: state.id });
  }
  await writeState(gateway.folder, state);
  await gateway.observe("ended");
  return state;
}

async function unshift(gateway: Gateway, state: SessionState, answers: boolean, who?: string): Promise<void> {
  const resources = [routes(undefined)];
  const version = answers
    ? await gateway.push("routes", resources)
    : await writePush(gateway.folder, { file: "routes", resources });
  await gateway.observe("unshifted");
  if (!state.moved) return;
  const changes = having(await ownRecords(gateway, state), "configuration.changed");
  if (changes.some(({ data }) => data.change === "unshift")) return;
  await gateway.audit.append(
    "configuration.changed",
    {
      change: "unshift",
      resource: ingressName,
      ...(who === undefined ? {} : { who }),
      percent: { from: state.percent, to: 0 },
      policy: state.policy.name,
      policyDigest: state.policy.digest,
      version,
    },
    { session: state.id },
  );
}

/** Why not all telemetry is on record; its files stay then, and the next session takes them up. It holds up no end. */
function telemetryOf(gateway: Gateway, state: SessionState): Promise<string | undefined> {
  return settleTelemetry(gateway, state).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

async function ownRecords({ audit }: Gateway, { id }: SessionState): Promise<AuditRecord[]> {
  return (await audit.records()).filter(({ session }) => session === id);
}

async function drain(gateway: Gateway, state: SessionState, patience: number): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end && (await gateway.inFlight()) > 0; ) await sleep(20);
  // An end that is repeated after the cluster went has no counters any more; what the first one saw stands.
  if (state.before) state.totals = largest(since(await gateway.totals(), state.before), state.totals ?? nothing);
  await writeState(gateway.folder, state);
  await gateway.observe("drained");
}

/** An authority that was not reached has withdrawn nothing, whatever the edge refuses. */
async function revoke(gateway: Gateway, state: SessionState): Promise<{ token: boolean; certificate: boolean }> {
  const withdrawn = await withdraw(state.retirement).then(
    (revocations) => ({ revocations }),
    () => undefined,
  );
  const { token, certificate } = await proveRefused(gateway, state, withdrawn?.revocations);
  return { token, certificate: certificate && withdrawn !== undefined };
}

async function remove(gateway: Gateway, answers: boolean): Promise<void> {
  await rm(join(gateway.folder, laptopFile), { force: true });
  if (answers) {
    await gateway.pushListeners();
    await gateway.push("clusters", []);
    return;
  }
  await writePush(gateway.folder, { file: "listeners", resources: [ingressListener(gateway.edge, gateway.folder)] });
  await writePush(gateway.folder, { file: "clusters", resources: [] });
}

function endedRecord(state: SessionState, who: string | undefined) {
  const { requests, toTunnel, fromTunnel } = state.totals ?? nothing;
  const certificates = state.certificates.map(({ fingerprint }) => ({
    kind: "certificate" as const,
    id: fingerprint,
    revoked: state.revoked?.certificate ?? false,
  }));
  return {
    cause: state.cause!,
    ...(who === undefined ? {} : { who }),
    seconds: (Date.now() - Date.parse(state.started)) / 1000,
    requests,
    bytes: { toTunnel, fromTunnel },
    credentials: [
      { kind: "token" as const, id: state.token.id, revoked: state.revoked?.token ?? false },
      ...certificates,
    ],
  };
}

function largest(a: Totals, b: Totals): Totals {
  return {
    requests: Math.max(a.requests, b.requests),
    errors: Math.max(a.errors, b.errors),
    toTunnel: Math.max(a.toTunnel, b.toTunnel),
    fromTunnel: Math.max(a.fromTunnel, b.fromTunnel),
  };
}
