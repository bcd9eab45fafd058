/**
 * A mesh on one machine: istiod, a stock Envoy that it configures, and two services, production and the tunnel's end,
 * behind one host. What every test here starts from.
 */

import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject } from "vitest";
import { sendTo } from "../../scripts/envoy/client.ts";
import type { ClientRequest, ClientResponse } from "../../scripts/envoy/message.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { type HeaderList, Upstream } from "../../scripts/envoy/upstream.ts";
import type { Manifests } from "../../scripts/istio/control-plane.ts";
import { analyze, validate } from "../../scripts/istio/istioctl.ts";
import { Istiod } from "../../scripts/istio/istiod.ts";
import { address, proxyConfig } from "../../scripts/istio/proxy.ts";
import { active, envoyBinary, json, order, testKey } from "../support/envoy.ts";
import { codes } from "../support/manifests.ts";

export const istio = inject("istio");
/** Of session tokens, hexadecimal, as the proxy gets it. */
export const tokenKey = "f0".repeat(32);
/** How long a push may take on a machine that has other things to do; less while a test is being written. */
export const patience = Number(process.env.FROSTGLASS_PATIENCE ?? 60_000);
/** How long one answer may take; a request that hangs gets none. */
const answerTime = 5_000;
export const host = "orders.shop.svc.cluster.local";
export const tunnelCluster = `outbound|8000|tunnel|${host}`;

/** What a request came to. */
export interface Arrival {
  status: number;
  at?: "production" | "tunnel";
  body?: string;
  headers?: HeaderList;
}

/** An order; without the emergency header when it is `bare`. */
type OrderRequest = ClientRequest & { bare?: boolean };

export class Mesh {
  readonly istiod: Istiod;
  readonly production: Upstream;
  readonly tunnel: Upstream;
  /** Of the gateway, or of the sidecar's inbound and outbound. */
  readonly ports: { gateway: number; inbound: number; outbound: number };
  #envoy: EnvoyProcess | undefined;
  #rounds = 0;

  /** With further environment of istiod's. */
  static async start(environment?: Readonly<Record<string, string>>): Promise<Mesh> {
    if (!istio) throw new Error("Istio is not built");
    const [istiod, production, tunnel] = await Promise.all([
      Istiod.start(istio.istiod, environment),
      Upstream.start("http1"),
      Upstream.start("http1"),
    ]);
    const [gateway, inbound, outbound] = [await freePort(), await freePort(), await freePort()];
    return new Mesh(istiod, production, tunnel, { gateway, inbound, outbound });
  }

  private constructor(istiod: Istiod, production: Upstream, tunnel: Upstream, ports: Mesh["ports"]) {
    this.istiod = istiod;
    this.production = production;
    this.tunnel = tunnel;
    this.ports = ports;
  }

  get envoy(): EnvoyProcess {
    if (!this.#envoy) throw new Error("no proxy was started");
    return this.#envoy;
  }

  /** The services and their gateway, or the sidecar: what is there without frostglass. */
  get base(): Manifests {
    return {
      "00-services": `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: orders, namespace: shop}
spec:
  hosts: [${host}]
  location: MESH_INTERNAL
  resolution: STATIC
  ports:
  - {number: 8000, name: http, protocol: HTTP}
  - {number: ${this.ports.outbound}, name: http-out, protocol: HTTP}
  endpoints:
  - {address: 127.0.0.1, ports: {http: ${this.production.port}, http-out: ${this.production.port}}, labels: {version: v1}}
  - {address: 127.0.0.1, ports: {http: ${this.tunnel.port}, http-out: ${this.tunnel.port}}, labels: {version: tunnel}}
---
# No proxy here has a certificate.
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: DISABLE}}
`,
    };
  }

  /** The gateway, which sends all to production unless a shift says otherwise. */
  get gateway(): Manifests {
    return {
      "01-gateway": `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - port: {number: ${this.ports.gateway}, name: http, protocol: HTTP}
    bind: 127.0.0.1
    hosts: ["*"]
`,
    };
  }

  /** All requests of the gateway to production, as it is before a shift. */
  get route(): Manifests {
    return {
      "02-route": `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: orders, namespace: shop}
spec:
  host: ${host}
  subsets: [{name: production, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: orders, namespace: shop}
spec:
  hosts: ["${host}"]
  gateways: [istio-system/public]
  http:
  - route: [{destination: {host: ${host}, subset: production, port: {number: 8000}}}]
`,
    };
  }

  /** A workload, which is the production service, with listeners of its sidecar in both directions. */
  get sidecar(): Manifests {
    const { inbound, outbound } = this.ports;
    return {
      "01-sidecar": `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: app, namespace: shop}
spec:
  hosts: [app.shop.svc.cluster.local]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{number: ${inbound}, name: http, protocol: HTTP}]
  endpoints: [{address: ${address}, ports: {http: ${inbound}}, labels: {app: app}}]
---
apiVersion: networking.istio.io/v1
kind: Sidecar
metadata: {name: app, namespace: shop}
spec:
  workloadSelector: {labels: {app: app}}
  ingress:
  - port: {number: ${inbound}, name: http, protocol: HTTP}
    bind: 127.0.0.1
    defaultEndpoint: 127.0.0.1:${this.production.port}
  egress:
  - port: {number: ${outbound}, name: http, protocol: HTTP}
    bind: 127.0.0.1
    hosts: ["./*"]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: orders, namespace: shop}
spec:
  host: ${host}
  subsets: [{name: production, labels: {version: v1}}]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: orders, namespace: shop}
spec:
  hosts: [${host}]
  http:
  - route: [{destination: {host: ${host}, subset: production}}]
`,
    };
  }

  /** Starts the proxy; the manifests must have been applied. */
  async startProxy(kind: "gateway" | "sidecar"): Promise<void> {
    const gateway = kind === "gateway";
    const config = proxyConfig({
      kind,
      namespace: gateway ? "istio-system" : "shop",
      name: gateway ? "gateway-1" : "app-1",
      labels: gateway ? { istio: "ingressgateway" } : { app: "app" },
      discovery: this.istiod.port,
    });
    const environment = { FROSTGLASS_KEY: testKey, FROSTGLASS_TOKEN_KEY: tokenKey };
    this.#envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config, environment });
  }

  /** A resource of no effect but that Envoy has it once it has all that was applied with it. */
  marker(): { name: string; manifests: Manifests } {
    const name = `x-round-${++this.#rounds}`;
    return { name, manifests: { "90-marker": markerOf(name) } };
  }

  /** Waits until the gateway has what was applied together with the marker, and takes nothing into service any more. */
  async has(marker: string): Promise<void> {
    for (const end = Date.now() + patience; Date.now() < end; await sleep(20)) {
      const config = await this.envoy.admin("/config_dump");
      if (config.includes(`"${marker}"`) && !/"(warming_state|dynamic_warming_clusters)"/.test(config)) return;
    }
    throw new Error(`the gateway got no push within ${patience} ms`);
  }

  /** Applies and fails the test when Istio's validation refuses. */
  async apply(...sets: Manifests[]): Promise<void> {
    const refused = await this.istiod.apply(Object.assign({}, ...sets));
    if (refused) throw new Error(`refused: ${refused}`);
  }

  /** Sends an order and tells where it came to, and how. */
  async send(port: number, request: OrderRequest = {}): Promise<Arrival> {
    for (const upstream of [this.production, this.tunnel]) upstream.received.length = 0;
    const session = request.bare ? [] : [active];
    const headers: HeaderList = [["host", host], json, ...session, ...(request.headers ?? [])];
    const response: ClientResponse = await sendTo("http1", port, { body: Buffer.from(order), ...request, headers });
    const at = this.tunnel.received.length > 0 ? "tunnel" : "production";
    const received = this[at].received[0];
    if (!received) return { status: response.status };
    return { status: response.status, at, body: received.body.toString(), headers: received.headers };
  }

  /** What a request meets once the answers no longer change. */
  async settled(port: number, request?: OrderRequest): Promise<Arrival> {
    const text = ({ status, at, body }: Arrival) => JSON.stringify([status, at, body]);
    let last = await this.#sendOnce(port, request);
    for (let same = 0; same < 3; ) {
      const next = await this.#sendOnce(port, request);
      // Nobody has to wait for a third request that hangs.
      same = text(next) === text(last) ? same + (next.status === 0 ? 3 : 1) : 0;
      last = next;
      await sleep(50);
    }
    return last;
  }

  /** Status 0 stands for no answer in time. */
  #sendOnce(port: number, request?: OrderRequest): Promise<Arrival> {
    return this.send(port, { ...request, signal: AbortSignal.timeout(answerTime) }).catch(() => ({ status: 0 }));
  }

  /** Sends until the answer fits, since a push takes a moment; in the end the last answer, whatever it is. */
  async until(port: number, fits: (arrival: Arrival) => boolean, request?: OrderRequest): Promise<Arrival> {
    let last: Arrival = { status: 0 };
    for (const end = Date.now() + patience; Date.now() < end; ) {
      last = await this.#sendOnce(port, request);
      if (fits(last)) return last;
      await sleep(50);
    }
    return last;
  }

  async stop(): Promise<void> {
    await this.#envoy?.stop();
    await Promise.all([this.istiod.stop(), this.production.close(), this.tunnel.close()]);
  }
}

const markerOf = (header: string) => `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: marker, namespace: istio-system}
spec:
  configPatches:
  - applyTo: ROUTE_CONFIGURATION
    match: {context: GATEWAY}
    patch:
      operation: MERGE
      value: {response_headers_to_add: [{header: {key: ${header}, value: "1"}}]}
`;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** istioctl and `manifest --check` have nothing against it; of a policy without proof the latter warns. */
export async function expectAccepted(mesh: Manifests, text: string): Promise<void> {
  const all = { ...mesh, "10-frostglass": text };
  expect(await validate(istio!.istioctl, all)).toMatchObject({ ok: true });
  expect(await analyze(istio!.istioctl, all)).toMatchObject({ ok: true });
  expect(codes(text)).toEqual(text.includes('WARNING: verify is "presence"') ? ["verify-presence"] : []);
}
