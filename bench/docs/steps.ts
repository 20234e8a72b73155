/** Training steps of the models. */
import type { StepFile } from "./files.ts";
import { number, percent, tableOf } from "./table.ts";

export function stepSection({ figures, leftOut }: StepFile): string {
  const rows = figures.map((each) => [
    `${each.model}, ${each.shape} ${each.features}-${each.labels}`,
    each.backend,
    `${number(each.wall.min)} / ${number(each.wall.median)} / ${number(each.wall.mad)}`,
    number(each.processor.median),
    number(each.noise),
    number(each.operations / 1e9),
    percent(each.share),
    each.jsRatio === undefined ? "" : number(each.jsRatio),
    `${number(each.building)} + ${number(each.compiling)}`,
  ]);
  const out = leftOut.map(({ model, shape, backend, why }) => `${model} ${shape} on ${backend} (${why})`);
  return [
    "Batches of 128 synthetic rows, models at their published sizes, Adam, noise filled on the host, loss and row losses read back.",
    "`share`: the rate of the step's matrix products, as if nothing else were in it, over the backend's own rate at 512^3 in the same turns.",
    "Losses of three steps, on a batch small enough for it, were compared with js in float64 first.",
    "",
    tableOf(
      [
        "model, shape",
        "backend",
        "ms min / median / MAD",
        "processor ms",
        "of it noise",
        "GFLOP",
        "share",
        "js / this",
        "ms to build + compile",
      ],
      rows,
    ),
    "",
    ...(out.length > 0 ? [`Left out for their time: ${out.join("; ")}.`] : []),
  ].join("\n");
}
