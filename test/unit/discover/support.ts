// `discover` on recordings in this process: what it finds, what it proposes, and what a policy leaves open.
import { builtInEvidence } from "../../../scripts/discover/detectors.ts";
import { selectorOf } from "../../../scripts/discover/field.ts";
import { proposePolicy } from "../../../scripts/discover/propose.ts";
import { readSources, type Sources } from "../../../scripts/discover/sources.ts";
import { type Survey, survey } from "../../../scripts/discover/survey.ts";
import { type CompiledPolicy, compilePolicy } from "../../../scripts/policy/index.ts";
import type { Policy } from "../../../scripts/policy/policy.gen.ts";
import { equip } from "../../../scripts/replay/equip.ts";
import type { RecordedRequest, RecordedResponse, Recording } from "../../../scripts/replay/recording.ts";
import { nodeEngine, startPlugin } from "../../../scripts/replay/run.ts";
import { Session } from "../../../scripts/replay/session.ts";

const detect = builtInEvidence();

export const sourcesOf = (recordings: readonly Recording[]): Sources => ({
  sets: [],
  recordings,
  described: [],
  templates: [],
  meaning: new Map(),
  missing: 0,
});

/** Of files. */
export const surveyOfFiles = (paths: readonly string[], policy?: CompiledPolicy): Promise<Survey> =>
  survey(readSources(paths), policy, undefined, detect);

export const surveyOf = (recordings: readonly Recording[], policy?: CompiledPolicy): Promise<Survey> =>
  survey(sourcesOf(recordings), policy, undefined, detect);

export const proposalFor = ({ findings, isCompressed }: Survey): Policy =>
  proposePolicy("discovered", findings, { isCompressed });

/** Direction and selector of each finding. */
export const linesOf = ({ findings }: Survey): string[] =>
  findings.map(({ field }) => `${field.direction} ${selectorOf(field)}`);

export function compiled(policy: object): CompiledPolicy {
  const { compiled: made, diagnostics } = compilePolicy({ path: "p.json", text: JSON.stringify(policy) });
  if (made === undefined || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return made;
}

type Text = string | Uint8Array;
type Headers = readonly (readonly [string, string])[];

export const request = (type: string, body: Text, more: Partial<RecordedRequest> = {}): Recording => ({
  id: "1",
  request: {
    method: "POST",
    path: "/x",
    ...more,
    headers: [["content-type", type], ...((more.headers as Headers) ?? [])],
    body: Buffer.from(body),
  },
});

export const response = (type: string, body: Text, more: Partial<RecordedResponse> = {}): Recording => ({
  id: "1",
  request: { method: "GET", path: "/x", headers: [] },
  response: {
    status: 200,
    ...more,
    headers: [["content-type", type], ...((more.headers as Headers) ?? [])],
    body: Buffer.from(body),
  },
});

/** Findings of the leak proof when a policy is replayed over recordings. */
export async function replayed(policy: CompiledPolicy, recordings: readonly Recording[]): Promise<string[]> {
  const { compiled: equipped, environment, emergency, claims } = await equip(policy);
  const settings = { isActive: true, session: { emergency, claims } };
  const engine = nodeEngine(equipped, startPlugin(equipped, environment), settings);
  const session = new Session(engine, equipped, settings, { chunking: undefined, isEach: false, label: "whole" });
  const found: string[] = [];
  for (const recording of recordings) {
    const { report } = await session.replay(recording, "r");
    found.push(
      ...report.findings.map(({ kind, location, detail }) => `${recording.id} ${kind} ${location}: ${detail}`),
    );
  }
  return found;
}
