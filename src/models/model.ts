/**
 * The one contract of every model: what it learns, what it minimises for a batch, and what it predicts. A model is
 * graph only: it says nothing of devices, optimisers or how batches are chosen.
 */
import type { Update } from "../engine/program.ts";
import type { StateLeaf, Tensor } from "../engine/tensor.ts";
import type { Random } from "../random.ts";

/** What a model is made from. */
export interface ModelSetting {
  readonly features: number;
  readonly labels: number;
  /** Weights begin from streams of this one, one for each parameter's name. */
  readonly random: Random;
  /** Those of the model in question: docs/models.md. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * `[labels, labels]` how labels go together among the training rows (A of section 3), for models that learn from it.
   */
  readonly labelCorrelation?: Float64Array;
  /** `[labels]` training rows with each label, for losses that balance labels. */
  readonly labelCounts?: ArrayLike<number>;
}

/** The tensors of one training batch. */
export interface Batch {
  /** `[batch, features]`, scaled. */
  readonly features: Tensor;
  /** `[batch, labels]`, 0 or 1. */
  readonly labels: Tensor;
  /**
   * `[batch, 1]` importance weights: row i counts `weights[i]` times in every mean over rows of the loss. Absent: all
   * 1.
   */
  readonly weights?: Tensor;
}

/** What a training step minimises, and what samplers may observe of it. */
export interface Objective {
  /** `[1, 1]` what is minimised. */
  readonly loss: Tensor;
  /** `[batch, labels]` raw scores; sigmoid(logits) are the training scores that samplers see. */
  readonly logits: Tensor;
  /** `[batch, labels]` binary cross-entropy of each entry. */
  readonly perEntry: Tensor;
  /** `[batch, 1]` its mean over the labels: the hardness l_i of section 2. */
  readonly perRow: Tensor;
  /** The named summands of `loss`, each `[1, 1]`, for reports. */
  readonly parts: Readonly<Record<string, Tensor>>;
  /** State that training moves without a gradient, such as running statistics. */
  readonly updates: readonly Update[];
}

/** A net with its objective; see docs/models.md. */
export interface Model {
  readonly name: string;
  readonly features: number;
  readonly labels: number;
  /** What the optimiser trains. Names are unique within the model and stable: saved weights go by them. */
  readonly parameters: readonly StateLeaf[];
  /**
   * State that is saved with the parameters but not trained by the optimiser, such as running statistics or a frozen
   * input.
   */
  readonly buffers: readonly StateLeaf[];
  /** The training objective of a batch; noise leaves (dropout, sampling) are fresh at every call. */
  objective(batch: Batch): Objective;
  /** `[batch, features]` -> `[batch, labels]` scores in [0, 1], in evaluation mode: no dropout, running statistics. */
  predict(features: Tensor): Tensor;
}
