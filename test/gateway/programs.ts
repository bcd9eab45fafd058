/**
 * Envoy Gateway and promtool to run: gateway-lite and promtool, built once at the versions that the modules in this folder
 * pin. `FROSTGLASS_GATEWAY` names a folder with both instead. One workspace, and so one build: most of it is shared code.
 */
import { join } from "node:path";
import { findPrograms } from "../../scripts/istio/go.ts";

export interface GatewayPrograms {
  gateway: string;
  promtool: string;
}

/** The binaries, built when they are not there; undefined without Go. */
export async function findGateway(environment = process.env): Promise<GatewayPrograms | undefined> {
  const build = {
    name: "gateway",
    sources: import.meta.dirname,
    files: [
      ...["go.work", "go.work.sum", "promtool/go.mod"],
      ...["go.mod", "go.sum", "main.go"].map((file) => `gateway-lite/${file}`),
    ],
    programs: ["./gateway-lite", "github.com/prometheus/prometheus/cmd/promtool"],
    // Leaves out of promtool what finds services in clouds.
    tags: "remove_all_sd",
  };
  const folder = environment.FROSTGLASS_GATEWAY ?? (await findPrograms(build, environment));
  return folder === undefined
    ? undefined
    : { gateway: join(folder, "gateway-lite"), promtool: join(folder, "promtool") };
}
