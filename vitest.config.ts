import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests that measure their process, or change it or its modules: each file has a process of its own. */
const alone = [
  ...["browser", "cluster", "engine", "gpu", "package", "wasm"].map((area) => `test/${area}/**/*.test.ts`),
  ...["doctor", "lost", "memory-estimate"].map((command) => `test/cli/${command}.test.ts`),
  "test/files/faults.test.ts",
];

// One seed for all processes of the run, printed so that the same run can be had again.
if (process.env.HARDBATCH_SEED === "random") {
  process.env.HARDBATCH_SEED = `${Math.floor(Math.random() * 2 ** 31)}`;
  console.log(`HARDBATCH_SEED=${process.env.HARDBATCH_SEED}`);
}

// What is waited for comes late on a busy machine.
const limits = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 120_000 } } };
const shared = {
  ...limits,
  setupFiles: ["test/seed.ts"],
  server: { deps: { external: [/\/dist\/vendor\//] } },
};

/** Files that take long, the longest first: begun last, one of them would keep a single core busy at the end. */
const slow = [
  ...["cluster/cluster", "browser/gpu", "package/package", "gpu/laws"],
  ...["lab/everybody", "lab/page", "docs/blocks", "cli/verify", "samplers/laws", "lab/presets", "models/torch"],
];
const rank = ({ moduleId }: TestSpecification): number => {
  const place = slow.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
  return place < 0 ? slow.length : place;
};

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const of = (name: string) => sorted.filter(({ project }) => project.name === name);
    return ["alone", "together"].flatMap((name) => of(name).sort((a, b) => rank(a) - rank(b)));
  }
}

export default defineConfig({
  test: {
    // The default leaves a core to the terminal, which on two cores is half of them.
    maxWorkers: "100%",
    sequence: { sequencer: SlowFirst },
    coverage: { provider: "v8", include: ["src/**", "kernels/js/**", "kernels/scalar.ts"] },
    projects: [
      { test: { name: "alone", include: alone, ...shared } },
      // The others share one process a core, which loads the library once.
      { test: { name: "together", include: ["test/**/*.test.ts"], exclude: alone, isolate: false, ...shared } },
    ],
  },
});
