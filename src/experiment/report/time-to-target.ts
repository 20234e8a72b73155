/** The course of training in numbers: best epoch, late mean, and epochs, steps and seconds to the baseline's end. */
import { mean } from "../statistics/statistics.ts";
import type { CellFigures } from "./cell-figures.ts";
import { figure } from "./figures.ts";
import { groupBy } from "./grouping.ts";
import { type Block, type Entry, entry } from "./page.ts";
import { placeOf } from "./treatments.ts";

/** Means over the cells of each arm. */
export function timeToTarget(cells: readonly CellFigures[], timings: boolean): readonly Block[] {
  if (cells.every(({ bestEpoch, target }) => bestEpoch === null && target === null)) return [];
  const [{ metric, followed }] = cells;
  const place = (cell: CellFigures): string => placeOf({ condition: "", ...cell });
  const arms = [...groupBy(cells, (cell) => JSON.stringify([place(cell), cell.treatment])).values()];
  const rows = arms.map((own): readonly Entry[] => {
    const reached = own.flatMap((cell) => cell.reached ?? []);
    const aimed = own.filter(({ target }) => target !== null);
    return [
      place(own[0]),
      own[0].treatment,
      entry(average(own.map(({ bestEpoch }) => bestEpoch)), (value) => value.toFixed(1)),
      entry(average(own.map(({ lateMean }) => lateMean)), figure),
      aimed.length === 0 ? "-" : `${reached.length} of ${aimed.length}`,
      entry(average(reached.map(({ epoch }) => epoch)), (value) => value.toFixed(1)),
      entry(average(reached.map(({ steps }) => steps)), (value) => value.toFixed(0)),
      ...(timings ? [entry(average(reached.map(({ seconds }) => seconds)), (value) => value.toFixed(1))] : []),
    ];
  });
  const right = (title: string) => ({ title, align: "right" as const });
  return [
    {
      kind: "table",
      id: "time-to-target",
      title: "Best epoch and time to target",
      table: {
        columns: [
          { title: "data set" },
          { title: "arm" },
          right("best epoch"),
          right("late mean"),
          right("reach it"),
          right("epochs"),
          right("steps"),
          ...(timings ? [right("seconds")] : []),
        ],
        rows,
        note:
          `Best epoch: the first of best validation score by the criterion, from 1, among those that the file has. Late mean and target are of ${metric} (${followed}); the target is ` +
          "the baseline's late mean for the same fold and seed. Means over the cells of an arm; epochs, steps and seconds over those that reach it. " +
          "Each cell's own numbers: --format json, under cells.",
      },
    },
  ];
}

/** Undefined where a value is missing: a mean of the others would be of something else. */
function average(values: readonly (number | null | undefined)[]): number | undefined {
  const numbers = values.filter((value) => typeof value === "number");
  return numbers.length > 0 && numbers.length === values.length ? mean(numbers) : undefined;
}
