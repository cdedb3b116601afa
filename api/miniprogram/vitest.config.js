import { defineConfig } from "vitest/config";

// The limits only end what hangs: the slowest machine that runs the tests is many times slower than a developer's.
export default defineConfig({
  test: { include: ["test/unit/**/*.test.js"], environment: "node", testTimeout: 300_000, hookTimeout: 300_000, pool: "forks", maxWorkers: 1, fileParallelism: false },
});
