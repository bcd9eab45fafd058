/**
 * What an Envoy says of itself on its admin interface: counters, texts, readiness.
 */
import type { Address } from "./resources.ts";

export class Admin {
  readonly #base: string;
  readonly #place: string;

  constructor({ host, port }: Address) {
    this.#place = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    this.#base = `http://${this.#place}`;
  }

  async get(path: string): Promise<string> {
    const asked = fetch(`${this.#base}${path}`, { signal: AbortSignal.timeout(5_000) }).then((answer) => answer.text());
    return asked.catch(() => {
      throw new Error(`Envoy does not answer on its admin interface (${this.#place}); is it running?`);
    });
  }

  async isReady(): Promise<boolean> {
    return (await this.get("/ready").catch(() => "")).startsWith("LIVE");
  }

  /** A counter or gauge; 0 where Envoy has none of this name. */
  async count(name: string): Promise<number> {
    return (await this.counts(`^${quoted(name)}$`)).get(name) ?? 0;
  }

  /** Counters and gauges whose name matches a regular expression. */
  async counts(pattern: string): Promise<Map<string, number>> {
    const { stats } = await this.#stats(`filter=${encodeURIComponent(pattern)}`);
    return new Map(stats.flatMap(({ name, value }) => (typeof value === "number" ? [[name, value]] : [])));
  }

  /** A text readout; undefined where there is none, or none yet. */
  async text(name: string): Promise<string | undefined> {
    const { stats } = await this.#stats(`type=TextReadouts&filter=${encodeURIComponent(`^${quoted(name)}$`)}`);
    const value = stats.find((stat) => stat.name === name)?.value;
    return typeof value === "string" ? value : undefined;
  }

  /** How many worker threads this Envoy has. */
  async workers(): Promise<number> {
    const { command_line_options: options } = JSON.parse(await this.get("/server_info")) as {
      command_line_options: { concurrency: number };
    };
    return options.concurrency;
  }

  /** The port that a listener has; undefined when there is no such listener. */
  async port(listener: string): Promise<number | undefined> {
    const { listener_statuses: statuses = [] } = JSON.parse(await this.get("/listeners?format=json")) as {
      listener_statuses?: { name: string; local_address: { socket_address: { port_value: number } } }[];
    };
    return statuses.find(({ name }) => name === listener)?.local_address.socket_address.port_value;
  }

  /** Has Envoy close its logs and begin them anew; false when it does not answer. */
  async reopenLogs(): Promise<boolean> {
    const options = { method: "POST", signal: AbortSignal.timeout(5_000) };
    return fetch(`${this.#base}/reopen_logs`, options).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async #stats(query: string): Promise<{ stats: { name: string; value?: unknown }[] }> {
    return JSON.parse(await this.get(`/stats?format=json&${query}`));
  }
}

const quoted = (name: string): string => name.replaceAll(".", "\\.");
