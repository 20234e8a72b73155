import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // The default leaves a core to the terminal, which on two cores is half of them.
    maxWorkers: "100%",
    server: { deps: { external: [/\/dist\/vendor\//] } },
    coverage: { provider: "v8", include: ["src/**", "kernels/js/**", "kernels/scalar.ts"] },
  },
});
