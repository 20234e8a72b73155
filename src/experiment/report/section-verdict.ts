/**
 * The verdict: what ran, and the leading contrast of each study in a sentence each, by the rules of the last section.
 */
import { newestDate, shapeOf, versionsOf } from "./facts.ts";
import { counted } from "./figures.ts";
import { leading } from "./outcomes.ts";
import type { Block } from "./page.ts";
import type { Analysis } from "./sections.ts";
import { contrastSentence } from "./sentences.ts";
import { armOf, studyName } from "./studies.ts";

export function verdict(analysis: Analysis): readonly Block[] {
  const { cells, studies, outcomes, failures, timings } = analysis;
  const { data, models, treatments, folds, seeds, expected } = shapeOf(analysis);
  const shape = [
    counted(data, "data set"),
    counted(models, "model"),
    counted(treatments, "arm"),
    counted(folds, "fold"),
    counted(seeds, "seed"),
  ].join(" x ");
  const failed = failures.length === 0 ? "" : `, ${failures.length} failed`;
  const date = timings ? newestDate(cells) : undefined;
  const facts = [
    shape,
    `${cells.length} of ${expected + failures.length} cells${failed}`,
    ...versionsOf(cells),
    ...(date === undefined ? [] : [date]),
    ...new Set(cells.map(({ backend }) => backend)),
  ];
  const lead = leading(outcomes);
  const sentences = studies.flatMap(({ study, primary }) =>
    primary
      .filter(({ outcome }) => lead.includes(outcome))
      .map((own) => `${studies.length > 1 ? `${studyName(study)}: ` : ""}${contrastSentence(own)}`),
  );
  const selection = studies.some(({ primary }) =>
    primary.some(({ treatment, reference }) => armOf(treatment) === 6 && armOf(reference) === 4),
  );
  const arms = selection
    ? [
        "A6 is the method, A4 draws every row alike: their difference is selection itself. The other arms are in section 1.",
      ]
    : [];
  const none = "Nothing is compared: the cells are of one sampler with one setting.";
  return [
    { kind: "list", items: facts },
    ...(sentences.length > 0 ? [...sentences, ...arms] : [none]).map((text): Block => ({ kind: "text", text })),
  ];
}
