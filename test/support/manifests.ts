/** What `frostglass manifest` prints, and what `manifest --check` says of a text. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkManifests } from "../../scripts/manifest/check.ts";
import type { Diagnostic } from "../../scripts/policy/index.ts";
import { packageRoot } from "../../scripts/wasm.ts";

const folder = mkdtempSync(join(tmpdir(), "frostglass-manifests-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
let files = 0;

export function fileOf(text: string): string {
  const file = join(folder, `${++files}`);
  writeFileSync(file, text);
  return file;
}

export function frostglass(...parameters: string[]) {
  const cli = join(packageRoot, "bin", "frostglass.js");
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...parameters], {
    encoding: "utf8",
    cwd: folder,
  });
  return { status: status ?? -1, stdout, stderr };
}

/** The manifest of a policy. */
export function manifest(policy: object, ...parameters: string[]): string {
  const { status, stdout, stderr } = frostglass("manifest", "--policy", fileOf(JSON.stringify(policy)), ...parameters);
  if (status !== 0) throw new Error(`manifest failed: ${stderr}`);
  return stdout;
}

/** The diagnostics of `manifest --check`; each text is a file. */
export const check = (...texts: string[]): Diagnostic[] => checkManifests(texts.map(fileOf));

export const codes = (...texts: string[]): string[] => [...new Set(check(...texts).map(({ code }) => code))].sort();

/** The gateway that routes of a mesh are for. */
export const publicGateway = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]
`;
