/**
 * What `discover` is given: recordings, descriptions of interfaces, and protobuf descriptor sets, told apart by what they
 * hold.
 *
 * Invariant: a source that is none of them ends the command, with what it could be; nothing of it is shown.
 */
import { existsSync, readFileSync } from "node:fs";
import { readDescriptors } from "../policy/protobuf/descriptors.ts";
import { RecordingError } from "../replay/form.ts";
import { type Recording, readRecordings } from "../replay/recording.ts";
import { readOpenApi } from "./openapi/index.ts";

export interface Sources {
  /** Files of descriptor sets. */
  readonly sets: readonly string[];
  readonly recordings: readonly Recording[];
  /** Exchanges that descriptions tell of, with values of their own making. */
  readonly described: readonly Recording[];
  /** Paths of descriptions, with parameters in braces. */
  readonly templates: readonly string[];
  /** What a description says of a field, by the value that was made for it. */
  readonly meaning: ReadonlyMap<string, string>;
  /** References of descriptions that lead nowhere. */
  readonly missing: number;
}

export function readSources(paths: readonly string[]): Sources {
  const sets = paths.filter(isDescriptorSet);
  const recordings: Recording[] = [];
  const described: Recording[] = [];
  const templates: string[] = [];
  const meaning = new Map<string, string>();
  let missing = 0;
  for (const path of paths) {
    if (sets.includes(path)) continue;
    const api = readOpenApi(path);
    if (api === undefined) recordings.push(...recordingsIn(path));
    else {
      described.push(...api.recordings);
      templates.push(...api.templates);
      for (const [value, mark] of api.meaning) meaning.set(value, mark);
      missing += api.missing;
    }
  }
  return { sets, recordings, described, templates, meaning, missing };
}

function recordingsIn(path: string): Recording[] {
  try {
    return readRecordings(path);
  } catch (error) {
    if (!(error instanceof RecordingError) || !existsSync(path)) throw error;
    const others = "an OpenAPI or Swagger document, or a protobuf descriptor set";
    throw new RecordingError(`${error.message}; it is no HAR or Envoy tap file either, nor ${others}`);
  }
}

/** A descriptor set is bytes; all other sources are texts, and none of them reads as one. */
function isDescriptorSet(path: string): boolean {
  try {
    const bytes = readFileSync(path);
    return !/^\s*[{[#]/.test(bytes.subarray(0, 64).toString("latin1")) && readDescriptors([bytes]).messages.size > 0;
  } catch {
    return false;
  }
}
