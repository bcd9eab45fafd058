/**
 * `replay --engine envoy`: exchanges through a real Envoy, with results of the same shape as those of the embedded host,
 * so that the two can be compared byte for byte.
 *
 * Each exchange is one HTTP/1.1 request on a connection of its own, to an upstream that records it and answers with the
 * recorded response. Exchanges run one after another: counts and arrivals then belong to the exchange at hand.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Chunking, chunksOf } from "../host/chunks.ts";
import type { Exchange, ExchangeResult } from "../host/exchange.ts";
import { readStat } from "../host/stats.ts";
import type { JsonObject } from "../manifest/filter.ts";
import { type AttachedPolicy, filterOf } from "../manifest/policy.ts";
import { wasmPath } from "../wasm.ts";
import { findEnvoy } from "./binary.ts";
import { sendTo } from "./client.ts";
import { gatewayConfig } from "./config.ts";
import { EnvoyProcess } from "./process.ts";
import { type Changes, detailsHeader, resultOf } from "./result.ts";
import { type HeaderList, type Reply, Upstream } from "./upstream.ts";
import { sendable } from "./wire.ts";

export interface EngineOptions {
  attachment?: "downstream" | "upstream" | undefined;
  wasmPath?: string | undefined;
  /** A pinned Envoy version. */
  version?: string | undefined;
  /** The name of the cluster that requests go to, for policies that are active by cluster. */
  cluster?: string | undefined;
  /** Filters in the listener's chain before the policy's. */
  before?: JsonObject[] | undefined;
  /** How long an exchange may take before it counts as hung. */
  timeout?: number | undefined;
}

export class EnvoyEngine {
  readonly #envoy: EnvoyProcess;
  readonly #upstream: Upstream;
  readonly #port: number;
  readonly #policy: string;
  readonly #cluster: string;
  readonly #timeout: number;
  #counts = new Map<string, number>();

  static async start(policy: AttachedPolicy, options: EngineOptions = {}): Promise<EnvoyEngine> {
    const cluster = options.cluster ?? "production";
    const binary = await findEnvoy({ version: options.version });
    const upstream = await Upstream.start("http1");
    let envoy: EnvoyProcess | undefined;
    try {
      const config = gatewayConfig({
        filter: filterOf(policy, options.wasmPath ?? wasmPath),
        attachment: options.attachment ?? "downstream",
        production: upstream,
        cluster,
        detailsHeader,
        before: options.before,
      });
      envoy = await EnvoyProcess.start({ binary, config });
      const port = await envoy.port();
      return new EnvoyEngine({
        envoy,
        upstream,
        port,
        policy: policy.name,
        cluster,
        timeout: options.timeout ?? 10_000,
      });
    } catch (error) {
      await envoy?.stop();
      await upstream.close();
      throw error;
    }
  }

  private constructor(parts: {
    envoy: EnvoyProcess;
    upstream: Upstream;
    port: number;
    policy: string;
    cluster: string;
    timeout: number;
  }) {
    this.#envoy = parts.envoy;
    this.#upstream = parts.upstream;
    this.#port = parts.port;
    this.#policy = parts.policy;
    this.#cluster = parts.cluster;
    this.#timeout = parts.timeout;
  }

  async run(exchange: Exchange, options: { chunk?: Chunking } = {}): Promise<ExchangeResult> {
    this.#upstream.received.length = 0;
    const arrivedBefore = this.#upstream.arrived;
    const { request } = exchange;
    this.#upstream.reply = () => replyOf(exchange, options.chunk);
    const abort = AbortSignal.timeout(this.#timeout);
    const response = await sendTo("http1", this.#port, {
      method: request.method,
      path: request.path,
      headers: sendable(request.headers, request.body?.length ?? 0, "localhost"),
      ...(request.body && { body: piecesOf(request.body, options.chunk) }),
      ...(request.trailers && { trailers: [...request.trailers] as HeaderList }),
      signal: abort,
    }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_INVALID_CHAR" || error.code === "ERR_HTTP_INVALID_HEADER_VALUE") throw error;
      return undefined;
    });
    const changes = await this.#settle(arrivedBefore);
    const received = this.#upstream.arrived > arrivedBefore ? await this.#upstream.take() : undefined;
    return resultOf(exchange, response, received, abort.aborted, changes);
  }

  async stop(): Promise<void> {
    await this.#envoy.stop();
    await this.#upstream.close();
  }

  /** What the filter counted since the last call, once what Envoy sent on has reached the upstream. */
  async #settle(arrivedBefore: number): Promise<Changes> {
    const sent = `cluster.${this.#cluster}.upstream_cx_tx_bytes_total`;
    const counts = await this.#envoy.stats(`wasmcustom\\.frostglass\\.|^${sent.replaceAll(".", "\\.")}$`);
    // The client may learn of a refusal before the upstream learns that the request it just got is cut.
    const isOnItsWay = (counts.get(sent) ?? 0) > (this.#counts.get(sent) ?? 0);
    for (let turn = 0; isOnItsWay && this.#upstream.arrived === arrivedBefore && turn < 100; turn++) await sleep(2);
    const changes: Changes = { rules: {}, outcomes: [] };
    for (const [name, count] of counts) {
      const gained = count - (this.#counts.get(name) ?? 0);
      if (gained === 0) continue;
      const { policy, rule, outcome } = readStat(name)?.labels ?? {};
      if (policy !== this.#policy) continue;
      if (rule !== undefined) changes.rules[rule] = gained;
      else if (outcome !== undefined) changes.outcomes.push(outcome);
    }
    this.#counts = counts;
    return changes;
  }
}

function replyOf({ request, response }: Exchange, chunk: Chunking | undefined): Reply {
  if (!response) return {};
  const { status, headers, body, trailers } = response;
  // What answers HEAD, and a 304, tells the length of a body that is not there; a 204 may not tell any.
  const bodiless = request.method === "HEAD" || status === 304 || status === 204;
  const sent = sendable(headers, bodiless ? undefined : (body?.length ?? 0));
  // Any other answer without a body says so, or Envoy would learn it only after the headers.
  const silent = !bodiless && !body && !sent.some(([name]) => name.toLowerCase() === "content-length");
  return {
    status,
    headers: silent ? [...sent, ["content-length", "0"]] : sent,
    ...(body && { body: piecesOf(body, chunk) }),
    ...(trailers && { trailers: [...trailers] as HeaderList }),
  };
}

/** An empty body is still a body. */
function piecesOf(body: Uint8Array, chunk: Chunking | undefined): Uint8Array[] {
  return body.length === 0 ? [] : chunksOf(body, chunk);
}
