// Policies around what a page shows, compiled beside the descriptor set of the pages.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { formatDiagnostic, loadPolicy } from "../../../scripts/policy/index.ts";
import { descriptors } from "./descriptors.ts";

export type Policy = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), "frostglass-docs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, "shop.binpb"), descriptors);

/** What the compiler says of a policy. */
export async function findingsOf(policy: Policy): Promise<string[]> {
  const path = join(folder, "policy.json");
  writeFileSync(path, JSON.stringify(policy, null, 2));
  const { diagnostics, compiled } = await loadPolicy(path);
  const texts = diagnostics.map(formatDiagnostic);
  return compiled || texts.length > 0 ? texts : ["not compiled"];
}

export const protobuf = { descriptors: "./shop.binpb" };
export const ruleOf = (rule: Policy): Policy => ({ name: "shown", select: "json:$.x", action: "redact", ...rule });
export const policyOf = (rules: Policy[], rest: Policy = {}): Policy => ({
  name: "shown",
  activation: { always: true },
  ...rest,
  rules,
});
