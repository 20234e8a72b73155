/** What a step benchmark finds for each model, shape and backend, and one line of each for the terminal. */
import type { Summary } from "../timing/interleave.ts";

/** A step of anybody. */
export interface PytorchFigure {
  readonly model: string;
  readonly shape: string;
  readonly features: number;
  readonly labels: number;
  /** What really ran. */
  readonly backend: string;
  readonly threads: number;
  readonly wall: Summary;
  readonly processor: Summary;
  /** Largest relative difference of a loss from js in float64. */
  readonly difference: number;
}

/** A step of ours. */
export interface StepFigure extends PytorchFigure {
  /** Milliseconds of a step that go into filling noise on the host. */
  readonly noise: number;
  /** Milliseconds to build the graph and to compile it. */
  readonly building: number;
  readonly compiling: number;
  /** Operations of the matrix products. */
  readonly operations: number;
  /** Their rate over that of the backend's 512^3, as if nothing else were in the step. */
  readonly share: number;
  /** Time of js over this, by processor time for one thread. */
  readonly jsRatio?: number;
  /** Time of this over PyTorch's with as many threads, by processor time for one, by wall time for several. */
  readonly pytorchRatio?: number;
}

export interface LeftOut {
  readonly model: string;
  readonly shape: string;
  readonly backend: string;
  readonly why: string;
}

const number = (value: number): string => value.toPrecision(3).padStart(7);

export function print(figure: StepFigure | PytorchFigure): void {
  const { model, shape, backend, wall, processor, difference } = figure;
  const own =
    "share" in figure
      ? [
          `noise ${number(figure.noise)} ms, ${number(figure.operations / 1e9)} GFLOP at ${(100 * figure.share).toFixed(0)}%`,
          `compiled in ${number(figure.compiling)} ms`,
          ...(figure.jsRatio === undefined ? [] : [`js ${figure.jsRatio.toFixed(1)} times that`]),
          ...(figure.pytorchRatio === undefined ? [] : [`${figure.pytorchRatio.toFixed(2)} times PyTorch`]),
        ]
      : [];
  const times = `median ${number(wall.median)} min ${number(wall.min)} processor ${number(processor.median)} ms`;
  console.log(
    `${`${model} ${shape}`.padEnd(16)} ${backend.padEnd(38)} ${[times, ...own, `within ${difference.toExponential(0)}`].join(", ")}`,
  );
}
