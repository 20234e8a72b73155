/**
 * Seeded multi-label data whose imbalance is known, for trying the method without a file. The generative process
 * (ours):
 *
 * 1. Rows belong to clusters of about 25 (at most 64 clusters), far apart in a latent space of up to 8 dimensions.
 * 2. Cluster g likes label j by an affinity B_gj of low rank plus noise, so that labels which like the same
 *    clusters meet.
 * 3. Label j has exactly n_j rows; n_j falls by equal factors from the commonest label to the rarest (`imbalance`), and
 *    sum n_j = rows * `cardinality`. Its core are the rows with the largest B_gj + 0.05 u_j . (place within the
 *    cluster): whole clusters, and one or two cut by a plane. There, neighbours agree.
 * 4. Of each minority label (IRLbl > MeanIR), the share `difficulty` of the positives leaves the core for pockets:
 *    three rows close together, at a random place in a cluster that dislikes the label. They keep that cluster's other
 *    labels. Their two mates apart, their neighbours lack the label: with five neighbours C = 3/5.
 * 5. `noise`: that share of each label's positives loses the label to as many random negatives. Counts stay; such rows
 *    are outliers (mostly C = 1), which the weights leave alone.
 * 6. Features are a random linear map of the latent place plus a little noise.
 *
 * Why selection should matter here: pockets are learnable but small, so a model first learns the cores and its loss
 * stays high on pocket rows. They are rare, hard and weighted above 1: what adaptive selection draws more often. With
 * difficulty 0 the hard rows lie at cut clusters only, and with much noise the highest losses teach nothing.
 */
import { UsageError } from "../errors.ts";
import { Random } from "../random.ts";
import type { Dataset } from "./dataset.ts";
import { selectRows } from "./rows.ts";
import {
  completeSyntheticOptions,
  nameSynthetic,
  parseSyntheticOptions,
  type SyntheticOptions,
  targetCounts,
} from "./synthetic-options.ts";

const pocketSize = 3;
/** Standard deviation of cluster centres; within a cluster it is 1. */
const separation = 3;
const pocketSpread = 0.15;
/** Small, so that a label cuts few clusters in two. */
const planeWeight = 0.05;
const featureNoise = 0.2;

const normals = (count: number, random: Random, deviation = 1): Float64Array =>
  Float64Array.from({ length: count }, () => deviation * random.normal());

/** `[rows]` the label a row stands in a pocket for, else -1; `mates` groups the rows of each pocket. */
interface Pockets {
  readonly label: Int32Array;
  readonly mates: readonly { readonly label: number; readonly rows: readonly number[] }[];
}

/** Deals random rows to pockets of the minority labels. */
function planPockets(options: SyntheticOptions, counts: readonly number[], random: Random): Pockets {
  const { rows, difficulty } = options;
  const ratios = counts.map((count) => counts[0] / count);
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  random.shuffle(order);
  const label = new Int32Array(rows).fill(-1);
  const mates: { label: number; rows: number[] }[] = [];
  let taken = 0;
  for (let j = 0; j < counts.length; j++) {
    if (!(ratios[j] > mean)) continue;
    for (let pocket = Math.floor((difficulty * counts[j]) / pocketSize); pocket > 0; pocket--) {
      if (taken + pocketSize > rows) {
        throw new UsageError(
          `synthetic difficulty=${difficulty} wants more than the ${rows} rows among unlike ones: lower it or cardinality`,
        );
      }
      const chosen = Array.from(order.subarray(taken, taken + pocketSize));
      for (const row of chosen) label[row] = j;
      mates.push({ label: j, rows: chosen });
      taken += pocketSize;
    }
  }
  return { label, mates };
}

/** `[clusters, labels]` how much each cluster likes each label: three shared factors, and a part of each pair's own. */
function drawAffinities(clusters: number, labels: number, random: Random): Float64Array {
  const factors = 3;
  const ofClusters = normals(clusters * factors, random);
  const ofLabels = normals(labels * factors, random);
  return Float64Array.from({ length: clusters * labels }, (_, entry) => {
    const [g, j] = [Math.floor(entry / labels), entry % labels];
    let shared = 0;
    for (let t = 0; t < factors; t++) shared += ofClusters[g * factors + t] * ofLabels[j * factors + t];
    return 0.8 * (shared / Math.sqrt(factors)) + 0.6 * random.normal();
  });
}

/** One of the clusters in the lower half of a label's affinities. */
function dislikingCluster(affinities: Float64Array, labels: number, label: number, random: Random): number {
  const clusters = affinities.length / labels;
  const order = Array.from({ length: clusters }, (_, g) => g);
  order.sort((a, b) => affinities[a * labels + label] - affinities[b * labels + label] || a - b);
  return order[random.integer(Math.max(1, Math.floor(clusters / 2)))];
}

/**
 * A data set with the given knobs (see `syntheticKnobs`; defaults: 600 rows, 40 features, 10 labels). The same options
 * and seed give the same data; `name` is the text from which `parseSynthetic` makes it again.
 * @throws UsageError for a value out of bounds, or a combination that cannot be.
 */
export function synthetic(given: Partial<SyntheticOptions> = {}, seed = 1): Dataset {
  const options = completeSyntheticOptions(given);
  const { rows, features, labels, noise } = options;
  const random = new Random(seed).stream("synthetic data");
  const counts = targetCounts(options);
  const latent = Math.min(8, features);
  const clusters = Math.min(64, Math.max(2, Math.round(rows / 25)));
  // Large clusters are denser: pockets shrink with the distance to the nearest row, so that they stay pockets.
  const shrink = Math.min(1, ((25 * clusters) / rows) ** (1 / latent));

  const centres = normals(clusters * latent, random.stream("centres"), separation);
  const affinities = drawAffinities(clusters, labels, random.stream("affinities"));
  const pockets = planPockets(options, counts, random.stream("pockets"));
  const cluster = Int32Array.from({ length: rows }, (_, i) => i % clusters);
  const within = normals(rows * latent, random.stream("places"));
  const placing = random.stream("pocket places");
  for (const { label, rows: mates } of pockets.mates) {
    const host = dislikingCluster(affinities, labels, label, placing);
    const base = normals(latent, placing);
    for (const row of mates) {
      cluster[row] = host;
      for (let t = 0; t < latent; t++) {
        within[row * latent + t] = base[t] + shrink * pocketSpread * placing.normal();
      }
    }
  }

  const values = new Uint8Array(rows * labels);
  const planes = normals(labels * latent, random.stream("planes"), 1 / Math.sqrt(latent));
  for (let j = 0; j < labels; j++) {
    const score = Float64Array.from(cluster, (g, i) => {
      if (pockets.label[i] === j) return Number.POSITIVE_INFINITY;
      let along = 0;
      for (let t = 0; t < latent; t++) along += planes[j * latent + t] * within[i * latent + t];
      return affinities[g * labels + j] + planeWeight * along;
    });
    const order = Int32Array.from({ length: rows }, (_, i) => i);
    order.sort((a, b) => (score[a] === score[b] ? a - b : score[b] - score[a]));
    for (const row of order.subarray(0, counts[j])) values[row * labels + j] = 1;
    swapLabels(values, labels, j, order, counts[j], noise, random.stream(`noise of label ${j}`));
  }

  const map = normals(features * latent, random.stream("map"), 1 / Math.sqrt(latent));
  const jitter = random.stream("feature noise");
  const x = new Float32Array(rows * features);
  for (let i = 0; i < rows; i++) {
    for (let f = 0; f < features; f++) {
      let value = shrink * featureNoise * jitter.normal();
      for (let t = 0; t < latent; t++) {
        value += map[f * latent + t] * (centres[cluster[i] * latent + t] + within[i * latent + t]);
      }
      x[i * features + f] = value;
    }
  }
  const featureNames = Array.from({ length: features }, (_, f) => `x${f + 1}`);
  const made: Dataset = {
    name: nameSynthetic(options, seed),
    declared: featureNames.map((name) => ({ name, kind: "numeric" })),
    featureNames,
    features: { kind: "dense", rows, columns: features, values: x },
    labelNames: Array.from({ length: labels }, (_, j) => `label${j + 1}`),
    labels: { rows, columns: labels, values },
  };
  return options.sorted === 1 ? inOrderOfLabels(made) : made;
}

/**
 * Rows that have the first label come first, among them those that have the second, and so on; equal ones as they are.
 */
function inOrderOfLabels(dataset: Dataset): Dataset {
  const { features, labels } = dataset;
  const { columns, values } = labels;
  const order = Int32Array.from({ length: labels.rows }, (_, row) => row).sort((a, b) => {
    for (let j = 0; j < columns; j++) {
      const difference = values[b * columns + j] - values[a * columns + j];
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  return { ...dataset, features: selectRows(features, order), labels: selectRows(labels, order) };
}

/** Lets a share of a label's positives (the first `count` of `order`) change place with as many negatives. */
function swapLabels(
  values: Uint8Array,
  labels: number,
  label: number,
  order: Int32Array,
  count: number,
  share: number,
  random: Random,
): void {
  const swapped = Math.min(Math.round(share * count), order.length - count);
  const positives = order.slice(0, count);
  const negatives = order.slice(count);
  random.shuffle(positives);
  random.shuffle(negatives);
  for (let e = 0; e < swapped; e++) {
    values[positives[e] * labels + label] = 0;
    values[negatives[e] * labels + label] = 1;
  }
}

/**
 * The data set of a text such as `synthetic` or `synthetic:rows=500,labels=8,seed=3`.
 * @param seed used unless the text names one.
 * @throws UsageError for a text, an option or a value that is not understood.
 */
export function parseSynthetic(text: string, seed = 1): Dataset {
  const parsed = parseSyntheticOptions(text);
  return synthetic(parsed.options, parsed.seed ?? seed);
}
