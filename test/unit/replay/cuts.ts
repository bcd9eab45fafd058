// What leaves of a request, which has to be the same however its body was cut, and what the leak proof expects.

import { expect } from "vitest";
import type { Recording } from "../../../scripts/replay/recording.ts";
import { Bench, textOf } from "./support.ts";

export interface Sent {
  body: string;
  path: string;
  cookie: string;
}

/** Sizes of pieces: each of them cuts a body at other places. */
const SIZES = Array.from({ length: 40 }, (_, at) => at + 1);
const benches = new Map<object, Bench>();

/** What the policy makes of a request at every cut, or the outcome of a refusal. */
export async function sent(recording: Recording, policy: object): Promise<Sent | string> {
  const bench = benches.get(policy) ?? new Bench(policy);
  benches.set(policy, bench);
  const seen = new Set<string>();
  const length = recording.request.body?.length ?? 0;
  for (const chunk of [undefined, "each" as const, ...SIZES.filter((size) => size <= length)]) {
    const run = await bench.run(recording, chunk);
    const { reason, request: left } = run.result;
    const header = (wanted: string) => left?.headers.find(([name]) => name === wanted)?.[1] ?? "";
    seen.add(JSON.stringify(reason ?? { body: textOf(left?.body), path: header(":path"), cookie: header("cookie") }));
    // The proof is about what left, which is the same in all runs.
    if (chunk === undefined) expect(bench.findings(run)).toEqual([]);
  }
  expect(seen.size).toBe(1);
  return JSON.parse([...seen][0]!);
}
