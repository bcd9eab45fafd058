/**
 * An edge with an xDS directory, on which `frostglass session` is called as an operator calls it; laptops that dial in;
 * and somebody who sends a request after the other and counts what is not answered well.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { local, Stage } from "../../scripts/drill/stage.ts";
import { findEnvoy } from "../../scripts/envoy/binary.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { readState, type SessionState } from "../../scripts/session/state.ts";
import { files } from "../../scripts/tunnel/edge.ts";
import { packageRoot } from "../../scripts/wasm.ts";

export interface Ran {
  /** Null after a signal. */
  code: number | null;
  out: string;
  err: string;
}

/** Behind which write a command is killed. */
export interface Crash {
  afterFile?: number;
  inTelemetry?: number;
}

export const policyFile = join(packageRoot, "policies", "checkout.json");

export class BreakGlassEdge {
  readonly stage: Stage;
  /** Of the operator: the laptop's configuration and what a test adds. */
  readonly desk: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 });
  #laptop: EnvoyProcess | undefined;

  static async start(environment: Readonly<Record<string, string>>, workers = 1): Promise<BreakGlassEdge> {
    const stage = await Stage.set(environment, workers);
    const edge = join(stage.folder, "edge.json");
    const config = JSON.parse(await readFile(edge, "utf8"));
    await writeFile(edge, JSON.stringify({ ...config, admin: local(stage.edge.adminPort) }));
    return new BreakGlassEdge(stage, await mkdtemp(join(tmpdir(), "frostglass-desk-")));
  }

  private constructor(stage: Stage, desk: string) {
    this.stage = stage;
    this.desk = desk;
  }

  get laptopFile(): string {
    return join(this.desk, "laptop.json");
  }

  state(): Promise<SessionState | undefined> {
    return readState(this.stage.folder);
  }

  /** The three files that Envoy watches. */
  async pushed(): Promise<Record<string, string>> {
    const entries = Object.values(files).map(
      async (file): Promise<[string, string]> => [file, await readFile(join(this.stage.folder, file), "utf8")],
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  async auditLog(): Promise<{ name: string; bytes: Buffer }> {
    return { name: "audit", bytes: await readFile(join(this.stage.folder, "audit.ndjson")) };
  }

  /** Name to content of each access log of the edge. */
  async accessLogs(): Promise<Record<string, string>> {
    const names = (await readdir(this.stage.folder)).filter((name) => name.startsWith("access."));
    const entries = names.map(
      async (name): Promise<[string, string]> => [name, await readFile(join(this.stage.folder, name), "utf8")],
    );
    return Object.fromEntries(await Promise.all(entries));
  }

  /** `frostglass session ...`; `crash` kills it behind one of its writes (crash.ts). */
  async session(args: readonly string[], crash: Crash = {}): Promise<Ran> {
    const isKilled = Object.keys(crash).length > 0;
    const preload = isKilled ? ["--import", join(packageRoot, "test", "support", "crash.ts")] : [];
    const cli = join(packageRoot, "bin", "frostglass.js");
    const child = spawn(
      process.execPath,
      [...preload, cli, "session", args[0]!, "--xds", this.stage.folder, ...args.slice(1)],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          CRASH_AFTER: String(crash.afterFile ?? 0),
          CRASH_IN_TELEMETRY: String(crash.inTelemetry ?? 0),
        },
      },
    );
    const ran: Ran = { code: null, out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      ran.out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      ran.err += text;
    });
    // "exit", not "close": the watcher of a session outlives its start.
    const { promise, resolve } = Promise.withResolvers<number | null>();
    child.on("exit", resolve);
    ran.code = await promise;
    await sleep(10);
    return ran;
  }

  /** Starts a session, with a laptop that dials in as soon as it can; `meanwhile` sees its configuration first. */
  async open(
    more: readonly string[] = [],
    { crash, meanwhile }: { crash?: Crash; meanwhile?: (laptop: string) => Promise<void> } = {},
  ): Promise<Ran> {
    await rm(this.laptopFile, { force: true });
    const hotfix = `127.0.0.1:${this.stage.services.hotfix.port}`;
    const args = ["start", "--policy", policyFile, "--laptop", this.laptopFile, "--hotfix", hotfix, "--who", "ann"];
    let ended = false;
    const started = this.session([...args, ...more], crash).finally(() => {
      ended = true;
    });
    let laptop: string | undefined;
    while (!ended && laptop === undefined) {
      laptop = await readFile(this.laptopFile, "utf8").catch(() => undefined);
      await sleep(20);
    }
    if (laptop !== undefined && !ended) {
      await meanwhile?.(laptop);
      await this.hangUp();
      this.#laptop = await EnvoyProcess.start({ binary: await findEnvoy(), config: JSON.parse(laptop) });
    }
    return started;
  }

  /** The laptop goes. */
  async hangUp(): Promise<void> {
    await this.#laptop?.stop();
    this.#laptop = undefined;
  }

  /** Waits until no tunnel is registered. */
  async tunnelGone(): Promise<void> {
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
      const counts = await this.stage.edge.stats("\\.node\\.bg-");
      if ([...counts.values()].every((count) => count === 0)) return;
    }
    throw new Error("a tunnel is still registered after half a minute");
  }

  /** Waits until the session is of this phase. */
  async reached(phase: SessionState["phase"]): Promise<SessionState> {
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(20)) {
      const state = await this.state();
      if (state?.phase === phase) return state;
    }
    throw new Error(`the session has not reached "${phase}" within a minute, but ${(await this.state())?.phase}`);
  }

  /** Status and who answered; status 0 for no answer. */
  ask(body = "{}", more: Record<string, string> = {}): Promise<{ status: number; by: string | undefined }> {
    const { promise, resolve } = Promise.withResolvers<{ status: number; by: string | undefined }>();
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...more };
    const path = "/checkout";
    request(
      { agent: this.#agent, host: "127.0.0.1", port: this.stage.ingress, method: "POST", path, headers },
      (response) => {
        const by = response.headers["x-served-by"] as string | undefined;
        response.resume().on("close", () => resolve({ status: response.complete ? response.statusCode! : 0, by }));
      },
    )
      .on("error", () => resolve({ status: 0, by: undefined }))
      .end(body);
    return promise;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.hangUp();
    await this.stage.strike();
    await rm(this.desk, { recursive: true, force: true });
  }
}

/** Requests, one after the other, until it is stopped. */
export class Caller {
  readonly seen: Record<string, number> = {};
  readonly #work: Promise<void>;
  #enough = false;

  constructor(edge: BreakGlassEdge, body: string) {
    this.#work = this.#call(edge, body);
  }

  /** Answers by status and who gave them. */
  async stop(): Promise<Record<string, number>> {
    this.#enough = true;
    await this.#work;
    return this.seen;
  }

  async #call(edge: BreakGlassEdge, body: string): Promise<void> {
    while (!this.#enough) {
      const { status, by } = await edge.ask(body);
      const key = `${status} ${by}`;
      this.seen[key] = (this.seen[key] ?? 0) + 1;
      await sleep(5);
    }
  }
}
