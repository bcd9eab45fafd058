/**
 * What a session acts on: an edge with its xDS directory, its admin interface and its audit log.
 *
 * Invariant: a push of routes or clusters is known to be run by the edge before the next step relies on it.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuditLog } from "../audit/log.ts";
import type { JsonObject } from "../manifest/filter.ts";
import { Admin } from "../tunnel/admin.ts";
import { type Edge, edgeBootstrap, ingressListener, type ResourceFile, tunnelCluster } from "../tunnel/edge.ts";
import { push, writeAtomically, writePush } from "../tunnel/push.ts";
import { routes } from "../tunnel/shift.ts";
import type { Totals } from "./state.ts";

/** What happens in a session, in the order in which it does. Also what a drill draws. */
export const steps = [
  "credentials",
  "cluster",
  "uplink",
  "connected",
  "closed",
  "shifting",
  "shifted",
  "active",
  "ending",
  "unshifted",
  "drained",
  "refused",
  "removed",
  "counted",
  "ended",
] as const;
export type Step = (typeof steps)[number];

export type Observer = (step: Step, detail?: string) => void | Promise<void>;

/** What a session does with the audit log. */
export type SessionLog = Pick<AuditLog, "append" | "records" | "seal" | "writer">;

const edgeFile = "edge.json";
const bootstrapFile = "bootstrap.json";

/** The edge of an xDS directory; undefined when it is none. */
export async function readEdge(folder: string): Promise<Edge | undefined> {
  const text = await readFile(join(folder, edgeFile), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as Edge);
}

export class Gateway {
  readonly folder: string;
  readonly edge: Edge;
  readonly admin: Admin;
  readonly audit: SessionLog;
  readonly observe: Observer;

  /** Begins an xDS directory: production alone, and the bootstrap of an Envoy that watches it. */
  static async create(folder: string, edge: Edge): Promise<void> {
    await writePush(folder, { file: "routes", resources: [routes(undefined)] });
    await writePush(folder, { file: "clusters", resources: [] });
    await writePush(folder, { file: "listeners", resources: [ingressListener(edge, folder)] });
    await writeAtomically(join(folder, bootstrapFile), `${JSON.stringify(edgeBootstrap(edge, folder), null, 2)}\n`);
    await writeAtomically(join(folder, edgeFile), `${JSON.stringify(edge, null, 2)}\n`);
  }

  constructor(folder: string, edge: Edge, audit: SessionLog, observe: Observer = () => {}) {
    this.folder = folder;
    this.edge = edge;
    this.admin = new Admin(edge.admin);
    this.audit = audit;
    this.observe = observe;
  }

  /** Writes and waits until the edge runs it. */
  push(file: ResourceFile, resources: JsonObject[]): Promise<string> {
    return push(this.folder, this.admin, { file, resources });
  }

  /** The listener of clients, and with it another one or none. */
  pushListeners(uplink?: JsonObject): Promise<string> {
    return this.push("listeners", [ingressListener(this.edge, this.folder), ...(uplink ? [uplink] : [])]);
  }

  /** What went through the tunnel since the edge started. */
  async totals(): Promise<Totals> {
    const prefix = `cluster.${tunnelCluster}.`;
    const counts = await this.admin.counts(`^cluster\\.${tunnelCluster}\\.upstream_`);
    const count = (name: string): number => counts.get(prefix + name) ?? 0;
    return {
      requests: count("upstream_rq_completed"),
      errors: count("upstream_rq_5xx"),
      toTunnel: count("upstream_cx_tx_bytes_total"),
      fromTunnel: count("upstream_cx_rx_bytes_total"),
    };
  }

  /** Requests that are in the tunnel right now. */
  inFlight(): Promise<number> {
    return this.admin.count(`cluster.${tunnelCluster}.upstream_rq_active`);
  }

  /** How many tunnels are registered under this session's id, over all workers. */
  async tunnels(session: string): Promise<number> {
    const counts = await this.admin.counts(`\\.node\\.${session}$`);
    return [...counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

export function since(now: Totals, before: Totals | undefined): Totals {
  const less = (name: keyof Totals): number => Math.max(0, now[name] - (before?.[name] ?? 0));
  return {
    requests: less("requests"),
    errors: less("errors"),
    toTunnel: less("toTunnel"),
    fromTunnel: less("fromTunnel"),
  };
}
