import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { include: ["test/unit/**/*.test.js"], environment: "node", testTimeout: 30000, pool: "forks", maxWorkers: 1, fileParallelism: false },
});
