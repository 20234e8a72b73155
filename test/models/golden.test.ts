/** Our models against the published PyTorch modules, on every device that runs here. */
import { describe, it } from "vitest";
import { createModel } from "../../src/models/create.ts";
import { Random } from "../../src/random.ts";
import { backendsHere, expectGolden, type Golden, goldenFiles, readGolden, replay, widthsOf } from "./golden.ts";

interface Case {
  readonly file: string;
  readonly model: string;
  options(golden: Golden): Readonly<Record<string, unknown>>;
  readonly noise?: Readonly<Record<string, string>>;
}

const cases: readonly Case[] = [
  { file: "mlp", model: "mlp", options: (golden) => ({ hidden: widthsOf(golden, /^body\.fcs\.\d+\.weight$/) }) },
];

const backends = await backendsHere();

for (const { file, model: name, options, noise } of cases) {
  const files = goldenFiles(file);
  if (files.length === 0) describe.skip(`${file}: no fixtures here`, () => {});
  describe.each(files.map(readGolden))("$title", (golden) => {
    it.each(backends.map((backend) => [backend.name, backend] as const))("on %s", async (_name, backend) => {
      const { features, labels } = golden;
      const model = createModel(name, { features, labels, options: options(golden), random: new Random(1) });
      expectGolden(model, golden, await replay(model, golden, backend, noise));
    });
  });
}
