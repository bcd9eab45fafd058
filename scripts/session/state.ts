/**
 * The state of a session: one file beside the edge's xDS files, written before each step that it speaks of.
 *
 * Invariants: the phase says what may have happened, never more than has been prepared for: whoever finds "shifting" or
 * "ending" with no process at work rolls on to production; the file is replaced whole; secrets are in it only as long as
 * the teardown has to prove that they are refused, readable by the owner alone.
 */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../alive.ts";
import type { Facts } from "../audit/access-log/facts.ts";
import type { EventData } from "../audit/record.gen.ts";
import type { Certificate, Retirement } from "../tunnel/authority.ts";
import { writeAtomically } from "../tunnel/push.ts";

/** In the order of a session's life. Only "active" may last without a process at work. */
export type Phase = "opening" | "shifting" | "active" | "ending" | "ended";

export type Cause = EventData["session.ended"]["cause"];

export interface ExitConditions {
  /** Share of requests through the tunnel that may fail, 0 to 1. */
  errorRate: number;
  /** So many requests are looked at before the rate counts. */
  errorSample: number;
  /** The session ends when the tunnel has been gone for so long: milliseconds. */
  readiness: number;
}

export const defaultExit: ExitConditions = { errorRate: 0.05, errorSample: 50, readiness: 10_000 };

export interface Totals {
  requests: number;
  errors: number;
  toTunnel: number;
  fromTunnel: number;
}

export interface SessionState {
  v: 1;
  id: string;
  phase: Phase;
  /** The process that opens or ends it; another one may step in once it is gone. */
  worker: number;
  /** The process that watches the exit conditions. */
  watcher?: number | undefined;
  who: string;
  policy: { name: string; digest: string };
  /** For telemetry: action and clauses of each rule. */
  rules: Record<string, Facts>;
  percent: number;
  match?: { header: string; value: string } | undefined;
  started: string;
  expires: string;
  exit: ExitConditions;
  token: { id: string };
  certificates: { side: "edge" | "laptop"; serial: string; fingerprint: string }[];
  retirement: Retirement;
  secrets?: { root: string; edge: Certificate; laptop: Certificate; token: string } | undefined;
  /** What the tunnel's counters said when it was opened. */
  before?: Totals | undefined;
  /** Traffic may have been shifted. */
  moved?: boolean | undefined;
  cause?: Cause | undefined;
  signedOffBy?: string | undefined;
  totals?: Totals | undefined;
  /** Why not all telemetry came on record. */
  unrecorded?: string | undefined;
  revoked?: { token: boolean; certificate: boolean } | undefined;
}

export const stateFile = "session.json";
/** The laptop's configuration, where no other place was named. It goes with the session. */
export const laptopFile = "laptop.json";

/** 64 random bits in two halves: the audit log takes no name with twelve digits in a row, which could be a card number. */
export function newSessionId(bytes: Uint8Array = randomBytes(8)): string {
  const hex = Buffer.from(bytes).toString("hex");
  return `bg-${hex.slice(0, 8)}-${hex.slice(8)}`;
}

export async function readState(folder: string): Promise<SessionState | undefined> {
  const text = await readFile(join(folder, stateFile), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : (JSON.parse(text) as SessionState);
}

export function writeState(folder: string, state: SessionState): Promise<void> {
  return writeAtomically(join(folder, stateFile), `${JSON.stringify(state, null, 2)}\n`);
}

/** A session whose command died on its way: production is where it goes from here. */
export function isAbandoned(state: SessionState): boolean {
  return state.phase !== "active" && state.phase !== "ended" && !isAlive(state.worker);
}
