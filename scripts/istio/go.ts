/**
 * Programs of Go that tests run: built once from the Go module proxy, at the versions that a folder of modules under test/
 * pins (go.mod and go.sum), and kept in the user's cache.
 *
 * Invariant: the cache is keyed by the sources, and a build is renamed into place, so that no half or old one is used.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface GoBuild {
  /** Of the folder in the cache. */
  name: string;
  /** Where Go is run. */
  sources: string;
  /** What the cache is keyed by, in `sources`. */
  files: readonly string[];
  /** Packages, each a program of its last name. */
  programs: readonly string[];
  tags?: string;
}

/** The folder with the programs, built when they are not there; undefined without Go. */
export async function findPrograms(build: GoBuild, environment = process.env): Promise<string | undefined> {
  const cache =
    environment.FROSTGLASS_CACHE ?? join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "frostglass");
  const folder = join(cache, build.name, `${await key(build)}-${process.platform}-${process.arch}`);
  if (await exists(join(folder, basename(build.programs.at(-1)!)))) return folder;
  if (!(await hasGo())) return undefined;
  await compile(build, folder);
  return folder;
}

async function key({ sources, files }: GoBuild): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readFile(join(sources, file)));
  return hash.digest("hex").slice(0, 16);
}

async function compile({ name, sources, programs, tags = "" }: GoBuild, folder: string): Promise<void> {
  await mkdir(join(folder, ".."), { recursive: true });
  const temporary = await mkdtemp(`${folder}-`);
  try {
    const flags = ["build", "-trimpath", "-buildvcs=false", `-tags=${tags}`, "-ldflags=-s", "-o", `${temporary}/`];
    // Without cgo no C compiler is needed.
    const env = { ...process.env, CGO_ENABLED: "0" };
    await run("go", [...flags, ...programs], { cwd: sources, env });
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    const { stderr } = error as { stderr?: string };
    throw new Error(`${name} could not be built: ${stderr?.trim() || String(error)}`);
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
