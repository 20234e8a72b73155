/** Cells for the tests of this folder: one by hand, a grid of them, and arbitrary ones. */
import fc from "fast-check";
import { type Cell, type CellKey, type CellRecord, type FailedCell, failureKinds } from "../../src/experiment/cell.ts";
import { number } from "../arbitraries.ts";

export const cellOf = (
  key: Partial<CellKey>,
  metrics: Cell["metrics"],
  more: Partial<Omit<Cell, "key" | "metrics">> = {},
): Cell => ({
  key: { data: "emotions", fold: 0, seed: 1, model: "mlp", sampler: "uniform", ...key },
  settings: { epochs: 10 },
  backend: "js",
  metrics,
  history: [],
  ...more,
});

/** Every sampler at every fold and seed, with the value that the function gives. */
export function grid(
  value: (at: { sampler: string; fold: number; seed: number; data: string }) => number | null,
  { samplers = ["uniform", "adaptive"], folds = 5, seeds = [1], data = ["emotions"] } = {},
): readonly Cell[] {
  return data.flatMap((data) =>
    Array.from({ length: folds }, (_, fold) =>
      seeds.flatMap((seed) =>
        samplers.map((sampler) => {
          const at = { sampler, fold, seed, data };
          return cellOf(at, { macroAuc: value(at), hammingLoss: 0.2 });
        }),
      ),
    ).flat(),
  );
}

/** JSON values without -0, which JSON prints as 0. */
const json = fc.jsonValue({ maxDepth: 2 }).map((value): unknown => JSON.parse(JSON.stringify(value)));
/** Names that the reader leaves out, because they mean something to JavaScript. */
const reserved = ["__proto__", "prototype", "constructor"];
const name = fc.string().filter((text) => !reserved.includes(text));
const measured = fc.dictionary(name, fc.option(number(-10, 10).map((value) => value + 0)), { maxKeys: 3 });

export const anyCell: fc.Arbitrary<Cell> = fc.record(
  {
    key: fc.record({
      data: fc.string(),
      fold: fc.nat(20),
      seed: fc.integer(),
      model: fc.string(),
      sampler: fc.string(),
    }),
    settings: fc.dictionary(name, json, { maxKeys: 4 }),
    backend: fc.string(),
    metrics: measured,
    history: fc.array(
      fc.record(
        { epoch: fc.nat(), loss: number(0, 9).map((value) => value + 0), validation: measured, sampler: measured },
        { requiredKeys: ["epoch", "loss", "validation"] },
      ),
      { maxLength: 2 },
    ),
    rows: fc.record({ train: fc.nat(), validation: fc.nat(), test: fc.nat() }),
    arm: fc.record({ name: fc.string(), place: fc.nat(9) }),
    run: fc.record(
      {
        version: fc.string(),
        numerics: fc.nat(9),
        date: fc.string(),
        seconds: number(0, 100).map((value) => value + 0),
      },
      { requiredKeys: ["version", "numerics"] },
    ),
  },
  { requiredKeys: ["key", "settings", "backend", "metrics", "history"], noNullPrototype: true },
);

const anyFailed: fc.Arbitrary<FailedCell> = fc
  .tuple(anyCell, fc.record({ kind: fc.constantFrom(...failureKinds), message: fc.string() }))
  .map(([{ key, settings, backend }, failure]) => ({ key, settings, backend, failure }));

export const anyRecord: fc.Arbitrary<CellRecord> = fc.oneof(anyCell, anyFailed);
