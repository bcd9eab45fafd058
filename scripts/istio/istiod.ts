/** One running istiod-lite. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ControlPlane, startProgram } from "./control-plane.ts";

/** No workload has a certificate here: plaintext only. */
const mesh = `accessLogFile: ""
enableAutoMtls: false
enableTracing: false
trustDomain: cluster.local
`;

/** Two filters of Istio's that a stock Envoy does not have. */
const switches = { PILOT_ENABLE_METADATA_EXCHANGE: "false", PILOT_ENABLE_ALPN_FILTER: "false" };

export class Istiod extends ControlPlane {
  static async start(binary: string, environment: Readonly<Record<string, string>> = {}): Promise<Istiod> {
    const flags = async (folder: string) => {
      await writeFile(join(folder, "mesh.yaml"), mesh);
      return ["-mesh", join(folder, "mesh.yaml")];
    };
    return new Istiod(await startProgram(binary, flags, { ...switches, ...environment }));
  }
}
