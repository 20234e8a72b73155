/**
 * A saved model as an ONNX file (opset 13): from the columns of a data set's features to the scores of its labels, for
 * any number of rows. Models that draw random numbers to predict can't be written.
 */
import { formatShape, type StateLeaf, size } from "../../engine/tensor.ts";
import { UsageError } from "../../errors.ts";
import type { SavedModel } from "../model.ts";
import { encodeOnnx, onnxOpset } from "./messages.ts";
import { NodeWriter } from "./nodes.ts";
import { writePreprocessing } from "./preprocessing.ts";
import { featuresInput, predictionOfAnyBatch, type SizedProgram } from "./sizes.ts";
import { type Operand, translations } from "./translations.ts";

const scoresOutput = "scores";

/**
 * The file. Input `features`, `[rows, columns]`: the columns of the data set that the model was trained on, as
 * `loadDataset` reads them, unscaled; output `scores`, `[rows, labels]` in [0, 1]. Names of labels and features are in
 * the metadata, as JSON.
 * @throws UsageError where the model draws random numbers to predict, a value is missing, or the file would have more
 * than 2^31 - 1 bytes
 */
export function toOnnx(saved: SavedModel): Uint8Array<ArrayBuffer> {
  const { model, preprocessing, values, origin } = saved;
  const writer = new NodeWriter([featuresInput, scoresOutput]);
  const scaled = writePreprocessing(writer, featuresInput, preprocessing);
  writer.output(writeProgram(writer, predictionOfAnyBatch(model), scaled, values), scoresOutput);
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

/** Writes the steps of the program, given the name of its input, and answers the name of its output. */
function writeProgram(
  writer: NodeWriter,
  { program, steps }: SizedProgram,
  features: string,
  values: SavedModel["values"],
): string {
  const drawn = program.noise[0];
  if (drawn) {
    throw new UsageError(
      `its predictions draw random numbers (${drawn.name}), which no ONNX file holds; mpvae draws none with prediction=exact`,
    );
  }
  const known = program.values.map((value, id): Operand | undefined => {
    if (value.kind === "input") return { name: features, shape: [{ perRow: 1 }, value.shape[1]] };
    if (value.kind === "constant") {
      const name = writer.tensor(`constant${id}`, value.shape, Float32Array.from(value.values));
      return { name, shape: value.shape, ...(size(value.shape) === 1 && { number: value.values[0] }) };
    }
    if (value.kind !== "state") return undefined;
    return { name: writer.tensor(value.name, value.shape, valuesOf(value, values)), shape: value.shape };
  });
  for (const step of steps) {
    const operands = step.inputs.map((id) => known[id]).filter((operand) => operand !== undefined);
    const translate = translations[step.op];
    if (!translate || operands.length !== step.inputs.length) {
      throw new UsageError(`op ${step.op} has no translation to ONNX`);
    }
    known[step.output] = { name: translate(writer, operands, step), shape: step.shape };
  }
  const scores = known[program.outputs[0].value];
  if (!scores) throw new Error("the program has no output");
  return scores.name;
}

function valuesOf({ name, shape }: StateLeaf, values: SavedModel["values"]): Float32Array {
  const found = values[name];
  if (found?.length === size(shape)) return Float32Array.from(found);
  throw new UsageError(`tensor ${name} has ${found?.length ?? "no"} values, expected ${formatShape(shape)}`);
}
