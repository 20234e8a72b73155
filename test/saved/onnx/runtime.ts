/** Runs ONNX files by a runtime that is not ours. */
import * as runtime from "onnxruntime-web";

runtime.env.wasm.numThreads = 1;

export interface Loaded {
  /** Scores of rows, `[rows, labels]`. */
  readonly run: (rows: number, features: Float32Array) => Promise<Float32Array>;
}

/** @throws Error where the runtime does not take the file */
export async function load(file: Uint8Array): Promise<Loaded> {
  const session = await runtime.InferenceSession.create(file, { logSeverityLevel: 3 });
  return {
    async run(rows, features) {
      const tensor = new runtime.Tensor("float32", features, [rows, features.length / rows]);
      const { scores } = await session.run({ features: tensor });
      if (scores.data instanceof Float32Array) return scores.data;
      throw new Error(`scores are ${scores.type}`);
    },
  };
}
