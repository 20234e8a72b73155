/** What docs/questions.md shows of the cells, by name. */
import type { Cell } from "../../src/experiment/cell.ts";
import { decomposition, type NamedArm, named, studied } from "./cells.ts";
import type { HardnessFigures } from "./hardness.ts";
import type { Parts } from "./pages.ts";
import { againstFirst, contrasted, lastValues, marked, outcomeOf, scores, table } from "./tables.ts";

const plain = named("adaptive", "adaptive batchSize=128");

const studies: Readonly<Record<string, readonly NamedArm[]>> = {
  pressure: [named("uniform"), ...[1, 2, 4, 8, 16, 64].map((s) => named(`s = ${s}`, `adaptive pressure=${s}`))],
  weighting: ["none", "global", "imbalance"].map((kind) => named(kind, `adaptive weighting=${kind}`)),
  hardness: ["bce", "focal", "asymmetric", "error", "ranking"].map((kind) => named(kind, `adaptive hardness=${kind}`)),
  quantization: ["index", "continuous", "rank", "quantile"].map((kind) => named(kind, `adaptive quantization=${kind}`)),
  chain: [
    plain,
    ...[0, 1, 10].map((kappa) =>
      named(`chain, kappa ${kappa}`, `adaptiveChain kappa=${kappa}`, `adaptiveChain:kappa=${kappa}`),
    ),
  ],
  rivals: [
    named("uniform"),
    plain,
    ...["balanced", "onlineBatch", "activeBias", "recencyBias", "uncertainty", "d2ace"].map((name) => named(name)),
  ],
  losses: [
    named("uniform"),
    plain,
    ...["focal", "asymmetric", "classBalanced"].map((loss) => named(`${loss} loss`, `uniform model.loss=${loss}`)),
    named("reweighted"),
  ],
  noise: [named("uniform"), plain, named("s = 16", "adaptive:pressure=16", "adaptive pressure=16")],
};
const sizes = [16, 32, 64, 128, 256];

export function questionParts(cells: readonly Cell[], hardness: readonly HardnessFigures[]): Parts {
  const auc = outcomeOf("macroAuc");
  const real = cells.filter(({ key }) => !key.data.startsWith("synthetic"));
  const made = cells.filter(({ key }) => key.data.startsWith("synthetic"));
  const of = (name: string): readonly Cell[] => studied(real, studies[name]);
  const published = decomposition(cells, "mlp", "published");
  return Object.fromEntries<() => string>([
    ...Object.keys(studies).map((name) => [`question ${name}`, () => againstFirst(of(name), auc)] as const),
    ...Object.keys(studies).map((name) => [`question ${name} scores`, () => scores(of(name), auc)] as const),
    ["question noise", () => againstFirst(studied(made, studies.noise), auc)],
    ["question batches", () => ofBatches(real)],
    ["question correlations", () => ofHardness(hardness)],
    [
      "question draws",
      () =>
        lastValues(
          published,
          ["A4", "A5", "A6", "A7"],
          ({ sampler }) => sampler?.minorityShare,
          (x) => x.toFixed(3),
        ),
    ],
  ]);
}

/** A row for each size of the batches: what selection brings there. */
function ofBatches(cells: readonly Cell[]): string {
  const found = sizes.map((size) => {
    const arms = [named("uniform", `uniform batchSize=${size}`), named("adaptive", `adaptive batchSize=${size}`)];
    const own = studied(
      cells.filter(({ settings }) => settings.batchSize === size),
      arms,
    );
    return { size, contrast: contrasted(own, "adaptive", "uniform", outcomeOf("macroAuc")) };
  });
  const names = found.flatMap(({ contrast }) => contrast?.perDataSet.map(({ data }) => data) ?? []);
  // A data set that ran at one size alone says nothing of sizes.
  const data = [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
  const rows = found.map(({ size, contrast }) => [
    String(size),
    ...data.map((name) => {
      const comparison = contrast?.perDataSet.find((each) => each.data === name)?.comparison;
      return comparison ? marked(comparison) : "-";
    }),
  ]);
  return table(["adaptive - uniform at batch size", ...data], rows);
}

function ofHardness(figures: readonly HardnessFigures[]): string {
  const names = Object.keys(figures[0]?.correlations ?? {});
  return table(
    ["correlation with cross-entropy", ...names],
    figures.map(({ data, epochs, correlations }) => [
      `${data}, ${epochs} epochs`,
      ...names.map((name) => correlations[name].toFixed(2)),
    ]),
  );
}
