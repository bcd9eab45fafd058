/**
 * One running Envoy: started from a configuration object on ports of its own choice, ready when `start` returns, its
 * log kept, stopped by its process id.
 *
 * Invariant: no Envoy outlives the process that started it, however that one ends. A `sh` that blocks on a pipe from
 * this process guards each: when the pipe closes (exit, exception, SIGKILL), it kills the Envoy and removes its folder.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../manifest/filter.ts";

export interface EnvoyOptions {
  binary: string;
  config: JsonObject;
  /** Added to this process's environment. */
  environment?: Readonly<Record<string, string>> | undefined;
  /** Default "info": the filter's own lines and refused configurations are in it. */
  logLevel?: string | undefined;
  /** Default 1: counts and connections are then the same in every run. */
  workers?: number | undefined;
}

const startTimeout = 60_000;
const stopTimeout = 5_000;

export class EnvoyProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #guard: ChildProcess;
  readonly #folder: string;
  #log = "";
  #exit: string | undefined;
  #admin = "";

  static async start(options: EnvoyOptions): Promise<EnvoyProcess> {
    const folder = await mkdtemp(join(tmpdir(), "frostglass-envoy-"));
    const configFile = join(folder, "envoy.json");
    await writeFile(configFile, JSON.stringify(options.config));
    const flags = [
      "--concurrency",
      String(options.workers ?? 1),
      "--disable-hot-restart",
      "--log-level",
      options.logLevel ?? "info",
    ];
    // Access logs are read while it runs.
    flags.push("--file-flush-interval-msec", "50");
    const child = spawn(options.binary, ["-c", configFile, "--admin-address-path", join(folder, "admin"), ...flags], {
      env: { ...process.env, ...options.environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const envoy = new EnvoyProcess(child, folder);
    try {
      await envoy.#waitUntilReady();
      return envoy;
    } catch (error) {
      await envoy.stop();
      throw error;
    }
  }

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    child.on("error", (error) => {
      this.#exit = error.message;
    });
    child.on("exit", (code, signal) => {
      this.#exit = `exit ${code ?? signal}`;
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#log += text;
      });
    }
    this.pid = child.pid ?? 0;
    this.#guard = spawn("sh", ["-c", 'read -r _; kill -9 "$1"; rm -rf "$2"', "guard", String(this.pid), folder], {
      // Its own group: Ctrl-C must not take the guard before the Envoy.
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.#guard.unref();
    (this.#guard.stdin as unknown as { unref(): void }).unref();
  }

  /** Everything that Envoy wrote so far. */
  get log(): string {
    return this.#log;
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /** The port of the admin interface. */
  get adminPort(): number {
    return Number(this.#admin.slice(this.#admin.lastIndexOf(":") + 1));
  }

  /** The port of the listener of this name. */
  async port(listener = "gateway"): Promise<number> {
    const { listener_statuses: statuses = [] } = JSON.parse(await this.admin("/listeners?format=json")) as {
      listener_statuses?: { name: string; local_address: { socket_address: { port_value: number } } }[];
    };
    const found = statuses.find((status) => status.name === listener);
    if (!found) throw this.#failure(`Envoy has no listener "${listener}"`);
    return found.local_address.socket_address.port_value;
  }

  /** Counters and gauges whose name matches `filter` (a regular expression of Envoy's), by name. */
  async stats(filter: string): Promise<Map<string, number>> {
    const text = await this.admin(`/stats?format=json&filter=${encodeURIComponent(filter)}`);
    const { stats } = JSON.parse(text) as { stats: { name?: string; value?: number }[] };
    return new Map(
      stats.flatMap(({ name, value }) => (name !== undefined && value !== undefined ? [[name, value]] : [])),
    );
  }

  async admin(path: string, method: "GET" | "POST" = "GET"): Promise<string> {
    const response = await fetch(`http://${this.#admin}${path}`, { method });
    return response.text();
  }

  /** Waits until `what` is in the log. */
  async logged(what: string | RegExp, timeout = 5_000): Promise<void> {
    for (const end = Date.now() + timeout; Date.now() < end; await sleep(10)) {
      if (typeof what === "string" ? this.#log.includes(what) : what.test(this.#log)) return;
    }
    throw this.#failure(`Envoy did not log ${what} within ${timeout} ms`);
  }

  async stop(): Promise<void> {
    if (this.running && this.pid > 0) {
      const gone = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.kill("SIGTERM");
      const late = setTimeout(() => this.#child.kill("SIGKILL"), stopTimeout);
      await gone;
      clearTimeout(late);
    }
    this.#guard.kill("SIGKILL");
    await rm(this.#folder, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #waitUntilReady(): Promise<void> {
    for (const end = Date.now() + startTimeout; this.running && Date.now() < end; await sleep(20)) {
      this.#admin ||= await readFile(join(this.#folder, "admin"), "utf8").catch(() => "");
      if (!this.#admin) continue;
      if ((await this.admin("/ready").catch(() => "")).startsWith("LIVE")) return;
    }
    throw this.#failure(this.running ? `Envoy is not ready after ${startTimeout} ms` : `Envoy ended (${this.#exit})`);
  }

  #failure(cause: string): Error {
    return new Error(`${cause}; the end of its log:\n${this.#log.split("\n").slice(-30).join("\n")}`);
  }
}
