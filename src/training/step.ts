/**
 * The program of a training step: forward pass, gradients and update of a batch of rows of the data set. The data set
 * lives on the device; what is sent is row numbers and the optimiser's scalars.
 */
import type { LabelMatrix, Matrix } from "../data/dataset.ts";
import { gradient } from "../engine/gradient.ts";
import { sigmoid } from "../engine/ops/map.ts";
import { gather } from "../engine/ops/rows.ts";
import { type Program, program, type Update } from "../engine/program.ts";
import { type DataLeaf, data, input, type SparseLeaf, sparse, type Tensor } from "../engine/tensor.ts";
import type { Batch, Model } from "../models/model.ts";
import type { Optimiser } from "../nn/optimiser.ts";
import type { EvidenceKind } from "../samplers/sampler.ts";

/** A data set as the device holds it. */
export interface DatasetLeaves {
  /** `[rows, features]` */
  readonly features: DataLeaf | SparseLeaf;
  /** `[rows, labels]` */
  readonly labels: DataLeaf;
}

export function datasetLeaves(features: Matrix, labels: LabelMatrix): DatasetLeaves {
  return {
    features: featureLeaf(features),
    labels: data("labels", [labels.rows, labels.columns], labels.values),
  };
}

/** A matrix of features on a device, with or without its zeros as it is. */
export function featureLeaf(features: Matrix): DataLeaf | SparseLeaf {
  const shape = [features.rows, features.columns] as const;
  return features.kind === "sparse" ? sparse("features", shape, features) : data("features", shape, features.values);
}

/** The input that holds the row numbers of the batch, `[batch, 1]`. */
export const rowsInput = "rows";
/** The input that holds the importance weights of the batch, `[batch, 1]`, where the sampler has them. */
export const weightsInput = "weights";

export interface StepOptions {
  readonly model: Model;
  readonly optimiser: Optimiser;
  readonly dataset: DatasetLeaves;
  readonly batch: number;
  /** What is wanted of the batch besides the loss; each becomes an output of this name. */
  readonly needs: readonly EvidenceKind[];
  /** Whether the batch comes with importance weights. */
  readonly weighted: boolean;
  /** More outputs, from the gradients and the optimiser's updates. */
  readonly figures?: (gradients: readonly Tensor[], updates: readonly Update[]) => Readonly<Record<string, Tensor>>;
}

/** Forward pass, gradients and update of one batch; outputs `loss` and the evidence, both from before the update. */
export function trainingProgram(options: StepOptions): Program {
  const { model, optimiser, dataset, batch, needs, weighted, figures } = options;
  const rows = input(rowsInput, [batch, 1]);
  const inputs: Batch = {
    features: gather(dataset.features, rows),
    labels: gather(dataset.labels, rows),
    ...(weighted && { weights: input(weightsInput, [batch, 1]) }),
  };
  const objective = model.objective(inputs);
  const evidence: Record<EvidenceKind, () => Tensor> = {
    rowLosses: () => objective.perRow,
    entryLosses: () => objective.perEntry,
    scores: () => sigmoid(objective.logits),
  };
  const gradients = gradient(objective.loss, model.parameters);
  const updates = optimiser.updates(gradients);
  const outputs = {
    loss: objective.loss,
    ...Object.fromEntries(needs.map((kind) => [kind, evidence[kind]()])),
    ...figures?.(gradients, updates),
  };
  return program(outputs, [...updates, ...objective.updates]);
}
