/**
 * Preloaded into a command (`node --import`): kills it, as `kill -9` does, right behind one of its writes.
 *
 *     CRASH_AFTER=N          the Nth file that it puts into place; every atomic write ends with one rename
 *     CRASH_IN_TELEMETRY=N   the Nth write from the moment at which it moves an access log away: that, each record that
 *                            it flushes (fdatasync), each access log that it removes
 */
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const afterFile = Number(process.env.CRASH_AFTER ?? 0);
const inTelemetry = Number(process.env.CRASH_IN_TELEMETRY ?? 0);
const { rename, rm } = fs;
let files = 0;
let writes = 0;

const die = (): boolean => process.kill(process.pid, "SIGKILL");
const isAccessLog = (path: unknown): boolean => /access[.\d]*\.ndjson$/.test(String(path));

fs.rename = async (from, to) => {
  await rename(from, to);
  if (isAccessLog(from)) {
    if (++writes === inTelemetry) die();
  } else if (++files === afterFile) die();
};
fs.rm = async (path, options) => {
  await rm(path, options);
  if (isAccessLog(path) && ++writes === inTelemetry) die();
};

// All handles of files share one prototype.
const handle = await fs.open(import.meta.filename);
const prototype = Object.getPrototypeOf(handle) as fs.FileHandle;
await handle.close();
const { datasync } = prototype;
prototype.datasync = async function (this: fs.FileHandle) {
  await datasync.call(this);
  if (writes > 0 && ++writes === inTelemetry) die();
};
syncBuiltinESMExports();
