/**
 * One writer of a file at a time, over processes of one machine: a lock file that names its owner.
 *
 * Invariants: the lock is taken by creating a file that must not exist, which is atomic; a lock whose process is gone is
 * removed by whoever holds the lock on removing, so that two that saw the same dead owner cannot both think they have it.
 */
import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../alive.ts";

const WAIT_MS = 10_000;

export class FileLock {
  readonly #path: string;

  /** Waits its turn, and for at most ten seconds. */
  static async take(path: string): Promise<FileLock> {
    for (let waited = 0; waited <= WAIT_MS; waited += 10) {
      if (await create(path)) return new FileLock(path);
      if (!(await isHeld(path))) await removeDead(path);
      else await sleep(5 + Math.random() * 10);
    }
    throw new Error(`${path} is held by another process; if none writes the log, remove ${path} and ${path}.removal`);
  }

  private constructor(path: string) {
    this.#path = path;
  }

  release(): Promise<void> {
    return rm(this.#path, { force: true });
  }
}

async function create(path: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  await file.writeFile(`${process.pid}\n`);
  await file.close();
  return true;
}

/** A lock that is being written, or is gone again, counts as held: the caller tries again. */
async function isHeld(path: string): Promise<boolean> {
  const pid = Number((await readFile(path, "utf8").catch(() => "")).trim());
  return !Number.isInteger(pid) || pid <= 0 || isAlive(pid);
}

async function removeDead(path: string): Promise<void> {
  const removal = `${path}.removal`;
  if (!(await create(removal))) {
    await sleep(10);
    return;
  }
  try {
    if (!(await isHeld(path))) await rm(path, { force: true });
  } finally {
    await rm(removal, { force: true });
  }
}
