/**
 * What `discover` is given: recordings, descriptions of interfaces, and protobuf descriptor sets, told apart by what they
 * hold.
 *
 * Invariant: a source that is none of them ends the command, with what it could be; nothing of it is shown.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { readDescriptors } from "../policy/protobuf/descriptors.ts";
import { RecordingError } from "../replay/form.ts";
import { parseRecordings, type Recording } from "../replay/recording.ts";
import { readOpenApi } from "./openapi/index.ts";

export interface DescriptorSet {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Sources {
  readonly sets: readonly DescriptorSet[];
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
  const sets: DescriptorSet[] = [];
  const recordings: Recording[] = [];
  const described: Recording[] = [];
  const templates: string[] = [];
  const meaning = new Map<string, string>();
  let missing = 0;
  for (const path of paths) {
    const bytes = bytesOf(path);
    if (isDescriptorSet(bytes)) {
      if (path === "-") throw new RecordingError("a descriptor set cannot come from stdin: the policy names its file");
      sets.push({ path, bytes });
      continue;
    }
    const [text, name] = [textOf(bytes, path), path === "-" ? "stdin" : path];
    const api = readOpenApi(path, text);
    if (api === undefined) recordings.push(...recordingsIn(text, name));
    else {
      described.push(...api.recordings);
      templates.push(...api.templates);
      for (const [value, mark] of api.meaning) meaning.set(value, mark);
      missing += api.missing;
    }
  }
  return { sets, recordings, described, templates, meaning, missing };
}

/** Archives of recordings are as large as disks, and texts are not. */
const largest = 1 << 29;
const tooLarge = "holds more than 512 MiB; split it, one exchange stays one line";

/** What a file holds, or stdin for `-`; gzip is undone. */
function bytesOf(path: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EISDIR") throw new RecordingError(`${path}: a folder; name the files in it, as in ${path}/*.ndjson`);
    if (code === "ERR_FS_FILE_TOO_LARGE") throw new RecordingError(`${path}: the file ${tooLarge}`);
    throw new RecordingError(`${path}: the file cannot be read (${code}); check the path`);
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: largest });
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new RecordingError(
      `${path}: the gzip file ${isLarge ? tooLarge : "is damaged or ends too early; record or copy it again"}`,
    );
  }
}

function textOf(bytes: Buffer, path: string): string {
  if (bytes.length > largest) throw new RecordingError(`${path}: the file ${tooLarge}`);
  return bytes.toString("utf8");
}

function recordingsIn(text: string, name: string): Recording[] {
  try {
    return parseRecordings(text, name);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    const others = "an OpenAPI or Swagger document, or a protobuf descriptor set";
    throw new RecordingError(`${error.message}; it is no HAR or Envoy tap file either, nor ${others}`);
  }
}

/** A descriptor set is bytes; all other sources are texts, and none of them reads as one. */
function isDescriptorSet(bytes: Buffer): boolean {
  try {
    return !/^\s*[{[#]/.test(bytes.subarray(0, 64).toString("latin1")) && readDescriptors([bytes]).messages.size > 0;
  } catch {
    return false;
  }
}
