/**
 * Envoy Gateway on one machine: its control plane, a stock Envoy that it configures, and a Gateway with two routes, to
 * production and, for one user, into the tunnel.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { sendTo } from "../../scripts/envoy/client.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { type HeaderList, Upstream } from "../../scripts/envoy/upstream.ts";
import type { Manifests } from "../../scripts/istio/control-plane.ts";
import { EnvoyGateway } from "../../scripts/istio/envoy-gateway.ts";
import { type Arrival, freePort, patience } from "../istio/mesh.ts";
import { envoyBinary, json, order, testKey } from "../support/envoy.ts";

export const programs = inject("programs");
/** Of the route into the tunnel, as Envoy Gateway names it. */
export const tunnelCluster = "httproute/default/orders/rule/0";
/** Whose requests the tunnel gets. */
export const user: HeaderList = [["x-user-id", "42"]];

const answerTime = 5_000;

export class GatewayMesh {
  readonly gateway: EnvoyGateway;
  readonly production: Upstream;
  readonly tunnel: Upstream;
  readonly #port: number;
  #envoy: EnvoyProcess | undefined;
  #rounds = 0;

  /** With further environment of Envoy Gateway's. */
  static async start(environment?: Readonly<Record<string, string>>): Promise<GatewayMesh> {
    if (!programs) throw new Error("Envoy Gateway is not built");
    const [gateway, production, tunnel, port] = await Promise.all([
      EnvoyGateway.start(programs.gateway, environment),
      Upstream.start("http1"),
      Upstream.start("http1"),
      freePort(),
    ]);
    return new GatewayMesh(gateway, production, tunnel, port);
  }

  private constructor(gateway: EnvoyGateway, production: Upstream, tunnel: Upstream, port: number) {
    this.gateway = gateway;
    this.production = production;
    this.tunnel = tunnel;
    this.#port = port;
  }

  get envoy(): EnvoyProcess {
    if (!this.#envoy) throw new Error("no proxy was started");
    return this.#envoy;
  }

  /** The Gateway, its routes and services: what is there without frostglass. */
  #base(round: string): Manifests {
    return {
      "00-gateway": `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {name: eg}
spec:
  controllerName: gateway.envoyproxy.io/gatewayclass-controller
  parametersRef: {group: gateway.envoyproxy.io, kind: EnvoyProxy, name: eg, namespace: default}
---
# Else each proxy writes to /dev/stdout, which a test may not have.
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyProxy
metadata: {name: eg, namespace: default}
spec: {telemetry: {accessLog: {disable: true}}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: eg, namespace: default}
spec:
  gatewayClassName: eg
  listeners: [{name: http, protocol: HTTP, port: ${this.#port}}]
---
${service("orders", this.production.port)}---
${service("tunnel", this.tunnel.port)}---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: orders, namespace: default}
spec:
  parentRefs: [{name: eg}]
  rules:
  - matches: [{headers: [{name: x-user-id, value: "42"}]}]
    backendRefs: [{name: tunnel, port: ${this.tunnel.port}}]
  - backendRefs: [{name: orders, port: ${this.production.port}}]
    filters: [{type: ResponseHeaderModifier, responseHeaderModifier: {add: [{name: ${round}, value: "1"}]}}]
`,
    };
  }

  async startProxy(): Promise<void> {
    const config = this.gateway.proxyConfig("default/eg");
    this.#envoy = await EnvoyProcess.start({
      binary: await envoyBinary(),
      config,
      environment: { FROSTGLASS_KEY: testKey },
    });
  }

  /**
   * Applies it beside the Gateway, and waits until the proxy has what was applied together; the reason when the schemas
   * refuse it.
   */
  async apply(text?: string): Promise<string | undefined> {
    const round = `x-round-${++this.#rounds}`;
    const more: Manifests = text === undefined ? {} : { "10-frostglass": text };
    const refused = await this.gateway.apply({ ...this.#base(round), ...more });
    if (refused !== undefined || !this.#envoy) return refused;
    for (const end = Date.now() + patience; Date.now() < end; await sleep(20)) {
      const config = await this.envoy.admin("/config_dump");
      if (config.includes(`"${round}"`) && !/"(warming_state|dynamic_warming_clusters)"/.test(config)) return undefined;
    }
    throw new Error(`the proxy got no push within ${patience} ms`);
  }

  /** Sends an order and tells where it came to, and how; status 0 stands for no answer in time. */
  async send(headers: HeaderList = []): Promise<Arrival> {
    for (const upstream of [this.production, this.tunnel]) upstream.received.length = 0;
    const response = await sendTo("http1", this.#port, {
      headers: [["host", "orders.example"], json, ...headers],
      body: Buffer.from(order),
      signal: AbortSignal.timeout(answerTime),
    }).catch(() => ({ status: 0 }));
    const at = this.tunnel.received.length > 0 ? "tunnel" : "production";
    const received = this[at].received[0];
    if (!received) return { status: response.status };
    return { status: response.status, at, body: received.body.toString() };
  }

  /** Sends until the answer fits, since a push takes a moment; in the end the last answer, whatever it is. */
  async until(fits: (arrival: Arrival) => boolean, headers?: HeaderList): Promise<Arrival> {
    let last: Arrival = { status: 0 };
    for (const end = Date.now() + patience; Date.now() < end; await sleep(50)) {
      last = await this.send(headers);
      if (fits(last)) return last;
    }
    return last;
  }

  /** What a request meets once the answers no longer change. */
  async settled(headers?: HeaderList): Promise<Arrival> {
    let last = await this.send(headers);
    for (let same = 0; same < 3; await sleep(50)) {
      const next = await this.send(headers);
      // Nobody has to wait for a third request that hangs.
      same = JSON.stringify(next) === JSON.stringify(last) ? same + (next.status === 0 ? 3 : 1) : 0;
      last = next;
    }
    return last;
  }

  async stop(): Promise<void> {
    await this.#envoy?.stop();
    await Promise.all([this.gateway.stop(), this.production.close(), this.tunnel.close()]);
  }
}

const service = (name: string, port: number) => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: default}
spec: {clusterIP: 127.0.0.1, ports: [{name: http, port: ${port}, protocol: TCP}]}
`;
