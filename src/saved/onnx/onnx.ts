/**
 * A saved model as an ONNX file (opset 13): from the columns of a data set's features to the scores of its labels, for
 * any number of rows. Models that draw random numbers to predict can't be written.
 */
import { formatShape, input, type StateLeaf, size } from "../../engine/tensor.ts";
import { UsageError } from "../../errors.ts";
import type { SavedModel } from "../model.ts";
import { encodeOnnx, onnxOpset } from "./messages.ts";
import { NodeWriter } from "./nodes.ts";
import { writePreprocessing } from "./preprocessing.ts";
import { programOfAnyBatch } from "./sizes.ts";
import { writeProgram } from "./translations.ts";

const featuresInput = "features";
const scoresOutput = "scores";

/**
 * The file. Input `features`, `[rows, columns]`: the columns of the data set that the model was trained on, as
 * `loadDataset` reads them, unscaled; output `scores`, `[rows, labels]` in [0, 1]. Names of labels and features are in
 * the metadata, as JSON.
 * @throws UsageError where the model draws random numbers to predict, a value is missing, or the file would have more
 * than 2^31 - 1 bytes
 */
export function toOnnx(saved: SavedModel): Uint8Array<ArrayBuffer> {
  const { model, preprocessing, origin } = saved;
  const writer = new NodeWriter([featuresInput, scoresOutput]);
  const scaled = writePreprocessing(writer, featuresInput, preprocessing);
  writer.output(writePrediction(writer, scaled, saved), scoresOutput);
  const { featureNames, labelNames, featureIndices, columns, nominal } = preprocessing;
  return encodeOnnx({
    producer: "hardbatch",
    version: origin?.version ?? "",
    description:
      `Multi-label scores by a ${model.name} model of hardbatch, opset ${onnxOpset}. ${featuresInput}: the columns of the ` +
      `training data's features, unscaled, one row an instance. ${scoresOutput}: one column a label, in [0, 1].`,
    name: model.name,
    metadata: new Map([
      ["model", JSON.stringify(model.name)],
      ["labels", JSON.stringify(labelNames)],
      ["features", JSON.stringify(featureNames)],
      ["featureColumns", JSON.stringify(featureIndices)],
      ...(nominal ? [["nominal", JSON.stringify(nominal)] as const] : []),
      ...(origin ? [["origin", JSON.stringify(origin)] as const] : []),
    ]),
    inputs: [
      {
        name: featuresInput,
        shape: ["rows", columns ?? "columns"],
        description: "the columns of the training data's features, unscaled; their names are in the metadata",
      },
    ],
    outputs: [
      {
        name: scoresOutput,
        shape: ["rows", model.labels],
        description: "one column a label, in [0, 1]; their names are in the metadata",
      },
    ],
    tensors: writer.tensors,
    nodes: writer.nodes,
  });
}

/** Writes what predicts from scaled features, given their name, and answers the name of the scores. */
function writePrediction(writer: NodeWriter, scaled: string, { model, values }: SavedModel): string {
  const { features } = model;
  const prediction = programOfAnyBatch((batch) => ({
    scores: model.predict(input(featuresInput, [batch, features])),
  }));
  const drawn = prediction.program.noise[0];
  if (drawn) {
    throw new UsageError(
      `its predictions draw random numbers (${drawn.name}), which no ONNX file holds; mpvae draws none with prediction=exact`,
    );
  }
  const [scores] = writeProgram(writer, prediction, (leaf) => {
    if (leaf.kind === "input") return { name: scaled, shape: [{ perRow: 1 }, features] };
    if (leaf.kind !== "state") return undefined;
    return { name: writer.tensor(leaf.name, leaf.shape, valuesOf(leaf, values)), shape: leaf.shape };
  });
  return scores;
}

function valuesOf({ name, shape }: StateLeaf, values: SavedModel["values"]): Float32Array {
  const found = values[name];
  if (found?.length === size(shape)) return Float32Array.from(found);
  throw new UsageError(`tensor ${name} has ${found?.length ?? "no"} values, expected ${formatShape(shape)}`);
}
