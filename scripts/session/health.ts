/**
 * How a session does, and whether that ends it: expiry, readiness of the tunnel, errors through it.
 *
 * Invariants: expiry goes before all else; the error rate is that of a window of time, so that an hour of good answers
 * does not hide a minute of bad ones; too few requests say nothing.
 */
import { type Gateway, since } from "./gateway.ts";
import type { Cause, SessionState, Totals } from "./state.ts";

export interface Sample {
  /** Milliseconds since 1970. */
  time: number;
  tunnels: number;
  /** Since the session began. */
  totals: Totals;
}

/** The rate of errors is taken over so many milliseconds. */
export const window = 60_000;

/** Undefined when the edge does not answer: then nothing is known, and only the clock counts. */
export async function sample(gateway: Gateway, state: SessionState): Promise<Sample | undefined> {
  try {
    const [tunnels, totals] = [await gateway.tunnels(state.id), await gateway.totals()];
    return { time: Date.now(), tunnels, totals: since(totals, state.before) };
  } catch {
    return undefined;
  }
}

/** Why the session ends now; undefined when it goes on. `samples` are in order and may reach beyond the window. */
export function verdictOf(state: SessionState, samples: readonly Sample[], now: number): Cause | undefined {
  if (now >= Date.parse(state.expires)) return "expired";
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  const lastReady = samples.findLast(({ tunnels }) => tunnels > 0)?.time ?? samples[0]!.time;
  if (last.tunnels === 0 && now - lastReady >= state.exit.readiness) return "not_ready";
  const { requests, errors } = recent(samples, now);
  const { errorRate, errorSample } = state.exit;
  if (requests >= errorSample && errors / requests > errorRate) return "error_rate";
  return undefined;
}

/** What went through the tunnel within the window. */
export function recent(samples: readonly Sample[], now: number): Pick<Totals, "requests" | "errors"> {
  const last = samples.at(-1);
  if (last === undefined) return { requests: 0, errors: 0 };
  const before = samples.findLast(({ time }) => time <= now - window)?.totals;
  const { requests, errors } = since(last.totals, before);
  return { requests, errors };
}
