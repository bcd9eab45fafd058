// `discover` on recordings in this process: what it finds, what it proposes, and what a policy leaves open.
import { builtInEvidence } from "../../../scripts/discover/detectors.ts";
import { selectorOf } from "../../../scripts/discover/field.ts";
import { proposePolicy } from "../../../scripts/discover/propose.ts";
import type { Sources } from "../../../scripts/discover/sources.ts";
import { type Survey, survey } from "../../../scripts/discover/survey.ts";
import { type CompiledPolicy, compilePolicy } from "../../../scripts/policy/index.ts";
import type { Policy } from "../../../scripts/policy/policy.gen.ts";
import type { RecordedRequest, RecordedResponse, Recording } from "../../../scripts/replay/recording.ts";

const detect = builtInEvidence();

export const sourcesOf = (recordings: readonly Recording[]): Sources => ({
  sets: [],
  recordings,
  described: [],
  templates: [],
  meaning: new Map(),
});

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
