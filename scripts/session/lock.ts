/**
 * One session command at a time on an xDS directory.
 */
import { join } from "node:path";
import { FileLock } from "../audit/lock.ts";

export async function exclusively<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const lock = await FileLock.take(join(folder, "session.lock")).catch(() => {
    throw new Error("another session command is at work on this directory; wait for it, or end its process");
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
