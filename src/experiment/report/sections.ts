/**
 * The sections of a report, 1 to 9, each made by its own file from the same analysis. A section whose data no cell has
 * is left out, and the last section says so and why.
 */

import type { Cell, FailedCell } from "../cell.ts";
import type { CellFigures } from "./cell-figures.ts";
import type { Rules } from "./comparison.ts";
import type { AnalysedStudy } from "./contrasts.ts";
import type { Outcome } from "./outcomes.ts";
import type { Block, Section } from "./page.ts";
import { ablations } from "./section-ablations.ts";
import { convergence } from "./section-convergence.ts";
import { cost } from "./section-cost.ts";
import { drawn } from "./section-drawn.ts";
import { labels } from "./section-labels.ts";
import { overData } from "./section-over-data.ts";
import { question } from "./section-question.ts";
import { smallPrint } from "./section-small-print.ts";
import { pivots } from "./section-tables.ts";
import { verdict } from "./section-verdict.ts";

/** All that sections are made from. */
export interface Analysis {
  readonly cells: readonly Cell[];
  readonly failures: readonly FailedCell[];
  readonly studies: readonly AnalysedStudy[];
  readonly outcomes: readonly Outcome[];
  readonly rules: Rules;
  /** The course of training in each cell, by the first outcome's metric. */
  readonly perCell: readonly CellFigures[];
  readonly notes: readonly string[];
  /** Cells without a result, in words. */
  readonly missing: readonly string[];
  /** Whether times and dates are shown. */
  readonly timings: boolean;
}

/** Blocks, or why there are none. */
export type SectionMaker = (analysis: Analysis) => readonly Block[] | string;

const makers: readonly (readonly [id: string, title: string, maker: SectionMaker])[] = [
  ["question", "The question", question],
  ["data-sets", "Over data sets", overData],
  ["convergence", "Convergence", convergence],
  ["drawn", "What was drawn", drawn],
  ["ablations", "Ablations", ablations],
  ["labels", "Per label", labels],
  ["cost", "Cost", cost],
  ["tables", "Tables", pivots],
];

export function buildSections(analysis: Analysis): readonly Section[] {
  const missing: string[] = [];
  const made = makers.flatMap(([id, title, maker], index) => {
    const blocks = maker(analysis);
    const numbered = `${index + 1} ${title}`;
    if (typeof blocks !== "string") return [{ id, title: numbered, blocks }];
    missing.push(`Section ${numbered} is left out: ${blocks}.`);
    return [];
  });
  return [
    { id: "verdict", title: "Verdict", blocks: verdict(analysis) },
    ...made,
    { id: "small-print", title: `${makers.length + 1} Small print`, blocks: smallPrint(analysis, missing) },
  ];
}
