/**
 * Istio to run: istiod-lite and istioctl, built once from the Go module proxy at the version that test/istio/istiod-lite
 * pins (go.mod and go.sum), and kept in the user's cache. `FROSTGLASS_ISTIO` names a folder with both instead.
 *
 * Invariant: the cache is keyed by the sources, and a build is renamed into place, so that no half or old one is used.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../wasm.ts";

const run = promisify(execFile);

export interface IstioBinaries {
  istiod: string;
  istioctl: string;
}

const sources = join(packageRoot, "test", "istio", "istiod-lite");

/** The binaries, built when they are not there; undefined without Go. */
export async function findIstio(environment = process.env): Promise<IstioBinaries | undefined> {
  if (environment.FROSTGLASS_ISTIO) return binariesIn(environment.FROSTGLASS_ISTIO);
  const cache =
    environment.FROSTGLASS_CACHE ?? join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "frostglass");
  const folder = join(cache, "istio", `${await key()}-${process.platform}-${process.arch}`);
  const found = binariesIn(folder);
  if (await exists(found.istioctl)) return found;
  if (!(await hasGo())) return undefined;
  await build(folder);
  return found;
}

const binariesIn = (folder: string): IstioBinaries => ({
  istiod: join(folder, "istiod-lite"),
  istioctl: join(folder, "istioctl"),
});

async function key(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "main.go"]) hash.update(await readFile(join(sources, file)));
  return hash.digest("hex").slice(0, 16);
}

async function build(folder: string): Promise<void> {
  await mkdir(join(folder, ".."), { recursive: true });
  const temporary = await mkdtemp(`${folder}-`);
  try {
    const flags = ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s", "-o", `${temporary}/`];
    // Without cgo no C compiler is needed.
    const env = { ...process.env, CGO_ENABLED: "0" };
    await run("go", [...flags, ".", "istio.io/istio/istioctl/cmd/istioctl"], { cwd: sources, env });
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const { stderr } = error as { stderr?: string };
    throw new Error(`Istio could not be built: ${stderr?.trim() || String(error)}`);
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const hasGo = () =>
  run("go", ["version"]).then(
    () => true,
    () => false,
  );
