/** Every chart once, as a function of its names, its numbers and its width: what the laws and the golden files are asked of. */
import { curves } from "../../src/charts/curves.ts";
import { histogram } from "../../src/charts/histogram.ts";
import { sparkline } from "../../src/charts/sparkline.ts";

export interface ChartInput {
  /** The n-th name. */
  readonly name: (index: number) => string;
  /** The n-th number. */
  readonly value: (index: number) => number;
  readonly width: number;
}

export interface ChartSubject {
  readonly name: string;
  readonly draw: (input: ChartInput) => string;
}

const indices = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const texts = (name: ChartInput["name"]) => ({ title: name(0), description: name(1), heading: name(2) });

export const chartSubjects: readonly ChartSubject[] = [
  {
    name: "curves",
    draw: ({ name, value, width }) =>
      curves({
        ...texts(name),
        width,
        xLabel: name(3),
        yLabel: name(4),
        references: [{ value: value(0), text: name(5) }],
        series: indices(3).map((line) => ({
          name: name(6 + line),
          points: indices(12).map((x) => {
            const y = value(12 * line + x);
            return { x, y, low: y - Math.abs(value(x)) / 5, high: y + Math.abs(value(x)) / 5 };
          }),
        })),
      }),
  },
  {
    name: "histogram",
    draw: ({ name, value, width }) =>
      histogram({
        ...texts(name),
        width,
        xLabel: name(3),
        yLabel: name(4),
        bins: indices(10).map((bin) => ({ low: bin / 5, high: (bin + 1) / 5, count: Math.abs(value(bin)) })),
        bounds: [
          { value: 0.5, text: name(5) },
          { value: 1.9, text: name(6) },
        ],
      }),
  },
  {
    name: "sparkline",
    draw: ({ name, value }) => sparkline({ title: name(0), description: name(1), values: indices(20).map(value) }),
  },
];
