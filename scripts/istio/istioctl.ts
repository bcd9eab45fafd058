/** What istioctl says of manifests: `validate` knows schemas, `analyze` what resources say of each other. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Manifests, writeManifests } from "./control-plane.ts";

export interface Verdict {
  ok: boolean;
  /** All that it wrote, warnings included: many mistakes are only that. */
  output: string;
}

export const validate = (binary: string, manifests: Manifests): Promise<Verdict> =>
  inFolder(manifests, (folder) => run(binary, ["validate", "-f", folder]));

/** Of all namespaces: without `-A` it looks at `default` only and passes nearly anything. */
export const analyze = (binary: string, manifests: Manifests): Promise<Verdict> =>
  inFolder(manifests, (folder) => run(binary, ["analyze", "-A", "--use-kube=false", "--color=false", folder]));

async function inFolder(manifests: Manifests, use: (folder: string) => Promise<Verdict>): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), "frostglass-istioctl-"));
  try {
    await writeManifests(folder, manifests);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(binary: string, parameters: string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    execFile(binary, parameters, (error, stdout, stderr) => {
      resolve({ ok: error === null, output: `${stdout}${stderr}` });
    });
  });
}
