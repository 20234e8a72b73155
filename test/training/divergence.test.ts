import { describe, expect, test } from "vitest";
import type { Backend, Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import { wasm } from "../../src/backends/wasm.ts";
import type { DenseMatrix } from "../../src/data/dataset.ts";
import { denseInputs } from "../../src/data/preparation/inputs.ts";
import { DivergenceError } from "../../src/training/divergence.ts";
import { firstNonFinite } from "../../src/training/finite.ts";
import type { RunSettings } from "../../src/training/settings.ts";
import { type TrainOptions, train } from "../../src/training/train.ts";
import { data, numbers, setup } from "./runs.ts";

/** The error that ends the run, and the last weights that it had called the best. */
async function failure(
  more: Partial<RunSettings>,
  over: Partial<TrainOptions> = {},
): Promise<{ readonly error: DivergenceError; readonly best: Values | undefined; readonly options: TrainOptions }> {
  const options = setup(more, over);
  let best: Values | undefined;
  try {
    for await (const event of train(options)) if (event.kind === "epoch" && event.best) best = event.best;
  } catch (error) {
    if (error instanceof DivergenceError) return { error, best, options };
    throw error;
  }
  throw new Error("the run did not diverge");
}

const initial = ({ model }: TrainOptions): Values =>
  Object.fromEntries([...model.parameters, ...model.buffers].map((leaf) => [leaf.name, leaf.initial]));

/** The data set with one feature value of a row changed. */
function withFeature(row: number, value: number): Pick<TrainOptions, "features"> {
  const features = denseInputs(data.features);
  const values = features.values.slice();
  values[row * features.columns + 2] = value;
  const changed: DenseMatrix = { ...features, values };
  return { features: changed };
}

const greedy = { learningRateWarmUp: 0, optimiser: { learningRate: 1e30 } };

describe("a run that diverges names the epoch, the step and the op, and keeps the last good weights", () => {
  test("weights so large that a product of them overflows", async () => {
    const { error, options } = await failure(greedy);
    expect(error).toMatchObject({ epoch: 0, step: 1 });
    expect(error.message).toMatch(
      /^training diverged in epoch 1, step 2: the loss is (NaN|Infinity); the first value that is not finite comes from %\d+ \[16, [48]\] = matmul\(.*(hidden\.1|head)\.weight\) \(step 2\); try a smaller learning rate/,
    );
    expect(numbers(error.values)).toEqual(numbers(initial(options)));
  });

  test("weights that overflow themselves: the step before is named", async () => {
    const { error } = await failure({ ...greedy, optimiser: { learningRate: 1e39 } });
    expect(error.step).toBe(1);
    expect(error.message).toMatch(/= adamStep\(hidden\.0\.weight, .*\) \(step 1\)/);
  });

  test("losses that float64 holds and samplers do not", async () => {
    const { error } = await failure(greedy, { backend: js({ precision: 64 }) });
    expect(error).toMatchObject({ epoch: 0, step: 1 });
    expect(error.message).toMatch(/not all rowLosses of the batch are finite; .*= matmul/);
  });

  test.each([Number.POSITIVE_INFINITY, Number.NaN])("a training row with the feature %d", async (value) => {
    const row = data.rows.training[20];
    const { error, options } = await failure({ sampler: "sequential" }, withFeature(row, value));
    expect(error).toMatchObject({ epoch: 0, step: 1 }); // row 20 of the fold, in batches of 16
    expect(error.message).toMatch(/comes from %\d+ \[16, 6\] = gather\(features, rows\) \(step 2\)/);
    expect(numbers(error.values)).toEqual(numbers(initial(options)));
  });

  test.each([
    ["js", js()],
    ["wasm", wasm({ threads: 1 })],
  ])("a gradient whose square overflows, though the loss is finite, on %s", async (_, backend) => {
    const { error, options } = await failure(
      { batchSize: 1000 },
      { ...withFeature(data.rows.training[3], 1e24), backend },
    );
    expect(error).toMatchObject({ epoch: 0, step: 0 });
    expect(numbers(error.values)).toEqual(numbers(initial(options)));
    expect(error.message).toMatch(/: adam\.square\.\S+ is not finite; .*= movingSquare\(.*\) \(step 1\)/);
  });

  test("a validation row that no training row is like: no weights are known to be good", async () => {
    const row = data.rows.validation[1];
    const { error } = await failure({}, withFeature(row, Number.POSITIVE_INFINITY));
    expect(error).toMatchObject({ epoch: 0, step: 2 });
    expect(error.message).toContain(`the scores of validation row ${row} are not finite`);
    expect(error.message).toMatch(/comes from %\d+ \[32, 6\] = gather\(features, rows\)/);
    expect(error.values).toEqual({});
  });

  test("a test row that no training row is like: the best weights are kept", async () => {
    const row = data.rows.test[2];
    const { error, best } = await failure({}, withFeature(row, Number.NaN));
    expect(error).toMatchObject({ epoch: 3, step: 11 });
    expect(error.message).toContain(`the scores of test row ${row} are not finite`);
    expect(numbers(error.values)).toEqual(numbers(best ?? {}));
  });

  test("a device that is wrong where the reference is not, after good epochs", async () => {
    const { error, best } = await failure({}, { backend: failingAt(js(), 8) });
    expect(error).toMatchObject({ epoch: 2, step: 7 });
    expect(error.message).toMatch(/epoch 3, step 8: the loss is NaN; on the reference device, js float32, every value/);
    expect(best).toBeDefined();
    expect(numbers(error.values)).toEqual(numbers(best ?? {}));
  });
});

test("of many short epochs the steps since the state was kept are run again", async () => {
  const epochs = 140;
  let seen = 0;
  const counted = failingAt(js(), 400, () => seen++);
  const { error, best } = await failure({ epochs }, { backend: counted });
  expect(error).toMatchObject({ epoch: 133, step: 399 });
  // The steps of the run, and those again since step 258, which ends the first epoch after 256 steps.
  expect(seen).toBe(400 + (400 - 258));
  expect(numbers(error.values)).toEqual(numbers(best ?? {}));
});

/** The device, whose training step number `wrong` (from 1) answers NaN as its loss. */
function failingAt(device: Backend, wrong: number, seen: () => void = () => {}): Backend {
  return {
    ...device,
    async compile(programs) {
      const executable = await device.compile(programs);
      let steps = 0;
      return {
        description: executable.description,
        async run(program, feeds, noise) {
          const outputs = await executable.run(program, feeds, noise);
          if (!outputs.loss) return outputs;
          steps++;
          seen();
          return steps === wrong ? { ...outputs, loss: Float32Array.of(Number.NaN) } : outputs;
        },
        read: () => executable.read(),
        write: (values) => executable.write(values),
        dispose: () => executable.dispose(),
      };
    },
  };
}

describe("the look for what is not finite", () => {
  const largest = 3.4028234663852886e38;
  const finite = (length: number): Float32Array =>
    Float32Array.from({ length }, (_, i) => (i % 2 ? -largest : largest));

  test("passes finite numbers, however large, and none at all", () => {
    for (let length = 0; length < 12; length++) expect(firstNonFinite({ a: finite(length) })).toBeUndefined();
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "finds %d wherever it stands",
    (value) => {
      for (let length = 1; length < 12; length++) {
        for (let place = 0; place < length; place++) {
          const values = finite(length);
          values[place] = value;
          expect(firstNonFinite({ well: finite(length), values, after: values }), `${place} of ${length}`).toBe(
            "values",
          );
        }
      }
    },
  );
});
