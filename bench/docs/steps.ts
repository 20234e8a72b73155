/** Training steps of the models, and how they stand beside PyTorch's. */
import type { PytorchFigure, StepFigure } from "../step/figures.ts";
import type { StepFile } from "./files.ts";
import { number, percent, tableOf } from "./table.ts";

const title = ({ model, shape, features, labels }: PytorchFigure): string => `${model}, ${shape} ${features}-${labels}`;
const optional = (value: number | undefined): string => (value === undefined ? "" : number(value));

/** Of all that was measured for the same model and shape, ours and then PyTorch's. */
function grouped(figures: readonly StepFigure[], pytorch: readonly PytorchFigure[]) {
  return [...new Set([...figures, ...pytorch].map(title))].map((name) => ({
    name,
    own: figures.filter((figure) => title(figure) === name),
    pytorch: pytorch.filter((each) => title(each) === name),
  }));
}

/** Ratios alone: a row for each model and shape, a column for each kind and thread count of wasm. */
function ratios(groups: ReturnType<typeof grouped>): string {
  const compared = groups.flatMap(({ own }) => own).filter(({ pytorchRatio }) => pytorchRatio !== undefined);
  const backends = [...new Set(compared.map(({ backend }) => backend))].filter((name) => name.startsWith("wasm"));
  const rows = groups
    .map(({ name, own }) => [
      name,
      ...backends.map((backend) => optional(own.find((each) => each.backend === backend)?.pytorchRatio)),
    ])
    .filter(([, ...cells]) => cells.some((cell) => cell !== ""));
  return rows.length === 0 ? "Not measured." : tableOf(["time over PyTorch's", ...backends], rows);
}

function ownRow(each: StepFigure): readonly string[] {
  return [
    title(each),
    each.backend,
    `${number(each.wall.min)} / ${number(each.wall.median)} / ${number(each.wall.mad)}`,
    number(each.processor.median),
    number(each.noise),
    number(each.operations / 1e9),
    percent(each.share),
    optional(each.jsRatio),
    optional(each.pytorchRatio),
    `${number(each.building)} + ${number(each.compiling)}`,
  ];
}

function pytorchRow(each: PytorchFigure): readonly string[] {
  const wall = `${number(each.wall.min)} / ${number(each.wall.median)} / ${number(each.wall.mad)}`;
  return [title(each), each.backend, wall, number(each.processor.median), "", "", "", "", "", ""];
}

export function stepSection({ figures, pytorch = [], leftOut }: StepFile): string {
  const groups = grouped(figures, pytorch);
  const out = leftOut.map(({ model, shape, backend, why }) => `${model} ${shape} on ${backend} (${why})`);
  return [
    "Batches of 128 synthetic rows, models at their published sizes, Adam, noise filled on the host, loss and row losses read back.",
    "`share`: the rate of the step's matrix products, as if nothing else were in it, over the backend's own rate at 512^3 in the same turns.",
    "Losses of three steps, on a batch small enough for it, were compared with js in float64 first.",
    "",
    "PyTorch runs modules of our own after the formulas of [models.md](models.md), with the same sharing of work (`bench/step/torch`), from the same",
    "weights, which go across as a state dict, and on the same rows. Its losses are compared like ours, with the same noise; while it is timed the noise is",
    "its own generator's. Ratios are by processor time for one thread, by wall time for several, turn by turn.",
    "",
    "### Beside PyTorch",
    "",
    ratios(groups),
    "",
    "### All of them",
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
        "this / PyTorch",
        "ms to build + compile",
      ],
      groups.flatMap(({ own, pytorch }) => [...own.map(ownRow), ...pytorch.map(pytorchRow)]),
    ),
    "",
    ...(out.length > 0 ? [`Left out: ${out.join("; ")}.`] : []),
  ].join("\n");
}
