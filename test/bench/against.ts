/**
 * `npm run bench -- --against DIR [NAME...]`: this build beside that of another checkout in DIR, built as well, on the same
 * bodies in turns in one process. Each is driven by its own host and gets policies from its own compiler. A figure is the
 * share of the other's time that this one takes: below 1 is faster. NAMEs choose rows by a part of their name.
 * Invariant: a share is the median over the rounds of what two turns in a row took, so that what else runs on the machine
 * meets both.
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { Filter } from "../support/engine-filter.ts";
import { binaryOf } from "../support/engine-policy.ts";
import { engineContender } from "./contenders/engine.ts";
import { documents } from "./documents.ts";
import { type Build, formatContender, formatNames } from "./formats.ts";
import { share } from "./measure.ts";
import { active, activeByPath, inactive } from "./policy.ts";

export interface Share {
  row: string;
  share: number;
}

/** The rows in the order of the tables, each as it is measured. */
export async function* shares(folder: string, names: readonly string[] = [], rounds = 61): AsyncGenerator<Share> {
  const load = (file: string) => import(pathToFileURL(join(resolve(folder), "test", file)).href);
  const isWanted = (row: string) => names.length === 0 || names.some((name) => row.includes(name));
  const otherEngine: typeof engineContender = (await load("bench/contenders/engine.ts")).engineContender;
  const policies = { active, "active, by path": activeByPath, "no-op": inactive };
  for (const [name, policy] of Object.entries(policies)) {
    const chosen = documents().filter((document) => isWanted(`engine, ${name}, ${document.name}`));
    if (chosen.length === 0) continue;
    const contenders = [await engineContender(name, policy), await otherEngine(name, policy)] as const;
    for (const { name: document, bytes } of chosen) {
      yield { row: `engine, ${name}, ${document}`, share: share(...contenders, bytes, rounds) };
    }
  }
  const own: Build = { Filter, binaryOf };
  const other: Build = {
    Filter: (await load("support/engine-filter.ts")).Filter,
    binaryOf: (await load("support/engine-policy.ts")).binaryOf,
  };
  for (const format of formatNames.filter((name) => isWanted(`filter, ${name}`))) {
    const { body, contender } = formatContender(format, own);
    yield {
      row: `filter, ${format}`,
      share: share(contender, formatContender(format, other).contender, body, rounds),
    };
  }
}

export async function printShares(folder: string, names: readonly string[]): Promise<void> {
  // Both builds run optimized from the start: when V8 gets to it is a matter of chance.
  setFlagsFromString("--no-liftoff");
  for await (const { row, share } of shares(folder, names)) console.log(`${row.padEnd(44)}${share.toFixed(3)}`);
}
