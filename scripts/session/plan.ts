/**
 * What a session command would do, for `--dry-run`: the steps, in order, and nothing done.
 */
import { files, productionCluster, tunnelCluster, uplinkListener } from "../tunnel/edge.ts";
import type { SessionState } from "./state.ts";

export interface StartPlan {
  policy: { name: string; digest: string };
  life: number;
  percent: number;
  match?: { header: string; value: string } | undefined;
  authority: string;
}

export function startPlan({ policy, life, percent, match, authority }: StartPlan): string[] {
  const whose = match ? `requests with ${match.header}: ${match.value}` : "all requests";
  return [
    `mint one tunnel token and two certificates (${authority}), good for ${life / 60} minutes`,
    "start a watcher, which ends the session by its exit conditions, and if this command dies",
    `${files.clusters}: add cluster ${tunnelCluster} with policy ${policy.name} (${policy.digest}) in its chain`,
    `${files.listeners}: add listener ${uplinkListener}, mutual TLS and token, until the laptop has dialled in`,
    `write the configuration of the laptop's Envoy and wait for its handshake`,
    `${files.listeners}: remove listener ${uplinkListener}; the token is used up`,
    `${files.routes}: ${percent} % of ${whose} to ${tunnelCluster}, the rest to ${productionCluster}`,
  ];
}

export function endPlan(state: SessionState): string[] {
  return [
    `${files.routes}: everything to ${productionCluster}`,
    `wait until no request is in ${tunnelCluster}`,
    `revoke the certificates of ${state.id} and see that token and certificate are refused`,
    `${files.listeners}, ${files.clusters}: remove all of the session`,
    "put the rest of the telemetry on record, then the end with its byte counts",
  ];
}
