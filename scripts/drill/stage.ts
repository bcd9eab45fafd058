/**
 * The parts of a drill, all on this machine: two demo services, an edge, a laptop, one folder for what they write.
 *
 * Invariant: what was started is stopped by its process, and the folder goes, however the drill ends.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEnvoy } from "../envoy/binary.ts";
import { EnvoyProcess } from "../envoy/process.ts";
import { Gateway, type Observer, type SessionLog } from "../session/gateway.ts";
import type { Bundle } from "../session/open.ts";
import { type Edge, edgeBootstrap, ingressName } from "../tunnel/edge.ts";
import { laptopBootstrap } from "../tunnel/laptop.ts";
import type { Address } from "../tunnel/resources.ts";
import { ServiceProcess } from "./process.ts";
import type { Version } from "./shop.ts";

export const local = (port: number): Address => ({ host: "127.0.0.1", port });

export class Stage {
  readonly folder: string;
  readonly services: Record<Version, ServiceProcess>;
  readonly edge: EnvoyProcess;
  readonly ingress: number;
  readonly #config: Edge;
  readonly #envoy: string;
  #laptop: EnvoyProcess | undefined;

  /** @param environment what the edge's filter reads of its keys. */
  static async set(environment: Readonly<Record<string, string>>, workers = 1): Promise<Stage> {
    const envoy = await findEnvoy();
    const folder = await mkdtemp(join(tmpdir(), "frostglass-drill-"));
    const started: { stop(): Promise<void> }[] = [];
    const note = <T extends { stop(): Promise<void> }>(part: T): T => {
      started.push(part);
      return part;
    };
    try {
      const [production, hotfix] = await Promise.all([
        ServiceProcess.start("production").then(note),
        ServiceProcess.start("hotfix").then(note),
      ]);
      const config: Edge = { ingress: local(0), production: local(production.port), uplink: local(0), admin: local(0) };
      await Gateway.create(folder, config);
      const edge = note(
        await EnvoyProcess.start({ binary: envoy, config: edgeBootstrap(config, folder), environment, workers }),
      );
      const ready = { ...config, admin: local(edge.adminPort) };
      return new Stage(folder, { production, hotfix }, edge, await edge.port(ingressName), ready, envoy);
    } catch (error) {
      await Promise.all(started.map((part) => part.stop()));
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(
    folder: string,
    services: Record<Version, ServiceProcess>,
    edge: EnvoyProcess,
    ingress: number,
    config: Edge,
    envoy: string,
  ) {
    this.folder = folder;
    this.services = services;
    this.edge = edge;
    this.ingress = ingress;
    this.#config = config;
    this.#envoy = envoy;
  }

  gateway(audit: SessionLog, observe: Observer): Gateway {
    return new Gateway(this.folder, this.#config, audit, observe);
  }

  /** Starts the laptop's Envoy with what the session handed out. */
  async startLaptop({ session, uplinkPort, certificate, root, token }: Bundle): Promise<void> {
    const config = laptopBootstrap({
      session,
      edge: local(uplinkPort),
      hotfix: local(this.services.hotfix.port),
      admin: local(0),
      certificate,
      root,
      token,
    });
    this.#laptop = await EnvoyProcess.start({ binary: this.#envoy, config });
  }

  async stopLaptop(): Promise<void> {
    await this.#laptop?.stop();
    this.#laptop = undefined;
  }

  /** @param keep leaves the folder with the xDS files and the audit log. */
  async strike(keep = false): Promise<void> {
    await Promise.all([
      this.stopLaptop(),
      this.edge.stop(),
      this.services.production.stop(),
      this.services.hotfix.stop(),
    ]);
    if (!keep) await rm(this.folder, { recursive: true, force: true });
  }
}
