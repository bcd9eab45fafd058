/** Policies of tests: written as objects, always active, compiled by the real compiler. */
import { type CompiledPolicy, compilePolicy, formatDiagnostic, type Role } from "../../scripts/policy/index.ts";

/** Compiles a policy that names only what the test is about; fails with all diagnostics when there are errors. */
export function compileTest(policy: object, role: Role = "edge"): CompiledPolicy {
  const keys = { root: { env: "FROSTGLASS_KEY" } };
  const text = JSON.stringify({ name: "t", activation: { always: true }, keys, ...policy });
  const { compiled, diagnostics } = compilePolicy({ path: "policy.json", text }, () => undefined, role);
  if (!compiled) throw new Error(`${diagnostics.map(formatDiagnostic).join("\n")}\nin ${text}`);
  return compiled;
}

export const binaryOf = (policy: object, role: Role = "edge"): Uint8Array => compileTest(policy, role).binary;
