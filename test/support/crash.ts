/**
 * Preloaded into a command (`node --import`): kills it, as `kill -9` does, right after it has put its Nth file into place
 * (`CRASH_AFTER=N`). Every atomic write ends with one rename, so that N runs over all of them.
 */
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

const last = Number(process.env.CRASH_AFTER);
const rename = fs.rename;
let count = 0;

fs.rename = async (from, to) => {
  await rename(from, to);
  if (++count === last) process.kill(process.pid, "SIGKILL");
};
syncBuiltinESMExports();
