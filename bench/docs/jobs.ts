/** Whole jobs beside the published loop in PyTorch. */
import type { JobFile } from "./files.ts";
import { number, tableOf } from "./table.ts";

export function jobSection({ figures, leftOut }: JobFile): string {
  const parts = (spent: Readonly<Record<string, number>>): string =>
    Object.entries(spent)
      .map(([part, seconds]) => `${part} ${number(seconds)}`)
      .join(", ");
  const [first] = figures;
  const epochs = figures.map((figure) => figure.epochs);
  const fewer =
    Math.min(...epochs) < Math.max(...epochs)
      ? " Jobs that take too long have fewer epochs, on both sides: what comes before the first step, which is our strong side, weighs more there."
      : "";
  return [
    first ? `${first.ours.description} beside ${first.pytorch.description}.${fewer}` : "Nothing was measured.",
    "",
    tableOf(
      [
        "job",
        "epochs",
        "ours, s",
        "PyTorch, s",
        "ours / PyTorch",
        "processor",
        "first loss",
        "macro-AUC",
        "ours, seconds by part",
        "PyTorch's",
      ],
      figures.map(({ set, model, epochs, ours, pytorch, wall, processor }) => [
        `${set}, ${model}`,
        String(epochs),
        number(ours.wall.median / 1000),
        number(pytorch.wall.median / 1000),
        number(wall),
        number(processor),
        `${ours.firstLoss.toPrecision(5)}, ${pytorch.firstLoss.toPrecision(5)}`,
        `${ours.macroAuc.toFixed(3)}, ${pytorch.macroAuc.toFixed(3)}`,
        parts(ours.spent),
        parts(pytorch.spent),
      ]),
    ),
    "",
    ...(leftOut.length > 0 ? [`Left out: ${leftOut.join("; ")}.`] : []),
  ].join("\n");
}
