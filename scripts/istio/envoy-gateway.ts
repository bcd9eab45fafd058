/** One running gateway-lite, and the bootstrap of an Envoy that it configures over ADS, as the proxy of a Gateway. */
import type { JsonObject } from "../manifest/filter.ts";
import { ControlPlane, type Started, startProgram } from "./control-plane.ts";
import { adsBootstrap, staticCluster } from "./proxy.ts";

export class EnvoyGateway extends ControlPlane {
  /** Where proxies get the modules that it has fetched. */
  readonly wasmPort: number;

  static async start(binary: string, environment: Readonly<Record<string, string>> = {}): Promise<EnvoyGateway> {
    return new EnvoyGateway(await startProgram(binary, async () => [], environment));
  }

  private constructor(started: Started) {
    super(started);
    this.wasmPort = Number(/^wasm 127\.0\.0\.1:(\d+)$/m.exec(started.lines.join("\n"))?.[1]);
  }

  /** For the proxy of a Gateway (NAMESPACE/NAME). */
  proxyConfig(gateway: string): JsonObject {
    return {
      node: { id: "proxy-1", cluster: gateway },
      ...adsBootstrap(this.port, [staticCluster("wasm_cluster", this.wasmPort, "http1")]),
    };
  }
}
