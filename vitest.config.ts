/** Every test under `test/` runs; what cannot run on a machine says so itself, with its reason. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // On a real Istio and Envoy Gateway: vitest.istio.config.ts, vitest.gateway.config.ts.
    exclude: ["test/istio/**", "test/gateway/**"],
    // All cores: by default vitest leaves one of them idle, which is half of two.
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 180_000,
  },
});
