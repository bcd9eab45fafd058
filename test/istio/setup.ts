/** Builds Istio, or finds it in the cache, and hands its place to the tests; without Go they are skipped and say so. */
import type { TestProject } from "vitest/node";
import { findIstio, type IstioBinaries } from "../../scripts/istio/binaries.ts";

declare module "vitest" {
  export interface ProvidedContext {
    istio: IstioBinaries | undefined;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const started = Date.now();
  const istio = await findIstio();
  if (istio) console.log(`Istio is ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  else console.log("skipped: Istio is built with Go, which is not on PATH; install Go, or set FROSTGLASS_ISTIO");
  project.provide("istio", istio);
}
