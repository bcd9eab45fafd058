/**
 * The load of a drill: numbered orders, each sent once and never again, over a few connections that stay open.
 *
 * Invariants: a request that failed is not repeated, so that what the services count is what the gateway did; the load
 * never waits for a shift.
 */
import { Agent, request } from "node:http";
import { deferred } from "../deferred.ts";
import { loadPath, servedByHeader } from "./service.ts";
import type { Version } from "./shop.ts";

/** What one window of time saw. */
export interface Bucket {
  /** Seconds since the drill began. */
  seconds: number;
  production: number;
  hotfix: number;
  failed: number;
}

export const bucketSeconds = 0.25;

export interface LoadFigures {
  sent: number;
  /** Answered as the service answers a good order. */
  answered: number;
  failed: number;
  /** Status to requests; 0: no answer. */
  statuses: Record<string, number>;
  /** Milliseconds. */
  latency: { p50: number; p99: number; max: number };
  perSecond: number;
  buckets: Bucket[];
}

export class Load {
  sent = 0;
  readonly #port: number;
  readonly #origin: number;
  readonly #agent: Agent;
  readonly #statuses: Record<string, number> = {};
  readonly #latencies: number[] = [];
  readonly #buckets: Bucket[] = [];
  readonly #workers: Promise<void>[];
  readonly #began = performance.now();
  #enough = Number.POSITIVE_INFINITY;

  /** @param origin `performance.now()` of the drill's beginning. */
  constructor(port: number, origin: number, connections: number) {
    this.#port = port;
    this.#origin = origin;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#workers = Array.from({ length: connections }, () => this.#work());
  }

  /** Waits until so many have been sent. */
  async reached(count: number): Promise<void> {
    while (this.sent < count) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Sends up to `count` in all, waits for the last answer, and tells what came of it. */
  async finish(count: number): Promise<LoadFigures> {
    this.#enough = count;
    await Promise.all(this.#workers);
    this.#agent.destroy();
    const sorted = this.#latencies.sort((a, b) => a - b);
    const at = (quantile: number): number =>
      round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0);
    const answered = this.#statuses["201"] ?? 0;
    return {
      sent: this.sent,
      answered,
      failed: this.sent - answered,
      statuses: this.#statuses,
      latency: { p50: at(0.5), p99: at(0.99), max: at(1) },
      perSecond: Math.round(this.sent / ((performance.now() - this.#began) / 1000)),
      buckets: this.#buckets,
    };
  }

  /** Ends it at once, for a drill that failed. */
  async stop(): Promise<void> {
    this.#enough = 0;
    await Promise.all(this.#workers);
    this.#agent.destroy();
  }

  async #work(): Promise<void> {
    while (this.sent < this.#enough) {
      const number = this.sent++;
      const began = performance.now();
      const { status, by } = await this.#send(number);
      this.#latencies.push(performance.now() - began);
      this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
      this.#count(status === 201 ? by : undefined);
    }
  }

  #send(number: number): Promise<{ status: number; by?: Version }> {
    const body = order(number);
    const { promise, resolve } = deferred<{ status: number; by?: Version }>();
    const sending = request(
      {
        agent: this.#agent,
        host: "127.0.0.1",
        port: this.#port,
        method: "POST",
        path: `${loadPath}${number}`,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (response) => {
        response.resume();
        response.on("error", () => {});
        response.on("close", () => {
          const by = response.headers[servedByHeader] as Version | undefined;
          resolve(response.complete ? { status: response.statusCode ?? 0, ...(by ? { by } : {}) } : { status: 0 });
        });
      },
    );
    sending.on("error", () => resolve({ status: 0 }));
    sending.end(body);
    return promise;
  }

  #count(by: Version | undefined): void {
    const index = Math.floor((performance.now() - this.#origin) / 1000 / bucketSeconds);
    const seconds = index * bucketSeconds;
    let bucket = this.#buckets.at(-1);
    if (bucket === undefined || bucket.seconds !== seconds) {
      bucket = { seconds, production: 0, hotfix: 0, failed: 0 };
      this.#buckets.push(bucket);
    }
    bucket[by ?? "failed"]++;
  }
}

/** Everything that the checkout policy looks at, of nobody. */
function order(number: number): string {
  return JSON.stringify({
    cart: { id: `c-${number}`, items: [{ sku: "TEA-04", quantity: 1 + (number % 3), price: 12.5 }], currency: "USD" },
    customer: { id: number, name: "Test Person", email: "test.person@shop.example", phone: "+1 (503) 555-0142" },
    payment: { card: { number: "4111 1111 1111 1111", holder: "TEST PERSON", expiry: "09/27", cvc: "737" } },
    shipping: { address: { lines: ["1834 Test St."], city: "Portland", postalCode: "97214", country: "US" } },
  });
}

const round = (milliseconds: number): number => Math.round(milliseconds * 100) / 100;
