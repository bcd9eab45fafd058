/**
 * What a target can be told on the command line, with its defaults, and how a wrong call is refused.
 */
import { CommandError } from "../console.ts";
import type { Role } from "../policy/index.ts";

export const attachments = ["gateway", "sidecar-inbound", "sidecar-outbound", "tunnel"] as const;
export type Attach = (typeof attachments)[number];

/** As commander hands them over: what was not given is undefined. */
export interface ManifestOptions {
  protocol: "http1" | "http2";
  attach: Attach;
  name?: string | undefined;
  namespace?: string | undefined;
  selector: Record<string, string>;
  label: Record<string, string>;
  secret: string;
  host?: string | undefined;
  port?: number | undefined;
  subset: string;
  by: "weight" | "header";
  weight: number;
  userHeader: string;
  user?: string | undefined;
  gateway: string[];
  productionLabels: Record<string, string>;
  tunnelLabels: Record<string, string>;
}

/** A Kubernetes name: RFC 1123, section 2.1, as one label. */
export function nameOf({ name }: ManifestOptions, fallback: string): string {
  const chosen = name ?? fallback;
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(chosen)) return chosen;
  throw new CommandError(`${JSON.stringify(chosen)} is no Kubernetes name; use lower-case letters, digits and -`, 2);
}

/** The full name of the service: subsets and clusters of Istio are named by it. */
export function hostOf({ host }: ManifestOptions): string {
  if (host === undefined)
    throw new CommandError("--host is missing; give the service as NAME.NAMESPACE.svc.cluster.local", 2);
  if (/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(host)) return host;
  throw new CommandError(`--host ${host} is no full host name; give NAME.NAMESPACE.svc.cluster.local`, 2);
}

/** `key=value`, repeated. */
export function collectLabels(text: string, before: Record<string, string> = {}): Record<string, string> {
  const found = /^([A-Za-z0-9][-A-Za-z0-9_./]*)=([A-Za-z0-9]?[-A-Za-z0-9_.]*)$/.exec(text);
  if (!found) throw new CommandError(`${JSON.stringify(text)} is no label; write KEY=VALUE`, 2);
  return { ...before, [found[1]!]: found[2]! };
}

/** As Istio's own charts label its two gateways. */
export const gatewayLabels = (role: Role): Record<string, string> => ({
  istio: role === "egress" ? "egressgateway" : "ingressgateway",
});

export const isEmpty = (labels: Record<string, string>): boolean => Object.keys(labels).length === 0;

/** The workload labels, or the default, or a wrong call where there is none. */
export function selectorOf({ selector }: ManifestOptions, fallback?: Record<string, string>): Record<string, string> {
  if (!isEmpty(selector)) return selector;
  if (fallback) return fallback;
  throw new CommandError("--selector is missing; name the workload by its labels, such as app=reviews", 2);
}
