/**
 * Istio to run: istiod-lite and istioctl, built once at the version that test/istio/istiod-lite pins. `FROSTGLASS_ISTIO`
 * names a folder with both instead.
 */
import { join } from "node:path";
import { packageRoot } from "../wasm.ts";
import { findPrograms } from "./go.ts";

export interface IstioBinaries {
  istiod: string;
  istioctl: string;
}

/** The binaries, built when they are not there; undefined without Go. */
export async function findIstio(environment = process.env): Promise<IstioBinaries | undefined> {
  const build = {
    name: "istio",
    sources: join(packageRoot, "test", "istio", "istiod-lite"),
    files: ["go.mod", "go.sum", "main.go"],
    programs: [".", "istio.io/istio/istioctl/cmd/istioctl"],
  };
  const folder = environment.FROSTGLASS_ISTIO ?? (await findPrograms(build, environment));
  return folder === undefined ? undefined : { istiod: join(folder, "istiod-lite"), istioctl: join(folder, "istioctl") };
}
