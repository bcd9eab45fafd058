// Envoy Gateway's resources through its own translation, into a real Envoy. Building egctl takes as long as Istio does, so
// that it is not built here: `go install github.com/envoyproxy/gateway/cmd/egctl@v1.9.1`, and FROSTGLASS_EGCTL names it.
import { execFileSync, spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendTo } from "../../scripts/envoy/client.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { Upstream } from "../../scripts/envoy/upstream.ts";
import type { JsonObject } from "../../scripts/manifest/filter.ts";
import { wasmPath } from "../../scripts/wasm.ts";
import { cardPolicy, envoyBinary, json, order, orderAfter } from "../support/envoy.ts";
import { fileOf, manifest } from "../support/manifests.ts";

const egctl = process.env.FROSTGLASS_EGCTL;
if (!egctl)
  console.log("skipped: FROSTGLASS_EGCTL names no egctl; Envoy Gateway's resources are only checked, not run");

const always = { ...cardPolicy, activation: { always: true } };
const inCluster = { ...cardPolicy, activation: { clusters: ["httproute/default/orders/rule/0"] } };

describe.skipIf(!egctl)("an EnvoyPatchPolicy", () => {
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await Upstream.start("http1");
  });
  afterAll(() => upstream?.close());

  /** What a request is when it arrives at the service. */
  async function arrival(policy: string): Promise<string> {
    const config = translate(`${base(upstream.port)}${policy}`);
    const envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config });
    try {
      const port = await envoy.port("default/eg/http");
      await sendTo("http1", port, { headers: [["host", "orders.example"], json], body: Buffer.from(order) });
      return (await upstream.take()).body.toString();
    } finally {
      await envoy.stop();
    }
  }

  const filter = (policy: object, ...more: string[]) => `---\n${manifest(policy, ...parameters, ...more)}`;
  const parameters = ["--target", "envoy-gateway-patchpolicy", "--gateway", "eg", "--wasm", wasmPath];

  test("without one, a request arrives as it was sent", async () => {
    expect(await arrival("")).toBe(order);
  });

  test("in the chain of a listener, it is anonymized", async () => {
    expect(await arrival(filter(always, "--attach", "gateway"))).toBe(orderAfter);
  });

  test("in the cluster of a route, it is anonymized", async () => {
    expect(await arrival(filter(inCluster))).toBe(orderAfter);
  });
});

describe.skipIf(!egctl)("an EnvoyExtensionPolicy", () => {
  const text = manifest(
    { ...always, limits: { hold: 0 } },
    ...["--target", "envoy-gateway-extensionpolicy", "--gateway", "eg", "--wasm", "https://releases.example/f.wasm"],
  );
  const judged = (policy: string) =>
    spawnSync(egctl!, [...translation, "gateway-api", "-f", fileOf(`${base(1)}---\n${policy}`)], { encoding: "utf8" });

  test("passes the schema, up to the fetching of the module, which egctl does not do", () => {
    expect(judged(text).stdout).toContain('"message":"Wasm: wasm cache is not initialized."');
  });

  test("with a misspelt field it is refused", () => {
    const { status, stderr } = judged(text.replace("failOpen", "failOpn"));
    expect(status).not.toBe(0);
    expect(stderr).toContain("failOpn");
  });
});

const translation = ["x", "translate", "--from", "gateway-api", "-o", "json", "--to"];

interface Dump {
  dynamicEndpointConfigs?: { endpointConfig: JsonObject }[];
  dynamicActiveClusters?: { cluster: JsonObject }[];
  dynamicListeners?: { activeState: { listener: JsonObject } }[];
  dynamicRouteConfigs?: { routeConfig: JsonObject }[];
}

/** A resource as it stands in static configuration, where its place tells its type. */
const untyped = ({ "@type": _, ...resource }: JsonObject): JsonObject => resource;

/** What Envoy Gateway makes of the resources, as the configuration of an Envoy without a control plane. */
function translate(resources: string): JsonObject {
  const parameters = [...translation, "xds", "-f", fileOf(resources)];
  const printed = JSON.parse(execFileSync(egctl!, parameters, { encoding: "utf8" })) as {
    xds: Record<string, { configs: Dump[] }>;
  };
  const dumps = Object.values(printed.xds).flatMap(({ configs }) => configs);
  const endpoints = dumps.flatMap(({ dynamicEndpointConfigs: list = [] }) =>
    list.map((each) => untyped(each.endpointConfig)),
  );
  const clusters = dumps.flatMap(({ dynamicActiveClusters: list = [] }) => list.map((each) => untyped(each.cluster)));
  const listeners = dumps.flatMap(({ dynamicListeners: list = [] }) =>
    list.map((each) => untyped(each.activeState.listener)),
  );
  const routes = dumps.flatMap(({ dynamicRouteConfigs: list = [] }) => list.map((each) => untyped(each.routeConfig)));
  const own = listeners.find(({ name }) => name === "default/eg/http")!;
  own.address = { socket_address: { address: "127.0.0.1", port_value: 0 } };
  const [manager] = (own.defaultFilterChain as unknown as { filters: { typedConfig: JsonObject }[] }).filters;
  delete manager!.typedConfig.rds;
  // To /dev/stdout, which a test may not have.
  delete own.accessLog;
  delete manager!.typedConfig.accessLog;
  manager!.typedConfig.routeConfig = routes.find(({ name }) => name === own.name)!;
  return {
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } },
    static_resources: {
      listeners: [own],
      clusters: clusters.map(({ edsClusterConfig: _, ...cluster }) => ({
        ...cluster,
        type: "STATIC",
        loadAssignment: endpoints.find(({ clusterName }) => clusterName === cluster.name)!,
      })),
    },
  };
}

/** A gateway with one route to one service. */
const base = (port: number) => `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: eg}
spec: {controllerName: gateway.envoyproxy.io/gatewayclass-controller}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: eg, namespace: default}
spec:
  gatewayClassName: eg
  listeners: [{name: http, protocol: HTTP, port: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: orders, namespace: default}
spec: {clusterIP: 127.0.0.1, ports: [{name: http, port: ${port}, protocol: TCP}]}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: orders, namespace: default}
spec:
  parentRefs: [{name: eg}]
  rules: [{backendRefs: [{name: orders, port: ${port}}]}]
`;
