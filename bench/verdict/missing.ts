/** What the study asks for and the cells do not have, with the command that runs it. */
import type { Cell } from "../../src/experiment/cell.ts";
import { mean } from "../../src/experiment/statistics/statistics.ts";
import { estimateRun } from "../../src/training/estimate.ts";
import { type Budget, decomposition } from "./cells.ts";
import type { DataFacts } from "./data.ts";
import { table } from "./tables.ts";

const dataSets = ["emotions", "scene", "yeast", "enron", "cal500", "Corel5k", "rcv1subset1", "yahoo-Arts1"];
const arms = 9;

interface Wanted {
  readonly model: string;
  readonly data: string;
  readonly budget: Budget;
  readonly cells: number;
  /** What is added to the command. */
  readonly words: string;
}

const fast = "--lr 0.001 --epochs 75";
const some = "--only-arms A0,A3,A4,A6,A7 --seeds 1";
const ofModels: readonly (readonly [string, readonly string[]])[] = [
  ["dela", ["scene", "emotions", "yeast", "enron"]],
  ["clif", ["emotions", "scene"]],
  ["paca", ["emotions"]],
  ["mpvae", ["emotions"]],
  ["c2ae", ["emotions"]],
];

const wanted: readonly Wanted[] = [
  ...dataSets.flatMap((data): readonly Wanted[] => [
    { model: "mlp", data, budget: "published", cells: arms * 10, words: "" },
    { model: "mlp", data, budget: "fast", cells: arms * 10, words: fast },
  ]),
  ...ofModels.flatMap(([model, sets]) =>
    sets.map((data): Wanted => ({ model, data, budget: "published", cells: 25, words: `--models ${model} ${some}` })),
  ),
];

export function missing(cells: readonly Cell[], facts: readonly DataFacts[]): string {
  const rows = wanted.flatMap(({ model, data, budget, cells: count, words }) => {
    const own = decomposition(cells, model, budget).filter(({ key }) => key.data === data);
    if (own.length >= count) return [];
    const seconds = secondsOf(own) ?? estimated(model, data, budget, cells, facts);
    const hours = seconds === undefined ? "-" : ((seconds * (count - own.length)) / 3600).toFixed(1);
    return [
      [
        `${model}, ${data}, ${budget}`,
        `${own.length} of ${count}`,
        hours,
        `\`compare ${data} --study verdict ${words}\``.replace(" `", "`"),
      ],
    ];
  });
  return rows.length === 0
    ? "Nothing: every cell of the study is there."
    : table(["", "cells", "hours", "command"], rows);
}

/** Of a cell, on average; undefined where there is none. */
function secondsOf(cells: readonly Cell[]): number | undefined {
  const seconds = cells.flatMap(({ run }) => run?.seconds ?? []);
  return seconds.length === 0 ? undefined : mean(seconds);
}

/** By the operations of a run, as long as those of the same model took on other data, or of any where it never ran. */
function estimated(
  model: string,
  data: string,
  budget: Budget,
  cells: readonly Cell[],
  facts: readonly DataFacts[],
): number | undefined {
  const paces = (["published", "fast"] as const).flatMap((other) =>
    facts.flatMap(({ name }) =>
      ["mlp", ...ofModels.map(([own]) => own)].flatMap((own) => {
        const seconds = secondsOf(decomposition(cells, own, other).filter(({ key }) => key.data === name));
        const operations = operationsOf(own, name, other, facts);
        return seconds && operations ? [{ model: own, pace: seconds / operations }] : [];
      }),
    ),
  );
  const own = paces.filter((pace) => pace.model === model);
  const operations = operationsOf(model, data, budget, facts);
  return operations && paces.length > 0
    ? operations * mean((own.length > 0 ? own : paces).map(({ pace }) => pace))
    : undefined;
}

function operationsOf(model: string, data: string, budget: Budget, facts: readonly DataFacts[]): number | undefined {
  const found = facts.find(({ name }) => name === data);
  if (!found) return undefined;
  const { rows, features, labels, batchSize } = found;
  const sizes = { rows, trainingRows: Math.round(mean(found.trainingRows)), features, labels };
  const epochs = budget === "published" ? 100 : 75;
  return estimateRun(sizes, { model, modelOptions: {}, optimiser: { learningRate: 1e-4 }, epochs, batchSize })
    .operations;
}
