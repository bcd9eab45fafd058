/**
 * Pushes: the files of an xDS directory, and what Envoy says of them on its admin interface.
 *
 * Invariants: a file is written aside, flushed and renamed, so that Envoy reads an old or a new one, never half of one;
 * a push counts only when Envoy runs its version; a refused one says so with Envoy's own reason.
 */
import { createHash } from "node:crypto";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { JsonObject } from "../manifest/filter.ts";
import type { Admin } from "./admin.ts";
import { files, ingressName, type ResourceFile } from "./edge.ts";

/** Where Envoy tells which version of a file it runs, and how many it refused. */
const prefixes: Record<ResourceFile, string> = {
  listeners: "listener_manager.lds",
  clusters: "cluster_manager.cds",
  routes: `http.${ingressName}.rds.${ingressName}`,
};

export interface Push {
  file: ResourceFile;
  resources: JsonObject[];
}

/**
 * Deterministic: the same resources are the same version, and pushing them again changes nothing. In two halves: the audit log
 * takes no name with twelve digits in a row, which could be a card number.
 */
export function versionOf(resources: readonly JsonObject[]): string {
  const hex = createHash("sha256").update(JSON.stringify(resources)).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 16)}`;
}

/** Writes it, whether or not an edge is there to take it. */
export async function writePush(folder: string, { file, resources }: Push): Promise<string> {
  const version = versionOf(resources);
  await writeAtomically(join(folder, files[file]), JSON.stringify({ version_info: version, resources }));
  return version;
}

/** Writes it and waits until Envoy runs it. */
export async function push(folder: string, admin: Admin, pushed: Push, timeout = 10_000): Promise<string> {
  const prefix = prefixes[pushed.file];
  const refusedBefore = await admin.count(`${prefix}.update_rejected`);
  const version = await writePush(folder, pushed);
  for (const end = Date.now() + timeout; Date.now() < end; await sleep(5)) {
    if ((await admin.text(`${prefix}.version_text`)) === version) return version;
    if ((await admin.count(`${prefix}.update_rejected`)) > refusedBefore) {
      throw new Error(
        `the edge refused the pushed ${pushed.file}; its log says why, and what it ran before still runs`,
      );
    }
  }
  const cause = `the edge does not run the pushed ${pushed.file} after ${timeout / 1000} s`;
  throw new Error(`${cause}; is it watching ${folder}?`);
}

/** Flushed before the rename, so that a power cut leaves an old or a new file too. One writer of a path at a time. */
export async function writeAtomically(path: string, text: string, mode = 0o600): Promise<void> {
  // One name: what a command that died left behind is overwritten by the next.
  const aside = `${path}.tmp`;
  const file = await open(aside, "w", mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
}
