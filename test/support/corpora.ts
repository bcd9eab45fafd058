/** Third-party test data, which stands outside the repository: where it is, and why a test that needs it is skipped. */
import { existsSync } from "node:fs";
import { join } from "node:path";

export const corpora = process.env.CORPORA_DIR ?? join(import.meta.dirname, "../../../shared/corpora");

/** The path of a file or folder of the corpora, undefined when it is not on this machine. */
export function corpus(path: string): string | undefined {
  const full = join(corpora, path);
  return existsSync(full) ? full : undefined;
}

/** The name of a suite, with the reason when it cannot run. */
export function titleOf(name: string, path: string): string {
  return corpus(path) ? name : `${name} (skipped: no ${path} below ${corpora}; set CORPORA_DIR)`;
}
