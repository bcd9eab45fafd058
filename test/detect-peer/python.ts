/** Python for peers: an environment with the packages of a list, made once and kept in the cache. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "frostglass", "detect-peer");

export function run(command: string, args: readonly string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { input, encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} failed: ${stderr.slice(-500)}`);
  return stdout;
}

/** The interpreter that has the packages of `list`, a file beside this one. */
export function python(list: string): string {
  const home = join(cache, list);
  const binary = join(home, "bin", "python");
  const mark = join(home, "made");
  if (!existsSync(mark)) {
    mkdirSync(cache, { recursive: true });
    run("python3", ["-m", "venv", home]);
    run(binary, ["-m", "pip", "install", "--quiet", "-r", join(import.meta.dirname, list)]);
    writeFileSync(mark, "");
  }
  return binary;
}
