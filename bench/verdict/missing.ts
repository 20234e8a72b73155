/** What the study asks for and the cells do not have, with the command that runs it. */
import type { Cell } from "../../src/experiment/cell.ts";
import { mean } from "../../src/experiment/statistics/statistics.ts";
import { type Budget, decomposition } from "./cells.ts";
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

export function missing(cells: readonly Cell[]): string {
  const rows = wanted.flatMap(({ model, data, budget, cells: count, words }) => {
    const own = decomposition(cells, model, budget).filter(({ key }) => key.data === data);
    if (own.length >= count) return [];
    const seconds = (
      own.length > 0 ? own : cells.filter(({ key }) => key.data === data && key.model === model)
    ).flatMap(({ run }) => run?.seconds ?? []);
    const hours = seconds.length === 0 ? "-" : ((mean(seconds) * (count - own.length)) / 3600).toFixed(1);
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
