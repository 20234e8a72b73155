/**
 * Rules fitted on validation rows: one threshold for all labels, one a label, or a rank. What is fitted never sees a
 * test row. Sources: RCut, PCut and SCut are of Yang (2001, "A study of thresholding strategies for text
 * categorization"), MCut of Largeron, Moulin and Géry (2012, "MCut: a thresholding strategy for multi-label
 * classification"), the cut by cardinality of Read, Pfahringer, Holmes and Frank (2011, "Classifier chains for
 * multi-label classification"; PCut1 in MEKA). What is ours is said at each.
 */
import type { LabelMatrix } from "../../data/dataset.ts";
import { UsageError } from "../../errors.ts";
import { checkInput, type Scores } from "../input.ts";
import { splitEntries, splitLabels } from "../ordering.ts";
import { bestThreshold, type Cuts, cutsOf } from "./cuts.ts";
import { macroF1Threshold } from "./macro-f1.ts";
import { bestRank } from "./rank.ts";
import type { DecisionRule } from "./rule.ts";

/** What a rule is called, and what it does. */
export interface ThresholdDescription {
  readonly name: string;
  /** What it does, in one line. */
  readonly words: string;
  /** Whether it takes numbers from validation rows. */
  readonly fitted: boolean;
}

/** Every way to decide, in the order in which tables print them. */
export const thresholdDescriptions = [
  { name: "fixed", words: "score > 0.5 for every label", fitted: false },
  { name: "microF1", words: "one threshold for all labels, of best micro F1", fitted: true },
  { name: "macroF1", words: "one threshold for all labels, of best macro F1", fitted: true },
  {
    name: "scut",
    words: "a threshold a label, of best F1, drawn to the common one where positives are few",
    fitted: true,
  },
  { name: "pcut", words: "a threshold a label, which as many rows pass as carry the label in training", fitted: true },
  {
    name: "pcut1",
    words: "one threshold for all labels, which as many labels pass as rows have in training",
    fitted: true,
  },
  { name: "rcut", words: "the k best-scored labels of each row", fitted: true },
  { name: "mcut", words: "the labels above the widest gap between the scores of a row", fitted: false },
] as const satisfies readonly ThresholdDescription[];

/** The name of a rule. */
export type ThresholdName = (typeof thresholdDescriptions)[number]["name"];

/** All names of rules. */
export const thresholdNames: readonly ThresholdName[] = /* @__PURE__ */ thresholdDescriptions.map(({ name }) => name);

/** How often labels occur among the rows that a model learned from. */
export interface TrainingCounts {
  readonly rows: number;
  /** `[labels]` */
  readonly positives: ArrayLike<number>;
}

/** What rules are fitted on. */
export interface FittingData {
  /** `[validation rows, labels]` */
  readonly labels: LabelMatrix;
  readonly scores: Scores;
  readonly training: TrainingCounts;
}

/** Options of the fitting. */
export interface FitOptions {
  /**
   * Of scut: as many positives as the common threshold is worth. A label with p positives among the validation rows
   * gets (p own + shrinkage common) / (p + shrinkage), ours. 0 takes each label's own threshold as it is; default 2.
   */
  readonly shrinkage?: number;
}

/**
 * The rule of that name.
 * @throws UsageError for no validation rows, scores that are not finite, counts of another number of labels, or a
 * negative shrinkage
 */
export function fitRule(name: ThresholdName, data: FittingData, options: FitOptions = {}): DecisionRule {
  checkFitting(data);
  const { labels, scores, training } = data;
  const common = (threshold: number): DecisionRule => thresholds(new Array<number>(labels.columns).fill(threshold));
  switch (name) {
    case "fixed":
      return common(0.5);
    case "microF1":
      return common(microF1Threshold(labels, scores));
    case "macroF1":
      return common(macroF1Threshold(labels, scores));
    case "scut":
      return thresholds(scut(labels, scores, options.shrinkage ?? 2));
    case "pcut":
      return thresholds(pcut(data));
    case "pcut1": {
      const cardinality = Array.from(training.positives).reduce((sum, count) => sum + count, 0) / training.rows;
      return common(thresholdPassedBy(cutsOf(splitEntries(labels, scores)), cardinality * labels.rows));
    }
    case "rcut":
      return { kind: "rank", k: bestRank(labels, scores) };
    case "mcut":
      return { kind: "gap" };
  }
}

const thresholds = (values: readonly number[]): DecisionRule => ({ kind: "thresholds", thresholds: values });

function checkFitting({ labels, scores, training }: FittingData): void {
  checkInput(labels, scores);
  const wrong = scores.findIndex((score) => !Number.isFinite(score));
  if (wrong >= 0) throw new UsageError(`thresholds: score ${wrong} is ${scores[wrong]}; expected finite numbers`);
  if (training.positives.length !== labels.columns)
    throw new UsageError(
      `thresholds: counts of ${training.positives.length} labels in training, expected those of ${labels.columns}`,
    );
  if (!(training.rows > 0)) throw new UsageError(`thresholds: ${training.rows} training rows: expected at least one`);
}

function bestF1(cuts: Cuts, positives: number): number {
  const values = cuts.above.map((above, i) =>
    positives === 0 ? 0 : (2 * cuts.truePositives[i]) / (above + positives),
  );
  return bestThreshold(cuts.thresholds, values);
}

function microF1Threshold(labels: LabelMatrix, scores: Scores): number {
  const split = splitEntries(labels, scores);
  return bestF1(cutsOf(split), split.positives.length);
}

/** SCut with shrinkage to the threshold of best micro F1; a label without positives gets that one. */
function scut(labels: LabelMatrix, scores: Scores, shrinkage: number): number[] {
  if (!(shrinkage >= 0 && Number.isFinite(shrinkage)))
    throw new UsageError(`shrinkage ${shrinkage}: expected a number of at least 0`);
  const common = microF1Threshold(labels, scores);
  return splitLabels(labels, scores).map((split) => {
    const count = split.positives.length;
    if (count === 0) return common;
    const own = bestF1(cutsOf(split), count);
    return (count * own + shrinkage * common) / (count + shrinkage);
  });
}

/**
 * PCut with thresholds that hold for later rows, too: the share of validation rows above each is that of the training
 * rows with the label. A label that occurs in training is found at least once: that floor is ours.
 */
function pcut({ labels, scores, training }: FittingData): number[] {
  return splitLabels(labels, scores).map((split, label) => {
    const share = training.positives[label] / training.rows;
    const wanted = share > 0 ? Math.max(1, share * labels.rows) : 0;
    return thresholdPassedBy(cutsOf(split), wanted);
  });
}

/** The threshold above which the number of scores is nearest to `wanted`. */
function thresholdPassedBy({ thresholds, above }: Cuts, wanted: number): number {
  return bestThreshold(
    thresholds,
    above.map((count) => -Math.abs(count - wanted)),
  );
}
