/**
 * Plays the protocol of docs/break-glass.md from end to end, with the parts that a real session has:
 *
 *     stage -> load on production -> incident fails -> session opens -> shift -> first anonymized request at the hotfix
 *     -> recordings through the tunnel, bug and fix on anonymized data -> sign-off: shift back, drain, teardown, proof
 *
 * Invariants: the load runs through both shifts and counts every request; the session is opened and ended by the very
 * code of `frostglass session`; what is not seen to hold is reported as failed.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AuditLog } from "../audit/log.ts";
import { SealKey } from "../audit/seal.ts";
import { sessionsOf, type Traffic } from "../audit/session.ts";
import { verify } from "../audit/verify.ts";
import type { CompiledPolicy } from "../policy/index.ts";
import { equip } from "../replay/equip.ts";
import type { Recording } from "../replay/recording.ts";
import { endSession } from "../session/end.ts";
import type { Step } from "../session/gateway.ts";
import { type Bundle, openSession } from "../session/open.ts";
import { defaultExit, type SessionState } from "../session/state.ts";
import type { Authority } from "../tunnel/authority.ts";
import { describe, dial, isTunnel } from "../tunnel/dial.ts";
import { wasmPath } from "../wasm.ts";
import { checksOf } from "./checks.ts";
import { Load } from "./load.ts";
import { prove, send } from "./privacy.ts";
import type { DrillReport } from "./result.ts";
import type { Captured, ServiceReport } from "./service.ts";
import { checkout } from "./shop.ts";
import { local, Stage } from "./stage.ts";
import type { Moment } from "./timeline.ts";
import { Timeline } from "./timeline.ts";

export interface DrillOptions {
  policy: CompiledPolicy;
  file: string;
  recordings: readonly Recording[];
  /** The one of them that fails in production. */
  incident: Recording;
  /** Requests of the load, in all. */
  requests: number;
  connections: number;
  authority: (notAfter: Date) => Promise<Authority>;
  show?: ((moment: Moment) => void) | undefined;
  /** Leaves the folder of the drill, audit log included. */
  keep?: boolean | undefined;
}

/** How the timeline calls the steps of a session. */
const names: Partial<Record<Step, string>> = {
  credentials: "token and certificates minted",
  cluster: "filter and tunnel cluster pushed",
  uplink: "uplink open",
  connected: "tunnel up over mutual TLS",
  closed: "uplink closed, token used up",
  shifted: "traffic shifted to the tunnel",
  unshifted: "traffic back in production",
  drained: "tunnel drained",
  counted: "telemetry on record",
  ended: "session ended, everything of it removed",
};

/** How it calls what `proveRefused` tried. */
const refusals: Record<string, string> = {
  certificate_revoked: "old certificate refused as revoked",
  token_ended: "old token refused, with a good certificate",
  certificate_unknown: "old certificate refused by another authority",
};

export async function drill(options: DrillOptions): Promise<DrillReport> {
  const timeline = new Timeline(options.show);
  timeline.mark("start");
  const { environment } = await equip(options.policy);
  const stage = await Stage.set(environment);
  try {
    timeline.mark("edge, production and hotfix running");
    return await play(stage, timeline, options);
  } finally {
    await stage.strike(options.keep);
  }
}

async function play(stage: Stage, timeline: Timeline, options: DrillOptions): Promise<DrillReport> {
  const { policy, requests, incident } = options;
  const auditFile = join(stage.folder, "audit.ndjson");
  const key = SealKey.parse(randomBytes(32).toString("hex"));
  const audit = await AuditLog.open(auditFile, { writer: "drill", key });
  const gateway = stage.gateway(audit, (step, detail) => {
    const name = step === "refused" ? refusals[detail?.split(":")[0] ?? ""] : names[step];
    if (name !== undefined) timeline.mark(name, step === "refused" ? detail!.replace(/^\w+: /, "") : detail);
  });
  const load = new Load(stage.ingress, timeline.origin, options.connections);
  await using _ = { [Symbol.asyncDispose]: () => load.stop() };
  await load.reached(Math.ceil(requests * 0.2));
  timeline.mark("load runs on production", `${options.connections} connections`);
  const before = await send(stage.ingress, incident);
  timeline.mark("incident in production", `answer ${before}`);

  let used: Bundle | undefined;
  const opened = await openSession(gateway, {
    policy,
    wasmPath,
    authority: options.authority,
    who: "drill",
    life: 30 * 60,
    percent: 100,
    exit: defaultExit,
    patience: 30_000,
    reason: "drill",
    handOut: async (bundle) => {
      used = bundle;
      await stage.startLaptop(bundle);
      timeline.mark("laptop dials in");
    },
  });
  const shiftedAt = load.sent;
  const second = await dial(local(used!.uplinkPort), used!);
  timeline.mark(`second use of the token ${isTunnel(second) ? "ACCEPTED" : "refused"}`, describe(second));
  const statuses = await through(stage, options.recordings);
  timeline.mark("recordings sent through the tunnel", `${options.recordings.length} exchanges`);
  const hotfix = await stage.services.hotfix.report();
  const secondsToFirstRequest = timeline.insert("first anonymized request at the hotfix", hotfix.first ?? Date.now());
  const privacy = prove(policy, options.recordings, hotfix.captured);
  const anonymized = ofRecording(hotfix, incident.id);
  const withBug = tried(anonymized, "production");
  const withFix = tried(anonymized, "hotfix");
  timeline.mark("bug and fix on the anonymized incident", `without the fix ${withBug}, with it ${withFix}`);
  await load.reached(Math.max(Math.ceil(requests * 0.75), shiftedAt + Math.ceil(requests * 0.2)));

  const ended = (await endSession(gateway, "signed_off", { who: "drill" })) as SessionState;
  await stage.stopLaptop();
  const figures = await load.finish(Math.max(requests, load.sent + Math.ceil(requests * 0.1)));
  timeline.mark("load ended", `${figures.sent} requests`);
  const after = await send(stage.ingress, incident);
  await audit.close({ final: true });
  const log = await readFile(auditFile);
  const verdict = verify([{ name: "audit.ndjson", bytes: log }], { keys: [key] });
  const arrivals = await arrivalsOf(stage);
  timeline.mark("counted and verified");
  const report: Omit<DrillReport, "ok" | "checks"> = {
    policy: { name: policy.name, digest: policy.digest, file: options.file },
    session: opened.id,
    authority: (await options.authority(new Date(opened.expires))).name,
    secondsToFirstRequest,
    timeline: timeline.moments,
    load: { ...figures, ...counted(figures.sent, arrivals) },
    incident: { recording: incident.id, before, anonymizedWithBug: withBug, anonymizedWithFix: withFix },
    privacy: {
      recordings: options.recordings.length,
      refused: statuses.filter((status) => status !== 201 && status !== 500).length,
      ...privacy,
    },
    secondUse: { refused: !isTunnel(second), answer: describe(second) },
    tunnel: { requests: 0, toTunnel: 0, fromTunnel: 0, ...ended.totals },
    telemetry: telemetryOf(sessionsOf(verdict.records)[0]?.traffic),
    audit: { file: options.keep ? auditFile : undefined, records: verdict.records.length, good: verdict.good },
  };
  const checks = checksOf(report, ended, after);
  return { ...report, ok: checks.every(({ ok }) => ok), checks };
}

function telemetryOf(traffic: Traffic | undefined): DrillReport["telemetry"] {
  const values = Object.values(traffic?.rules ?? {}).reduce((sum, rule) => sum + rule.values, 0);
  return { forwarded: traffic?.outcomes.forwarded ?? 0, values };
}

async function through(stage: Stage, recordings: readonly Recording[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const recording of recordings) statuses.push(await send(stage.ingress, recording));
  return statuses;
}

function ofRecording({ captured }: ServiceReport, recording: string): Captured | undefined {
  return captured.find((one) => one.recording === recording);
}

/** What a version of the service makes of a request as it came out of the tunnel; 0 when none came. */
function tried(request: Captured | undefined, version: "production" | "hotfix"): number {
  return request ? checkout(Buffer.from(request.body, "base64").toString("utf8"), version).status : 0;
}

async function arrivalsOf(stage: Stage): Promise<{ production: number[]; hotfix: number[] }> {
  const [production, hotfix] = await Promise.all([stage.services.production.report(), stage.services.hotfix.report()]);
  return { production: production.orders, hotfix: hotfix.orders };
}

/** Each number that was sent must have come once, to one of the two. */
function counted(
  sent: number,
  { production, hotfix }: { production: number[]; hotfix: number[] },
): { production: number; hotfix: number; lost: number; doubled: number } {
  const times = new Uint32Array(sent);
  for (const number of [...production, ...hotfix]) times[number]!++;
  return {
    production: production.length,
    hotfix: hotfix.length,
    lost: times.filter((count) => count === 0).length,
    doubled: times.filter((count) => count > 1).length,
  };
}
