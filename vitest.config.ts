import { defineConfig } from "vitest/config";

/** Tests that measure their process, or change it or its modules: each file has a process of its own. */
const alone = [
  ...["browser", "cluster", "engine", "gpu", "package", "wasm"].map((area) => `test/${area}/**/*.test.ts`),
  ...["doctor", "lost", "memory-estimate"].map((command) => `test/cli/${command}.test.ts`),
  "test/files/faults.test.ts",
];

// What is waited for comes late on a busy machine.
const limits = { testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 30_000 } } };
const server = { deps: { external: [/\/dist\/vendor\//] } };

export default defineConfig({
  test: {
    // The default leaves a core to the terminal, which on two cores is half of them.
    maxWorkers: "100%",
    coverage: { provider: "v8", include: ["src/**", "kernels/js/**", "kernels/scalar.ts"] },
    projects: [
      { test: { name: "alone", include: alone, server, ...limits } },
      // The others share one process a core, which loads the library once.
      { test: { name: "together", include: ["test/**/*.test.ts"], exclude: alone, isolate: false, server, ...limits } },
    ],
  },
});
