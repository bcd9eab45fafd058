/**
 * What `discover` is given: recordings, descriptions of interfaces, and protobuf descriptor sets, told apart by what they
 * hold.
 *
 * Invariant: a source that is none of them ends the command, with what it could be; nothing of it is shown.
 */
import { readFileSync } from "node:fs";
import { readDescriptors } from "../policy/protobuf/descriptors.ts";
import { type Recording, readRecordings } from "../replay/recording.ts";
import { readOpenApi } from "./openapi.ts";

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
}

export function readSources(paths: readonly string[]): Sources {
  const sets = paths.filter(isDescriptorSet);
  const recordings: Recording[] = [];
  const described: Recording[] = [];
  const templates: string[] = [];
  const meaning = new Map<string, string>();
  for (const path of paths) {
    if (sets.includes(path)) continue;
    const api = readOpenApi(path);
    if (api === undefined) recordings.push(...readRecordings(path));
    else {
      described.push(...api.recordings);
      templates.push(...api.templates);
      for (const [value, mark] of api.meaning) meaning.set(value, mark);
    }
  }
  return { sets, recordings, described, templates, meaning };
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
