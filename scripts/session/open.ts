/**
 * Opens a session: credentials, cluster, uplink, one handshake, then the shift.
 *
 *     opening: state -> cluster -> uplink -> wait for the laptop -> uplink closed
 *     shifting: state -> routes (one rename: the only moment at which traffic moves)
 *     active: state
 *
 * Invariants: the state is on the disk before each step; no traffic moves before the tunnel stands; exactly one
 * handshake may have been accepted by the time the uplink closes, so that a token that somebody else used too ends the
 * session before any traffic has moved; what fails on the way goes back to production.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { factsOf } from "../audit/access-log/facts.ts";
import { filterOf } from "../manifest/policy.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import type { Authority, Certificate } from "../tunnel/authority.ts";
import { uplinkFile, uplinkListener } from "../tunnel/edge.ts";
import { routes, tunnelClusterResource } from "../tunnel/shift.ts";
import { longestLife, mintTunnelToken, shortestLife } from "../tunnel/token.ts";
import { connectSeconds, handshakeSeconds, uplink } from "../tunnel/uplink.ts";
import { onlySource, openedFrom } from "../tunnel/uplink-log.ts";
import { endSession } from "./end.ts";
import type { Gateway } from "./gateway.ts";
import { unfit } from "./policy.ts";
import { type ExitConditions, isAbandoned, newSessionId, readState, type SessionState, writeState } from "./state.ts";

export interface OpenOptions {
  policy: CompiledPolicy;
  wasmPath: string;
  authority: (notAfter: Date) => Promise<Authority>;
  who: string;
  /** Seconds, 30 to 60 minutes. */
  life: number;
  percent: number;
  match?: { header: string; value: string } | undefined;
  exit: ExitConditions;
  /** How long the laptop may take to dial in: milliseconds. */
  patience: number;
  /** Tunnels that the laptop opens: as many as the edge has workers. */
  connections?: number | undefined;
  reason?: string | undefined;
  ticket?: string | undefined;
  /** What the laptop needs, once the uplink waits for it. */
  handOut: (bundle: Bundle) => void | Promise<void>;
  /** Called when the state is on the disk, before anything is pushed. */
  guard?: ((state: SessionState) => number | undefined) | undefined;
}

/** Goes to the laptop over a channel of the operator's choice. Secret. */
export interface Bundle {
  session: string;
  uplinkPort: number;
  certificate: Certificate;
  root: string;
  token: string;
}

export async function openSession(gateway: Gateway, options: OpenOptions): Promise<SessionState> {
  const problem = unfit(options.policy);
  if (problem !== undefined) throw new Error(problem);
  if (options.life < shortestLife || options.life > longestLife) {
    throw new Error(`a session lasts ${shortestLife / 60} to ${longestLife / 60} minutes`);
  }
  const before = await readState(gateway.folder);
  if (before && isAbandoned(before)) await endSession(gateway, "failed");
  else if (before && before.phase !== "ended") {
    throw new Error(`session ${before.id} is ${before.phase}; end it first: frostglass session end`);
  }
  const { state, keySet, revocations } = await prepare(options);
  state.watcher = options.guard?.(state);
  await writeState(gateway.folder, state);
  try {
    await gateway.audit.append(
      "session.started",
      {
        who: state.who,
        policy: state.policy.name,
        policyDigest: state.policy.digest,
        expires: state.expires,
        ...(options.reason === undefined ? {} : { reason: options.reason }),
        ...(options.ticket === undefined ? {} : { ticket: options.ticket }),
      },
      { session: state.id },
    );
    await gateway.observe("credentials");
    await connect(gateway, state, options, { keySet, revocations });
    await shift(gateway, state);
    return state;
  } catch (error) {
    await endSession(gateway, "failed");
    throw error;
  }
}

async function prepare(options: OpenOptions): Promise<{
  state: SessionState;
  keySet: string;
  revocations: string | undefined;
}> {
  const id = newSessionId();
  const started = new Date();
  const expires = new Date(started.getTime() + options.life * 1000);
  const authority = await options.authority(expires);
  const edge = await authority.issue({ session: id, side: "edge", notAfter: expires });
  const laptop = await authority.issue({ session: id, side: "laptop", notAfter: expires });
  const token = await mintTunnelToken(id, expires, started);
  const state: SessionState = {
    v: 1,
    id,
    phase: "opening",
    worker: process.pid,
    who: options.who,
    policy: { name: options.policy.name, digest: options.policy.digest },
    rules: factsOf(options.policy),
    percent: options.percent,
    match: options.match,
    started: started.toISOString(),
    expires: expires.toISOString(),
    exit: options.exit,
    token: { id: token.id },
    certificates: [
      { side: "edge", serial: edge.serial, fingerprint: edge.fingerprint },
      { side: "laptop", serial: laptop.serial, fingerprint: laptop.fingerprint },
    ],
    retirement: await authority.retirement([edge.serial, laptop.serial]),
    secrets: { root: await authority.root(), edge, laptop, token: token.token },
  };
  return { state, keySet: token.keySet, revocations: await authority.revocations() };
}

const handshakes = "reverse_tunnel.handshake.accepted";

async function connect(
  gateway: Gateway,
  state: SessionState,
  options: OpenOptions,
  trust: { keySet: string; revocations: string | undefined },
): Promise<void> {
  const { root, edge, laptop, token } = state.secrets!;
  const filter = filterOf(options.policy, options.wasmPath);
  await gateway.push("clusters", [tunnelClusterResource(filter, options.life)]);
  state.before = await gateway.totals();
  await gateway.observe("cluster");
  const acceptedBefore = await gateway.admin.count(handshakes);
  await gateway.pushListeners(uplink(gateway.edge, { session: state.id, certificate: edge, root, ...trust }));
  await gateway.observe("uplink");
  const uplinkPort = (await gateway.admin.port(uplinkListener)) ?? gateway.edge.uplink.port;
  await options.handOut({ session: state.id, uplinkPort, certificate: laptop, root, token });
  const wanted = options.connections ?? 1;
  await gateway.observe("connected", await waitForTunnel(gateway, state.id, wanted, options.patience));
  // The token has been used. From here on nobody can use it again, whoever has it: nobody new can dial in, and nobody who
  // dialled before is left at the door.
  await gateway.pushListeners();
  await waitForEmptyDoor(gateway);
  const accepted = (await gateway.admin.count(handshakes)) - acceptedBefore;
  if (accepted !== wanted) {
    throw new Error(
      `${accepted} handshakes were accepted instead of ${wanted}: the token was used by somebody else too`,
    );
  }
  const sourceIp = onlySource(await waitForUplinkLog(gateway, state.id, wanted));
  await gateway.audit.append(
    "tunnel.uplink",
    {
      who: state.who,
      sourceIp,
      node: state.id,
      cluster: "laptop",
      tokenId: state.token.id,
      certificate: `sha256:${laptop.fingerprint}`,
    },
    { session: state.id },
  );
  await gateway.observe("closed", `dialled in from ${sourceIp}`);
}

async function waitForTunnel(gateway: Gateway, session: string, wanted: number, patience: number): Promise<string> {
  for (const end = Date.now() + patience; Date.now() < end; await sleep(20)) {
    if ((await gateway.tunnels(session)) >= wanted) return `${wanted} tunnel${wanted === 1 ? "" : "s"}`;
  }
  throw new Error(`no laptop dialled in within ${patience / 1000} s; look at the log of its Envoy`);
}

/** Until no connection is between its beginning and its handshake; Envoy gives each `handshakeSeconds`. */
async function waitForEmptyDoor(gateway: Gateway): Promise<void> {
  const patience = (connectSeconds + handshakeSeconds + 1) * 1000;
  for (const end = Date.now() + patience; Date.now() < end; await sleep(20)) {
    const counts = await gateway.admin.counts(`^listener\\.${uplinkListener}\\.downstream_(pre_)?cx_active$`);
    if ([...counts.values()].every((count) => count === 0)) return;
  }
  throw new Error("a connection to the closed uplink is still waiting for its handshake; look at who dials there");
}

/** Longer than Envoy keeps lines to itself when nobody told it otherwise. */
const logPatience = 15_000;

/** Where the tunnels came from, as the edge saw it. No traffic moves before that can go on record. */
async function waitForUplinkLog(gateway: Gateway, session: string, wanted: number): Promise<string[]> {
  for (const end = Date.now() + logPatience; Date.now() < end; await sleep(20)) {
    const sources = await openedFrom(gateway.folder, session);
    if (sources.length >= wanted) return sources;
  }
  throw new Error(`the edge did not write to ${uplinkFile} who dialled in; can it write to ${gateway.folder}?`);
}

async function shift(gateway: Gateway, state: SessionState): Promise<void> {
  state.phase = "shifting";
  state.moved = true;
  await writeState(gateway.folder, state);
  await gateway.observe("shifting");
  const version = await gateway.push("routes", [
    routes({ session: state.id, percent: state.percent, match: state.match }),
  ]);
  await gateway.observe("shifted");
  await gateway.audit.append(
    "configuration.changed",
    {
      change: "shift",
      resource: "ingress",
      who: state.who,
      percent: { from: 0, to: state.percent },
      policy: state.policy.name,
      policyDigest: state.policy.digest,
      version,
    },
    { session: state.id },
  );
  state.phase = "active";
  await writeState(gateway.folder, state);
  await gateway.observe("active");
}
