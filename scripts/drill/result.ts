/**
 * What a drill found. Names, counts and seconds; no value of a recording and no secret.
 */
import type { Finding } from "../replay/result.ts";
import type { LoadFigures } from "./load.ts";
import type { Moment } from "./timeline.ts";

export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

export interface DrillReport {
  policy: { name: string; digest: string; file: string };
  session: string;
  authority: string;
  ok: boolean;
  checks: Check[];
  /** From the start of the drill, services and Envoys included. */
  secondsToFirstRequest: number;
  timeline: Moment[];
  load: LoadFigures & { production: number; hotfix: number; lost: number; doubled: number };
  incident: { recording: string; before: number; anonymizedWithBug: number; anonymizedWithFix: number };
  privacy: { recordings: number; refused: number; values: number; findings: Finding[] };
  /** The tunnel's token, tried again while the session was open. */
  secondUse: { refused: boolean; answer: string };
  tunnel: { requests: number; toTunnel: number; fromTunnel: number };
  /** What the session's audit log tells of the traffic. */
  telemetry: { forwarded: number; values: number };
  audit: { file: string | undefined; records: number; good: boolean };
}
