/**
 * Starts a demo service, asks it for its report, and ends it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../wasm.ts";
import { reportPath, type ServiceReport } from "./service.ts";
import type { Version } from "./shop.ts";

export class ServiceProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  static async start(version: Version): Promise<ServiceProcess> {
    const launcher = join(packageRoot, "bin", "frostglass.js");
    const child = spawn(process.execPath, [launcher, "drill-service", version], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout! });
    const [line] = (await Promise.race([once(lines, "line"), once(child, "exit").then(() => [""])])) as [string];
    lines.close();
    if (!/^\d+$/.test(line)) throw new Error(`the ${version} service of the drill did not start`);
    return new ServiceProcess(Number(line), child);
  }

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  async report(): Promise<ServiceReport> {
    const response = await fetch(`http://127.0.0.1:${this.port}${reportPath}`);
    return (await response.json()) as ServiceReport;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.stdin!.end();
    const late = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    await gone;
    clearTimeout(late);
  }
}
