/** Rows of words, few of them in each, and models small enough to train on them in a moment. */
import type { Dataset, SparseMatrix } from "../../src/data/dataset.ts";
import { prepare } from "../../src/data/preparation/prepare.ts";
import type { ModelName } from "../../src/models/create.ts";
import { Random } from "../../src/random.ts";

/**
 * Words of texts: 80 rows, 60 columns, a tenth of them in each row, some columns empty, one full; 4 labels that go by
 * them.
 */
function texts(): Dataset {
  const [rows, columns, labels] = [80, 60, 4];
  const random = new Random(5);
  const offsets = new Uint32Array(rows + 1);
  const indices: number[] = [];
  const values: number[] = [];
  const marks = new Uint8Array(rows * labels);
  for (let row = 0; row < rows; row++) {
    const chosen = new Set([59, ...Array.from({ length: row % 9 }, () => random.integer(50))]);
    for (const column of [...chosen].sort((a, b) => a - b)) {
      indices.push(column);
      values.push(1 + random.integer(3));
    }
    offsets[row + 1] = indices.length;
    for (let label = 0; label < labels; label++)
      marks[row * labels + label] = chosen.has(label * 7) ? 1 : random.integer(2);
  }
  const names = (count: number, kind: string): string[] => Array.from({ length: count }, (_, i) => `${kind}${i}`);
  const features: SparseMatrix = {
    kind: "sparse",
    rows,
    columns,
    offsets,
    indices: Uint32Array.from(indices),
    values: Float32Array.from(values),
  };
  return {
    name: "texts",
    declared: names(columns, "word").map((name) => ({ name, kind: "numeric" })),
    featureNames: names(columns, "word"),
    features,
    labelNames: names(labels, "label"),
    labels: { rows, columns: labels, values: marks },
  };
}

export const data = prepare(texts(), { seed: 1, dropLabelsAtMost: 1 });

export const models = {
  mlp: { hidden: [8, 8] },
  clif: { hidden: 8, featureLayers: 2 },
  dela: { encoder: [8], decoder: [8], latent: 5 },
  paca: {
    encoder: [8],
    decoder: [8],
    labelEncoder: [8],
    labelDecoder: [8],
    map: [8],
    latent: 3,
    flowHidden: 6,
    flowUnits: 3,
  },
  mpvae: { labelEncoder: [8], featureEncoder: [8], decoder: [8], latent: 4, draws: 3 },
  c2ae: { featureEncoder: [8], labelEncoder: [8], decoder: [8] },
} as const satisfies Record<ModelName, object>;
