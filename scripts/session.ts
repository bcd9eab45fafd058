/**
 * `frostglass session`: opens, shows and ends break-glass sessions on an edge that watches an xDS directory.
 *
 * Exit codes: 0 done, or nothing to do; 1 it could not be done, and traffic is in production; 2 a wrong call.
 */
import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { isAlive } from "./alive.ts";
import { AuditLog } from "./audit/log.ts";
import { SealKey } from "./audit/seal.ts";
import { sinksFromEnvironment } from "./audit/sinks/environment.ts";
import { CommandError, note } from "./console.ts";
import { endSession } from "./session/end.ts";
import { Gateway, type Observer, readEdge } from "./session/gateway.ts";
import { sample } from "./session/health.ts";
import { exclusively } from "./session/lock.ts";
import { type Bundle, openSession } from "./session/open.ts";
import { address, count, duration, match, percent, rate } from "./session/options.ts";
import { endPlan, startPlan } from "./session/plan.ts";
import { requireSessionPolicy } from "./session/policy.ts";
import { defaultExit, isAbandoned, laptopFile, readState, type SessionState, writeState } from "./session/state.ts";
import { recover, watch } from "./session/watch.ts";
import { authorityOf } from "./tunnel/authorities.ts";
import type { Edge } from "./tunnel/edge.ts";
import { laptopBootstrap } from "./tunnel/laptop.ts";
import { writeAtomically } from "./tunnel/push.ts";
import type { Address } from "./tunnel/resources.ts";
import { packageRoot, wasmPath } from "./wasm.ts";

interface Common {
  xds: string;
  audit?: string;
  json?: boolean;
  dryRun?: boolean;
}

interface InitOptions extends Common {
  ingress: Address;
  production: Address;
  uplink: Address;
  admin: Address;
}

interface StartOptions extends Common {
  policy: string;
  wasm: string;
  ttl: number;
  percent: number;
  match?: { header: string; value: string };
  who: string;
  reason?: string;
  ticket?: string;
  ca: string;
  laptop?: string;
  dial?: Address;
  hotfix: Address;
  connections?: number;
  wait: number;
  maxErrorRate: number;
  readiness: number;
  foreground?: boolean;
}

const help = `
A session has a directory that an edge Envoy watches (filesystem xDS). Everything of a session is pushed there and taken
away again; the edge is never restarted. The protocol, step by step: docs/break-glass.md.

  $ frostglass session init --xds /var/lib/frostglass --ingress 0.0.0.0:8080 --production checkout.internal:8080
  $ frostglass session start --xds /var/lib/frostglass --policy policies/checkout.json --ticket INC-42
  $ frostglass session status --xds /var/lib/frostglass
  $ frostglass session end --xds /var/lib/frostglass --sign-off ann

Exit codes: 0 done, or nothing to do; 1 it could not be done, and traffic is in production (\`end\`: or the edge was not
seen to refuse the old credentials); 2 a wrong call`;

const login = (): string => process.env.FROSTGLASS_OPERATOR ?? userInfo().username;

export function register(program: Command): void {
  const session = program
    .command("session")
    .description("open, show and end break-glass sessions on a gateway")
    .addHelpText("after", help);

  common(session.command("init"))
    .description("begin an xDS directory and write the bootstrap of an edge Envoy that watches it")
    .requiredOption("--ingress <host:port>", "where clients come in", address)
    .requiredOption("--production <host:port>", "the production service", address)
    .addOption(
      new Option("--uplink <host:port>", "where laptops dial in")
        .argParser(address)
        .default({ host: "0.0.0.0", port: 15443 }, "0.0.0.0:15443"),
    )
    .addOption(
      new Option("--admin <host:port>", "admin interface of the edge")
        .argParser(address)
        .default({ host: "127.0.0.1", port: 15000 }, "127.0.0.1:15000"),
    )
    .action(init);

  common(session.command("start"))
    .description("open a session: credentials, tunnel, shift; a watcher ends it by its exit conditions")
    .requiredOption("--policy <file>", "the policy; it is made active for everything that enters the tunnel")
    .addOption(
      new Option("--wasm <path>", "the filter, as the edge will find it").default(
        wasmPath,
        "build/frostglass.wasm of this package",
      ),
    )
    .addOption(
      new Option("--ttl <duration>", "how long it may last, 30m to 60m").argParser(duration).default(1800, "30m"),
    )
    .option("--percent <share>", "share of the traffic, 1 to 100", percent, 100)
    .option("--match <header=value>", "only requests with this header, for a canary of one user", match)
    .addOption(
      new Option("--who <name>", "the operator, for the record").default(login(), "FROSTGLASS_OPERATOR or the login"),
    )
    .option("--reason <text>", "why, for the record")
    .option("--ticket <id>", "the incident, for the record")
    .option("--ca <authority>", "built-in, vault:ADDRESS/v1/MOUNT/ROLE or command:PROGRAM", "built-in")
    .option(
      "--laptop <file>",
      "where the laptop's configuration goes; it holds secrets (default: laptop.json in --xds)",
    )
    .option("--dial <host:port>", "the uplink as the laptop reaches it (default: as the edge has it)", address)
    .addOption(
      new Option("--hotfix <host:port>", "the hotfix process on the laptop")
        .argParser(address)
        .default({ host: "127.0.0.1", port: 8080 }, "127.0.0.1:8080"),
    )
    .option("--connections <count>", "tunnels that the laptop opens (default: one for each worker of the edge)", count)
    .addOption(
      new Option("--wait <duration>", "how long the laptop may take to dial in").argParser(duration).default(60, "60s"),
    )
    .option(
      "--max-error-rate <share>",
      "ends the session: failed requests of the last minute",
      rate,
      defaultExit.errorRate,
    )
    .addOption(
      new Option("--readiness <duration>", "ends the session: the tunnel has been gone for so long")
        .argParser(duration)
        .default(defaultExit.readiness / 1000, `${defaultExit.readiness / 1000}s`),
    )
    .option("--foreground", "watch in this process until the session has ended")
    .action(start);

  common(session.command("status"))
    .description("show the session, and roll one back whose command died")
    .action(status);

  common(session.command("end"))
    .description("end the session: production first, then drain, revoke, remove; nothing to end is no error")
    .option("--sign-off <who>", "the fix is accepted; without it the session counts as cancelled")
    .addOption(
      new Option("--drain <duration>", "how long requests in the tunnel may take")
        .argParser(duration)
        .default(30, "30s"),
    )
    .action(end);

  common(session.command("watch", { hidden: true }))
    .argument("<session>")
    .action(async (id: string, options: Common) => {
      const { gateway, audit } = await open(options);
      await watch(gateway, id).finally(() => audit.close());
    });
}

function common(command: Command): Command {
  return command
    .requiredOption("--xds <dir>", "the directory that the edge watches")
    .option("--audit <file>", "audit log (default: audit.ndjson in that directory)")
    .option("--dry-run", "say what would be done, and do nothing")
    .option("--json", "one JSON object on stdout");
}

async function init(options: InitOptions): Promise<void> {
  const { xds, ingress, production, uplink, admin } = options;
  const bootstrap = join(xds, "bootstrap.json");
  if (await readEdge(xds)) throw new CommandError(`${xds} was begun already; init is for a new directory`);
  if (!options.dryRun) {
    await mkdir(xds, { recursive: true, mode: 0o700 });
    await Gateway.create(xds, { ingress, production, uplink, admin });
  }
  const command = `envoy -c ${bootstrap} --file-flush-interval-msec 100`;
  say(options, { bootstrap, command }, `${options.dryRun ? "would write" : "wrote"} ${bootstrap}; start: ${command}`);
}

async function start(options: StartOptions): Promise<void> {
  const policy = await requireSessionPolicy(options.policy);
  const authority = authorityOf(options.ca);
  if (options.ttl < 1800 || options.ttl > 3600) throw new CommandError("--ttl is 30m to 60m", 2);
  if (options.dryRun) {
    const plan = startPlan({
      policy,
      life: options.ttl,
      percent: options.percent,
      match: options.match,
      authority: options.ca,
    });
    return say(options, { plan }, plan.map((step, at) => `${at + 1}. ${step}`).join("\n"));
  }
  const { gateway, audit } = await open(options, (step, detail) => {
    if (!options.json) process.stderr.write(`frostglass: ${step}${detail === undefined ? "" : `: ${detail}`}\n`);
  });
  try {
    // Each worker sends through a tunnel of its own.
    const connections = options.connections ?? (await gateway.admin.workers());
    const state = await exclusively(options.xds, () =>
      openSession(gateway, {
        policy,
        wasmPath: options.wasm,
        authority,
        who: options.who,
        life: options.ttl,
        percent: options.percent,
        match: options.match,
        exit: { ...defaultExit, errorRate: options.maxErrorRate, readiness: options.readiness * 1000 },
        patience: options.wait * 1000,
        connections,
        reason: options.reason,
        ticket: options.ticket,
        handOut: (bundle) => handOut(gateway, bundle, { ...options, connections }),
        guard: options.foreground ? undefined : ({ id }) => startWatcher(id, options),
      }),
    );
    say(options, publicOf(state), `session ${state.id} is active until ${state.expires}`);
    if (options.foreground) {
      const ended = await watch(gateway, state.id);
      say(options, ended && publicOf(ended), `session ${state.id} ended: ${ended?.cause}`);
    }
  } finally {
    await audit.close();
  }
}

async function status(options: Common): Promise<void> {
  await requireEdge(options.xds);
  const state = await readState(options.xds);
  if (!state) return say(options, { phase: "none" }, "no session");
  const { gateway, audit } = await open(options);
  try {
    if (isAbandoned(state)) {
      if (options.dryRun) return say(options, publicOf(state), `session ${state.id} was abandoned; would roll it back`);
      await exclusively(options.xds, () => recover(gateway));
      note(`session ${state.id} was abandoned in phase "${state.phase}"; traffic is in production`);
    }
    if (state.phase === "active" && !options.dryRun) await exclusively(options.xds, () => keepWatched(options));
    const now = (await readState(options.xds))!;
    const health = now.phase === "active" ? await sample(gateway, now) : undefined;
    const secondsLeft = Math.max(0, Math.round((Date.parse(now.expires) - Date.now()) / 1000));
    const seen = health
      ? `, ${health.tunnels} tunnel(s), ${health.totals.requests} requests, ${health.totals.errors} errors`
      : "";
    const end = now.phase === "ended" ? `, ${now.cause}` : `, ${secondsLeft} s left`;
    say(options, { ...publicOf(now), secondsLeft, health }, `session ${now.id}: ${now.phase}${end}${seen}`);
  } finally {
    await audit.close();
  }
}

async function end(options: Common & { signOff?: string; drain: number }): Promise<void> {
  await requireEdge(options.xds);
  const state = await readState(options.xds);
  if (!state || state.phase === "ended") {
    return say(options, state ? publicOf(state) : { phase: "none" }, "no session to end; traffic is in production");
  }
  if (options.dryRun) {
    const plan = endPlan(state);
    return say(options, { plan }, plan.map((step, at) => `${at + 1}. ${step}`).join("\n"));
  }
  const { gateway, audit } = await open(options);
  try {
    const cause = options.signOff === undefined ? "cancelled" : "signed_off";
    const who = options.signOff ?? login();
    const ended = await exclusively(options.xds, () =>
      endSession(gateway, cause, { who, drain: options.drain * 1000 }),
    );
    const { token, certificate } = ended?.revoked ?? { token: false, certificate: false };
    const requests = ended?.totals?.requests ?? 0;
    const refused = token && certificate ? "; token and certificates are refused" : "";
    const told = `session ${state.id} ended: ${ended?.cause}; ${requests} requests went through the tunnel${refused}`;
    say(options, ended && publicOf(ended), told);
    if (ended?.unrecorded !== undefined) note(`not all telemetry is on record: ${ended.unrecorded}`);
    if (!token || !certificate)
      throw new CommandError("the edge was not seen to refuse the session's credentials; look at it");
  } finally {
    await audit.close();
  }
}

/** A directory that no edge watches says nothing about traffic: whoever misspells its name must not be told that all is well. */
async function requireEdge(xds: string): Promise<Edge> {
  const edge = await readEdge(xds);
  if (edge) return edge;
  const remedy = `name the one that the edge watches, or begin it: frostglass session init --xds ${xds}`;
  throw new CommandError(`${xds} is no xDS directory; ${remedy}`);
}

async function open(options: Common, observe?: Observer): Promise<{ gateway: Gateway; audit: AuditLog }> {
  const { xds } = options;
  const edge = await requireEdge(xds);
  const file = options.audit ?? join(xds, "audit.ndjson");
  const key = SealKey.fromEnvironment();
  const audit = await AuditLog.open(file, { writer: "session", key, sinks: sinksFromEnvironment() });
  return { gateway: new Gateway(xds, edge, audit, observe), audit };
}

/** Writes the configuration of the laptop's Envoy, for its owner alone. */
async function handOut(gateway: Gateway, bundle: Bundle, options: StartOptions): Promise<void> {
  const { session, certificate, root, token, uplinkPort } = bundle;
  const config = laptopBootstrap({
    session,
    edge: options.dial ?? { host: gateway.edge.uplink.host.replace(/^0\.0\.0\.0$/, "127.0.0.1"), port: uplinkPort },
    hotfix: options.hotfix,
    admin: { host: "127.0.0.1", port: 0 },
    certificate,
    root,
    token,
    connections: options.connections,
  });
  const file = options.laptop ?? join(options.xds, laptopFile);
  await writeAtomically(file, `${JSON.stringify(config, null, 2)}\n`);
  note(`waiting for the laptop; there: envoy -c ${file} --concurrency 1`);
}

/** A session that is open and unwatched gets another watcher. */
async function keepWatched(options: Common): Promise<void> {
  const state = await readState(options.xds);
  if (state?.phase !== "active" || state.watcher === undefined || isAlive(state.watcher)) return;
  state.watcher = startWatcher(state.id, options);
  await writeState(options.xds, state);
  note("the session's watcher was gone; another one watches now");
}

/** A process of its own, which outlives this one. */
function startWatcher(session: string, { xds, audit }: Common): number | undefined {
  const launcher = join(packageRoot, "bin", "frostglass.js");
  const more = audit === undefined ? [] : ["--audit", audit];
  const args = [launcher, "session", "watch", session, "--xds", xds, ...more];
  const child = spawn(process.execPath, args, { detached: true, stdio: "ignore" });
  child.unref();
  return child.pid;
}

type PublicState = Omit<SessionState, "secrets" | "retirement" | "rules">;

/** The state without its secrets, and without what the policy says itself. */
function publicOf({ secrets, retirement, rules, ...rest }: SessionState): PublicState {
  return rest;
}

function say({ json }: Common, data: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : `${text}\n`);
}
