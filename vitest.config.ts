import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    server: { deps: { external: [/\/dist\/vendor\//] } },
    coverage: { provider: "v8", include: ["src/**", "kernels/js/**", "kernels/scalar.ts"] },
  },
});
