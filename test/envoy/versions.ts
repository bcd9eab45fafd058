/**
 * `npm run test:envoys`: the suite of this folder on every pinned Envoy, long tests included; with `-- --older` on all but the
 * newest, which `npm test` runs. The last line of the output is the sum, `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findEnvoy } from "../../scripts/envoy/binary.ts";
import { envoyPins, newestEnvoy } from "../../scripts/envoy/pins.ts";
import { packageRoot } from "../../scripts/wasm.ts";

const { older } = parseArgs({ options: { older: { type: "boolean" } } }).values;
const pins = envoyPins.filter(({ version }) => !(older && version === newestEnvoy));

const node = (file: string, parameters: string[], environment: Record<string, string> = {}): number =>
  spawnSync(process.execPath, [join(packageRoot, file), ...parameters], {
    cwd: packageRoot,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  }).status ?? 1;

const folder = mkdtempSync(join(tmpdir(), "frostglass-versions-"));
let passed = 0;
let failed = 0;
try {
  if (node("scripts/build.ts", []) !== 0) throw new Error("the build failed");
  for (const { version, role } of pins) {
    console.log(`\nEnvoy ${version} (${role})`);
    const report = join(folder, `${version}.json`);
    // The pinned binary, whatever ENVOY_BIN says.
    const environment = {
      ENVOY_BIN: await findEnvoy({ version }, { ...process.env, ENVOY_BIN: "" }),
      FROSTGLASS_ENVOY: version,
      FROSTGLASS_LONG: "1",
    };
    const vitest = ["run", "test/envoy", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const status = node("node_modules/vitest/vitest.mjs", vitest, environment);
    const counts = JSON.parse(readFileSync(report, "utf8"));
    passed += counts.numPassedTests;
    // A file that fails before its tests counts too, or a broken suite would look clean.
    failed += counts.numFailedTests || (status === 0 ? 0 : 1);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
console.log(`\n${passed} passed, ${failed} failed`);
