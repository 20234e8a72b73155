/**
 * The fitted preprocessing as ONNX nodes: columns chosen, scaled, gaps filled. What goes in are the columns of a data
 * set's features as this program reads them: nominal features are columns of numbers there already.
 */
import type { Preprocessing } from "../../data/preparation/fitted.ts";
import { transformFeatures } from "../../data/preparation/transform.ts";
import type { NodeWriter } from "./nodes.ts";

/** `[rows, columns]` by name to the name of `[rows, kept features]`. */
export function writePreprocessing(writer: NodeWriter, features: string, preprocessing: Preprocessing): string {
  const { featureIndices, minimum, maximum, scaling, outside, fill } = preprocessing;
  const row = (name: string, values: readonly number[]): string =>
    writer.tensor(name, [1, values.length], Float32Array.from(values));
  const chosen = writer.node("Gather", [features, writer.integers(featureIndices)], { axis: { integer: 1 } });
  let scaled = chosen;
  if (scaling === "minmax") {
    const ranges = maximum.map((high, i) => high - minimum[i]);
    const shifted = writer.node("Sub", [chosen, row("minimum", minimum)]);
    scaled = writer.node("Div", [
      shifted,
      row(
        "range",
        ranges.map((range) => range || 1),
      ),
    ]);
    // A column that was constant is 0 everywhere.
    if (ranges.includes(0)) {
      scaled = writer.node("Mul", [
        scaled,
        row(
          "varies",
          ranges.map((range) => (range > 0 ? 1 : 0)),
        ),
      ]);
    }
    if (outside === "clip") scaled = writer.node("Min", [writer.node("Max", [scaled, 0]), 1]);
  }
  // Without filling, what is missing has to stay NaN, which runtimes lose where they clip.
  if (!fill && outside !== "clip") return scaled;
  const filled = fill ? row("fill", scaledFill(preprocessing)) : Number.NaN;
  return writer.node("Where", [writer.node("IsNaN", [chosen]), filled, scaled]);
}

/** What a missing value of each kept feature becomes, scaled. */
function scaledFill(preprocessing: Preprocessing): number[] {
  const { featureNames } = preprocessing;
  const columns = featureNames.length;
  const missing = { kind: "dense", rows: 1, columns, values: new Float32Array(columns).fill(Number.NaN) } as const;
  return Array.from(transformFeatures(missing, featureNames, preprocessing).values);
}
