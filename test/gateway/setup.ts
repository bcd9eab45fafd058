/** Builds the programs, or finds them in the cache, and hands them to the tests; without Go they are skipped and say so. */
import type { TestProject } from "vitest/node";
import { findGateway, type GatewayPrograms } from "./programs.ts";

declare module "vitest" {
  export interface ProvidedContext {
    programs: GatewayPrograms | undefined;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  const started = Date.now();
  const programs = await findGateway();
  if (programs)
    console.log(`gateway-lite and promtool are ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  else console.log("skipped: they are built with Go, which is not on PATH; install Go, or set FROSTGLASS_GATEWAY");
  project.provide("programs", programs);
}
