/** The tests on a real Envoy Gateway and promtool: `npm run test:gateway`. They are built first, minutes long when cold. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/gateway/**/*.test.ts"],
    globalSetup: ["test/gateway/setup.ts"],
    // Each file runs an Envoy; two cores have enough with one at a time.
    fileParallelism: false,
    // What is waited for is an answer that fits; these end a test that never gets one.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
