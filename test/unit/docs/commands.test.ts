/**
 * Commands of the pages, and the examples of every `--help`, pasted into a shell: they end as it stands there, and print what
 * stands there. What cannot run here is listed with its reason; an entry that no page has any more fails.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Collector } from "../audit/sinks/collector.ts";
import type { Ended } from "../cli/support.ts";
import { helps } from "./help.ts";
import { pages } from "./pages.ts";
import { environment, filesOf, here, meanwhile, write } from "./readers.ts";
import { paste } from "./shell.ts";
import { examplesOf, type Statement, statementsOf } from "./statements.ts";

const envoy = "starts Envoy, or looks at one that runs: test/drill, test/envoy";
/** By the beginning of the command. */
const skipped: Record<string, string> = {
  "npm ci && npm start": "installs and builds what this test runs in",
  "npm test": "this test is part of it",
  "npm run build": "builds what this test runs",
  "npx frostglass drill": envoy,
  "envoy -c": envoy,
  "npx frostglass session start --xds /var/lib/frostglass --policy checkout.json --ticket INC-42 --who ann": envoy,
  "npx frostglass session start --xds /var/lib/frostglass --policy policies/checkout.json": envoy,
  "istioctl validate": "a program of Istio: test/istio",
  "kubectl exec": "needs a cluster",
  "buf build": "a program of others: its output is read in test/unit/protobuf",
  "protoc --include_imports": "a program of others: its output is read in test/unit/protobuf",
  "npx frostglass token mint --policy policy.json --signer":
    "needs openssl and a key of its own: test/unit/cli/token.test.ts",
};

const statements = [...pages.flatMap(statementsOf), ...helps.flatMap(examplesOf)];
const startOf = (table: Record<string, unknown>, { text }: Statement) =>
  Object.keys(table).find((start) => text.startsWith(start));
const run = statements.filter((statement) => startOf(skipped, statement) === undefined);

const byPage = [...Map.groupBy(run, ({ page }) => page)];

const root = mkdtempSync(join(tmpdir(), "frostglass-docs-"));
let collector: Collector;
const ends = new Map<Statement, Promise<Ended>>();
beforeAll(async () => {
  collector = await Collector.start();
  // The commands of a page one after the other, as its reader does, and pages side by side.
  for (const [page, statementsOfPage] of byPage) {
    const folder = join(root, page.replaceAll(/\W/g, "-"));
    write(folder, filesOf[page]!());
    let before: Promise<unknown> = Promise.resolve();
    for (const statement of statementsOfPage) {
      const end = before.then(() => follow(statement, folder));
      ends.set(statement, end);
      before = end.catch(() => {});
    }
  }
});
afterAll(async () => {
  await collector.down();
  rmSync(root, { recursive: true, force: true });
});

async function follow(statement: Statement, folder: string): Promise<Ended> {
  const event = startOf(meanwhile, statement);
  if (event !== undefined) await meanwhile[event]!(folder);
  return await paste(here(statement, folder, collector.url), folder, environment);
}

/** With a line behind it, however the output ended. */
const lined = (text: string) => (text.endsWith("\n") ? text : `${text}\n`);

describe.each(byPage)("%s", (_, ofPage) => {
  test.each(ofPage)("$place $text", async (statement) => {
    const { code, out, err } = await ends.get(statement)!;
    expect({ code, err: code === statement.code ? "" : err }).toEqual({ code: statement.code, err: "" });
    if (statement.output !== undefined) expect(lined(out)).toBe(statement.output);
  });
});

test.each([
  ["skipped", skipped],
  ["told of", meanwhile],
])("every command that is %s stands somewhere", (_, table) => {
  expect(Object.keys(table).filter((start) => !statements.some(({ text }) => text.startsWith(start)))).toEqual([]);
});
