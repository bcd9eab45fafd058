/**
 * A real Envoy with the built filter between a client and recording upstreams: what every file in test/envoy starts
 * from. The version is the newest pinned one, or FROSTGLASS_ENVOY.
 */
import { findEnvoy } from "../../scripts/envoy/binary.ts";
import { sendTo } from "../../scripts/envoy/client.ts";
import { type Attachment, gatewayConfig, type Protocol, type Tunnel } from "../../scripts/envoy/config.ts";
import type { ClientRequest, ClientResponse } from "../../scripts/envoy/message.ts";
import { EnvoyProcess } from "../../scripts/envoy/process.ts";
import { Upstream } from "../../scripts/envoy/upstream.ts";
import { readStat } from "../../scripts/host/stats.ts";
import type { JsonObject } from "../../scripts/manifest/filter.ts";
import { type AttachedPolicy, filterOf } from "../../scripts/manifest/policy.ts";
import { compilePolicy, formatDiagnostic } from "../../scripts/policy/index.ts";
import { wasmPath } from "../../scripts/wasm.ts";

/** Everything that the suite is run over: where the filter stands, and what both sides of Envoy speak. */
export const placements: { attachment: Attachment; protocol: Protocol }[] = [
  { attachment: "downstream", protocol: "http1" },
  { attachment: "downstream", protocol: "http2" },
  { attachment: "upstream", protocol: "http1" },
  { attachment: "upstream", protocol: "http2" },
];

/** Of 32 bytes, for policies that hash. */
export const testKey = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/** Removes the security code, redacts the mail in body and header, and is active by header. */
export const cardPolicy = {
  name: "t",
  activation: { verify: "presence" },
  rules: [
    { name: "cvv", select: "json:$..card.cvc", action: "strip" },
    { name: "mail", select: ["json:$.customer.email", "header:x-user-email"], action: "redact" },
  ],
};

export const active: [string, string] = ["x-emergency-tunnel", "laptop-1"];
export const json: [string, string] = ["content-type", "application/json"];

export const order = '{"card": {"number":"4111111111111111","cvc":"123"},\n "customer":{"email":"ann@example.org"} }';
export const orderAfter = '{"card": {"number":"4111111111111111"},\n "customer":{"email":"[redacted]"} }';

export function envoyBinary(): Promise<string> {
  return findEnvoy({ version: process.env.FROSTGLASS_ENVOY });
}

export function compile(policy: object): AttachedPolicy {
  const { diagnostics, compiled } = compilePolicy({ path: "policy.json", text: JSON.stringify(policy, null, 2) });
  if (!compiled) throw new Error(`the test's policy is not valid:\n${diagnostics.map(formatDiagnostic).join("\n")}`);
  return compiled;
}

export interface GatewayOptions {
  policy?: object;
  attachment?: Attachment;
  /** What both sides speak. */
  protocol?: Protocol;
  /** A second upstream, behind a route that matches on the emergency header. */
  tunnel?: boolean;
  routeRemovesHeader?: boolean;
  bufferLimit?: number;
  accessLog?: JsonObject[];
  statsConfig?: JsonObject;
  /** Filters in front of the policy's. */
  before?: JsonObject[];
  /** Filters right behind it: they see answers first. */
  behind?: JsonObject[];
  /** Interim answers go on to the client. */
  interim?: boolean;
  /** Stands in the place of the recording upstream; whoever gives it closes it. */
  service?: { port: number; protocol: Protocol };
  /** Beside the root key. */
  environment?: Record<string, string>;
}

export class TestGateway {
  readonly envoy: EnvoyProcess;
  readonly port: number;
  readonly protocol: Protocol;
  /** Where all requests go, or, when there is a tunnel, those without the emergency header. */
  readonly production: Upstream;
  readonly tunnel: Upstream | undefined;

  static async start(options: GatewayOptions = {}): Promise<TestGateway> {
    const protocol = options.protocol ?? "http1";
    const production = await Upstream.start(protocol);
    const tunnel = options.tunnel ? await Upstream.start(protocol) : undefined;
    const route: Tunnel | undefined = tunnel && {
      port: tunnel.port,
      protocol,
      header: active[0],
      routeRemovesHeader: options.routeRemovesHeader,
    };
    try {
      const filter = filterOf(compile(options.policy ?? cardPolicy), wasmPath);
      const config = gatewayConfig({
        filter,
        attachment: options.attachment ?? "downstream",
        production: options.service ?? production,
        tunnel: route,
        bufferLimit: options.bufferLimit,
        accessLog: options.accessLog,
        statsConfig: options.statsConfig,
        before: options.before,
        behind: options.behind,
        interim: options.interim,
      });
      const environment = { FROSTGLASS_KEY: testKey, ...options.environment };
      const envoy = await EnvoyProcess.start({ binary: await envoyBinary(), config, environment });
      return new TestGateway(envoy, await envoy.port(), protocol, production, tunnel);
    } catch (error) {
      await Promise.all([production.close(), tunnel?.close()]);
      throw error;
    }
  }

  private constructor(envoy: EnvoyProcess, port: number, protocol: Protocol, production: Upstream, tunnel?: Upstream) {
    this.envoy = envoy;
    this.port = port;
    this.protocol = protocol;
    this.production = production;
    this.tunnel = tunnel;
  }

  send(request: ClientRequest): Promise<ClientResponse> {
    return sendTo(this.protocol, this.port, request);
  }

  /** How often each rule acted so far, by name. */
  async rules(): Promise<Record<string, number>> {
    const stats = await this.envoy.stats("frostglass\\.values_total\\.");
    return Object.fromEntries([...stats].map(([name, value]) => [readStat(name)?.labels.rule ?? name, value]));
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    await Promise.all([this.production.close(), this.tunnel?.close()]);
  }
}

export function header(headers: readonly (readonly [string, string])[], name: string): string | undefined {
  return headers.find(([candidate]) => candidate === name)?.[1];
}

/** One byte a write. */
export function bytewise(text: string): Uint8Array[] {
  return [...Buffer.from(text)].map((byte) => Uint8Array.of(byte));
}

/** Passes on the first piece, and the others only after `go`. */
export async function* gated(pieces: Iterable<Uint8Array>, go: Promise<unknown>): AsyncGenerator<Uint8Array> {
  let first = true;
  for (const piece of pieces) {
    yield piece;
    if (first) await go;
    first = false;
  }
}
