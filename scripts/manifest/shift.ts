/**
 * `--target istio-shift` and `istio-unshift`: the traffic of a service into the tunnel, and back to production.
 *
 * A shift is one DestinationRule, which names both ends of the service as subsets, and one VirtualService, which says who
 * goes where: one user by a header first, then all by weight. The way back keeps the DestinationRule, so that requests
 * under way still find their cluster; it is deleted when the tunnel has drained.
 */
import { CommandError } from "../console.ts";
import type { JsonObject } from "./filter.ts";
import { metadata } from "./kubernetes.ts";
import { hostOf, isEmpty, type ManifestOptions } from "./options.ts";
import type { TargetInput } from "./targets.ts";
import type { Resource } from "./yaml.ts";

const production = "production";

export function shift(input: TargetInput): Resource[] {
  const { options } = input;
  return [
    destinations(input),
    routes(input, options.by === "header" ? canary(options) : weighted(options, options.weight)),
  ];
}

export function unshift(input: TargetInput): Resource[] {
  const [rule, route] = [destinations(input), routes(input, weighted(input.options, 0))];
  return [
    rule,
    {
      ...route,
      head: [
        "The way back: all traffic to production. Apply it over the shift; delete both when the tunnel has drained.",
      ],
    },
  ];
}

function destinations(input: TargetInput): Resource {
  const { settings, options } = input;
  if (settings.role === "egress") {
    throw new CommandError("no traffic shifts where the hotfix calls out; leave out --role egress", 2);
  }
  const { subset, productionLabels, tunnelLabels } = options;
  if (subset === production) throw new CommandError(`--subset is ${production}; name the tunnel otherwise`, 2);
  const inProduction = isEmpty(productionLabels) ? { version: "v1" } : productionLabels;
  const inTunnel = isEmpty(tunnelLabels) ? { version: subset } : tunnelLabels;
  if (isWithin(inProduction, inTunnel) || isWithin(inTunnel, inProduction)) {
    throw new CommandError(
      "the labels of production and tunnel select the same endpoints; give --production-labels and --tunnel-labels that differ",
      2,
    );
  }
  return {
    head: [`Both ends of ${hostOf(options)}. Apply it before the route, and after the filter of the tunnel.`],
    value: {
      apiVersion: "networking.istio.io/v1",
      kind: "DestinationRule",
      metadata: metadata(input, options.namespace ?? "default"),
      spec: {
        host: hostOf(options),
        subsets: [
          { name: production, labels: inProduction },
          { name: subset, labels: inTunnel },
        ],
      },
    },
    comments: [
      [["spec", "subsets", 0, "labels"], "Edit: what the pods of production have, and the tunnel's end has not."],
      [["spec", "subsets", 1, "labels"], "Edit: what the tunnel's end has, and the pods of production have not."],
    ],
  };
}

const isWithin = (some: Record<string, string>, all: Record<string, string>) =>
  Object.entries(some).every(([name, value]) => all[name] === value);

function routes(input: TargetInput, http: JsonObject[]): Resource {
  const { options } = input;
  const { gateway } = options;
  return {
    head: ["Who enters the tunnel. Istio takes a change without a restart; requests under way end where they began."],
    value: {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: metadata(input, options.namespace ?? "default"),
      spec: { hosts: [hostOf(options)], ...(gateway.length > 0 ? { gateways: gateway } : {}), http },
    },
    comments:
      gateway.length > 0
        ? [[["spec", "gateways"], 'Edit: the gateways that route to the service, and "mesh" for sidecars.']]
        : [],
  };
}

function destination(options: ManifestOptions, subset: string): JsonObject {
  const { port } = options;
  return { host: hostOf(options), subset, ...(port === undefined ? {} : { port: { number: port } }) };
}

/** Both are always named, with 0 too, so that a shift changes numbers and nothing else. */
function weighted(options: ManifestOptions, weight: number): JsonObject[] {
  return [
    {
      name: "frostglass",
      route: [
        { destination: destination(options, production), weight: 100 - weight },
        { destination: destination(options, options.subset), weight },
      ],
    },
  ];
}

/** One user, by the exact value of a header; all others stay in production. */
function canary(options: ManifestOptions): JsonObject[] {
  const { user, userHeader, subset } = options;
  if (user === undefined || user === "") {
    throw new CommandError("--by header needs --user; give the value of the header for the one user", 2);
  }
  return [
    {
      name: "frostglass-canary",
      match: [{ headers: { [userHeader.toLowerCase()]: { exact: user } } }],
      route: [{ destination: destination(options, subset), weight: 100 }],
    },
    { name: production, route: [{ destination: destination(options, production), weight: 100 }] },
  ];
}
