/**
 * Every chart once, as a function of its names, its numbers and its width: what the laws and the golden files are asked
 * of.
 */
import { comparisonMatrix } from "../../src/charts/comparison-matrix.ts";
import { criticalDifferenceDiagram } from "../../src/charts/critical-difference.ts";
import { curves } from "../../src/charts/curves.ts";
import { forest } from "../../src/charts/forest.ts";
import { heatmap } from "../../src/charts/heatmap.ts";
import { histogram } from "../../src/charts/histogram.ts";
import { scatter } from "../../src/charts/scatter.ts";
import { smallMultiples } from "../../src/charts/small-multiples.ts";
import { sparkline } from "../../src/charts/sparkline.ts";
import type { VerdictSign } from "../../src/charts/style.ts";
import { waterfall } from "../../src/charts/waterfall.ts";

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

const signs: readonly VerdictSign[] = ["better", "worse", "equivalent", "undecided"];

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
  {
    name: "forest",
    draw: ({ name, value, width }) =>
      forest({
        ...texts(name),
        width,
        xLabel: name(3),
        margin: 0.3,
        rows: indices(5).map((row) => ({
          name: name(4 + row),
          mean: value(row),
          low: row === 2 ? null : value(row) - Math.abs(value(row + 1)) / 3,
          high: row === 2 ? null : value(row) + Math.abs(value(row + 1)) / 3,
          sign: signs[row % signs.length],
          text: name(10 + row),
          total: row === 4,
        })),
      }),
  },
  {
    name: "waterfall",
    draw: ({ name, value, width }) =>
      waterfall({
        ...texts(name),
        width,
        xLabel: name(3),
        start: { name: name(4), value: value(0), text: name(5) },
        steps: indices(4).map((step) => ({
          name: name(6 + step),
          change: value(3 * step + 1) / 3,
          low: step === 1 ? null : value(3 * step + 1) / 3 - 0.1,
          high: step === 1 ? null : value(3 * step + 1) / 3 + 0.1,
          text: name(11 + step),
        })),
        end: { name: name(16), text: name(17) },
      }),
  },
  {
    name: "critical-difference",
    draw: ({ name, value, width }) =>
      criticalDifferenceDiagram({
        ...texts(name),
        width,
        treatments: indices(5).map((index) => ({
          name: name(3 + index),
          rank: 1 + (Math.abs(value(index) * 1e4) % 4),
        })),
        criticalDifference: 1.2,
      }),
  },
  {
    name: "comparison-matrix",
    draw: ({ name, value, width }) =>
      comparisonMatrix({
        ...texts(name),
        width,
        treatments: indices(4).map((index) => name(3 + index)),
        fields: indices(4).map((row) =>
          indices(4).map((column) =>
            row === column
              ? null
              : { sign: signs[(row + column) % 4], texts: [name(8), name(9)], strength: Math.abs(value(row + column)) },
          ),
        ),
      }),
  },
  {
    name: "heatmap",
    draw: ({ name, value, width }) =>
      heatmap({
        ...texts(name),
        width,
        rowLabel: name(3),
        columnLabel: name(4),
        rows: indices(3).map((row) => name(5 + row)),
        columns: indices(4).map((column) => name(9 + column)),
        values: indices(3).map((row) => indices(4).map((column) => (row === column ? null : value(4 * row + column)))),
        signed: true,
      }),
  },
  {
    name: "scatter",
    draw: ({ name, value, width }) =>
      scatter({
        ...texts(name),
        width,
        xLabel: name(3),
        yLabel: name(4),
        groups: [name(5), name(6)],
        references: [{ value: 0, text: name(7) }],
        points: indices(8).map((point) => ({
          x: value(2 * point),
          y: value(2 * point + 1),
          group: point % 2,
          name: name(8 + point),
        })),
        named: true,
      }),
  },
  {
    name: "small-multiples",
    draw: ({ name, value, width }) =>
      smallMultiples({
        ...texts(name),
        width,
        panels: indices(3).map((panel) => ({
          title: name(3 + panel),
          description: name(6 + panel),
          heading: name(9 + panel),
          xLabel: name(12),
          yLabel: name(13),
          series: indices(2).map((line) => ({
            name: name(14 + line),
            points: indices(6).map((x) => ({ x, y: value(panel + 6 * line + x) })),
          })),
        })),
      }),
  },
];
