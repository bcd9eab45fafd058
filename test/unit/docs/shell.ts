// A shell in which `npx frostglass` is the launcher of this tree.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../../scripts/wasm.ts";
import { type Ended, endOf } from "../cli/support.ts";

const launcher = join(packageRoot, "bin", "frostglass.js");
const prelude = `set -eo pipefail; npx() { shift; "${process.execPath}" "${launcher}" "$@"; };`;

export function paste(script: string, cwd: string, environment: Record<string, string>): Promise<Ended> {
  // Whose collector that is, no test knows.
  const { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: _, ...inherited } = process.env;
  const env = { ...inherited, ...environment };
  const child = spawn("bash", ["-c", `${prelude}\n${script}`], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  return endOf(child);
}
