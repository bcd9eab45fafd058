/**
 * What a drill would do, for `--dry-run`: the steps, in order, and nothing done.
 */
import type { CompiledPolicy } from "../policy/index.ts";

export function drillPlan(requests: number, { name, digest }: CompiledPolicy): string[] {
  return [
    "start an edge Envoy and a demo service in two versions, on free ports of 127.0.0.1, in a folder of their own",
    `send the load, ${requests} requests, to production, and the incident, which fails there`,
    `open a session with policy ${name} (${digest}): token, certificates, tunnel over mutual TLS, a laptop's Envoy`,
    "shift all traffic into the tunnel under load, try the token a second time, send the recordings through",
    "shift back, drain, put telemetry on record, revoke, and try the old credentials",
    "count lost and doubled requests, verify the audit log, stop what was started and remove the folder",
  ];
}

export function againstPlan(gateway: string, url: URL | undefined, recording: string): string[] {
  const look = `read /server_info, /config_dump and /stats of the Envoy at ${gateway}`;
  if (!url) return [look, "send nothing, change nothing"];
  return [
    look,
    `send the request of recording ${recording} once to ${url.origin}${url.pathname}`,
    "read /stats again, and search the answer for what the policy selects; change nothing",
  ];
}
