/**
 * The policy of a session: the file as it stands, made active for the tunnel's cluster.
 *
 * A policy may be written for activation by header; behind the shift no request has to carry one. Invariant: whatever
 * enters the tunnel meets an active filter.
 */
import { readFileSync } from "node:fs";
import { applyEdits, modify, parse } from "jsonc-parser";
import { CommandError, requirePolicy } from "../console.ts";
import { type CompiledPolicy, compilePolicy, formatDiagnostic } from "../policy/index.ts";
import { tunnelCluster } from "../tunnel/edge.ts";

/** The compiled policy, or all of its problems on stderr and the end of the command. */
export async function requireSessionPolicy(path: string): Promise<CompiledPolicy> {
  const asWritten = await requirePolicy(path);
  if (unfit(asWritten) === undefined) return asWritten;
  const text = activeInTunnel(readFileSync(path, "utf8"));
  const { diagnostics, compiled } = compilePolicy({ path, text });
  if (compiled === undefined) throw new CommandError(diagnostics.map(formatDiagnostic).join("\n"));
  return compiled;
}

/** The text of a policy with the tunnel's cluster among those that activate it. */
export function activeInTunnel(text: string): string {
  const clusters = (parse(text) as { activation?: { clusters?: string[] } }).activation?.clusters ?? [];
  return applyEdits(text, modify(text, ["activation", "clusters"], [...clusters, tunnelCluster], {}));
}

/** Why a policy cannot be used for a session; undefined when it can. */
export function unfit({ policy }: CompiledPolicy): string | undefined {
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const covers = (pattern: string): boolean =>
    new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`).test(tunnelCluster);
  if (policy.activation.always || policy.activation.clusters.some(covers)) return undefined;
  return (
    `the policy is not active for the cluster "${tunnelCluster}", so originals would enter the tunnel; ` +
    `add "clusters": ["${tunnelCluster}"] to its activation`
  );
}
