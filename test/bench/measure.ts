/** Interleaved rounds: every contender gets a turn in each round, so that a slow moment of the machine hits them all. */
import type { Contender } from "./contenders/contender.ts";

const ROUNDS = 21;
/** A turn repeats the job until it takes about this long. */
const TURN_MS = 12;
const WARM_UP_MS = 60;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

let sink: unknown;

type Clock = () => number;

/** Milliseconds. */
const wallClock: Clock = () => performance.now();
/** Milliseconds of processor time of this thread: what else runs on the machine does not count. */
const threadClock: Clock = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

/** Microseconds of one job in every round, by contender. */
function samplesOf(contenders: readonly Contender[], bytes: Uint8Array, rounds: number, now: Clock): number[][] {
  const jobs = contenders.map((contender) => {
    const run = contender.prepare(bytes);
    let times = 0;
    const start = now();
    for (; times < 3 || now() - start < WARM_UP_MS; times++) sink = run();
    const once = (now() - start) / times;
    return { run, times: Math.max(1, Math.round(TURN_MS / once)), samples: [] as number[] };
  });
  for (let round = 0; round < rounds; round++) {
    for (const { run, times, samples } of jobs) {
      const start = now();
      for (let i = 0; i < times; i++) sink = run();
      samples.push(((now() - start) / times) * 1000);
    }
  }
  if (sink === undefined) throw new Error("nothing was measured");
  return jobs.map(({ samples }) => samples);
}

/** Median microseconds of one job, by contender. */
export const microseconds = (contenders: readonly Contender[], bytes: Uint8Array): number[] =>
  samplesOf(contenders, bytes, ROUNDS, wallClock).map(median);

/** What the first contender takes of the processor time of the second, as the median of all rounds. */
export function share(own: Contender, other: Contender, bytes: Uint8Array, rounds: number): number {
  const [mine, theirs] = samplesOf([own, other], bytes, rounds, threadClock) as [number[], number[]];
  return median(mine.map((time, round) => time / theirs[round]!));
}
