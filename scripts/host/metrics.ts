/**
 * Counters, gauges and histograms of one VM.
 *
 * Invariants: the two low bits of a metric id are its type. Defining a name again gives a new id for the same metric.
 * `takeChanges` costs what has changed since it was last called, not what is defined, so that a caller can ask for the
 * difference after every exchange.
 */
import { MetricType, Status } from "./abi.ts";

interface Metric {
  readonly name: string;
  /** The value; for a histogram the number of records. */
  value: bigint;
  /** The value when changes were last taken. */
  mark: bigint;
  changed: boolean;
}

const TYPE_MASK = 3;

export class Metrics {
  readonly #byName = [new Map<string, Metric>(), new Map<string, Metric>(), new Map<string, Metric>()];
  readonly #byId = new Map<number, Metric>();
  readonly #nextId: number[] = [MetricType.Counter, MetricType.Gauge, MetricType.Histogram];
  #changed: Metric[] = [];

  define(type: number, name: string): number | undefined {
    const names = this.#byName[type];
    if (!names) return undefined;
    let metric = names.get(name);
    if (!metric) {
      metric = { name, value: 0n, mark: 0n, changed: false };
      names.set(name, metric);
    }
    this.#nextId[type]! += TYPE_MASK + 1;
    const id = this.#nextId[type]!;
    this.#byId.set(id, metric);
    return id;
  }

  increment(id: number, offset: bigint): number {
    const type = id & TYPE_MASK;
    if (type !== MetricType.Counter && type !== MetricType.Gauge) return Status.BadArgument;
    const metric = this.#byId.get(id);
    if (!metric) return Status.NotFound;
    if (type === MetricType.Counter && offset <= 0n) return Status.BadArgument;
    this.#set(metric, metric.value + offset);
    return Status.Ok;
  }

  /** Adds to a counter, sets a gauge, takes one sample of a histogram. */
  record(id: number, value: bigint): number {
    const metric = this.#byId.get(id);
    if (!metric) return Status.NotFound;
    const type = id & TYPE_MASK;
    const amount = type === MetricType.Histogram ? 1n : BigInt.asUintN(64, value);
    this.#set(metric, type === MetricType.Gauge ? amount : metric.value + amount);
    return Status.Ok;
  }

  /** The value, or the status that refuses. */
  get(id: number): bigint | number {
    const type = id & TYPE_MASK;
    if (type !== MetricType.Counter && type !== MetricType.Gauge) return Status.BadArgument;
    return this.#byId.get(id)?.value ?? Status.NotFound;
  }

  values(): Map<string, bigint> {
    const all = new Map<string, bigint>();
    for (const names of this.#byName) for (const metric of names.values()) all.set(metric.name, metric.value);
    return all;
  }

  /** What was added to each metric since the last call, without those that stand where they stood. */
  takeChanges(): Map<string, bigint> {
    const changes = new Map<string, bigint>();
    for (const metric of this.#changed) {
      if (metric.value !== metric.mark) changes.set(metric.name, metric.value - metric.mark);
      metric.mark = metric.value;
      metric.changed = false;
    }
    this.#changed = [];
    return changes;
  }

  #set(metric: Metric, value: bigint): void {
    metric.value = BigInt.asUintN(64, value);
    if (metric.changed) return;
    metric.changed = true;
    this.#changed.push(metric);
  }
}
