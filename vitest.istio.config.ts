/** The tests on a real Istio: `npm run test:istio`. Istio is built before the first of them, minutes long when cold. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/istio/**/*.test.ts"],
    globalSetup: ["test/istio/setup.ts"],
    // Each file runs an istiod and an Envoy; two cores have enough with one at a time.
    fileParallelism: false,
    // What is waited for is an answer that fits; these end a test that never gets one.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
