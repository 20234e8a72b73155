/** Sentences about comparisons, by rule: no adjective that the rules don't give. */
import type { Comparison, Word } from "./comparison.ts";
import type { Contrast } from "./contrasts.ts";
import { counted, intervalText, listed, pText, signed } from "./figures.ts";
import { momentText, type Outcome, outcomeText } from "./outcomes.ts";

/** `equivalent within 0.005 (TOST p < 0.001)`. */
export function wordText(
  { word, holmPValue, equivalencePValue, warning }: Comparison,
  { margin }: Pick<Outcome, "margin">,
): string {
  if (warning !== undefined) return `undecided (${warning})`;
  if (word === "equivalent" && equivalencePValue !== null)
    return `equivalent within ${margin} (TOST ${pText(equivalencePValue)})`;
  if (holmPValue === null) return "undecided (one pair: no interval can be given)";
  return `${word} (${pText(holmPValue, "Holm p")})`;
}

/** `+0.0004 macroAuc [-0.0006, +0.0014]`. */
export const differenceText = ({ mean, interval }: Comparison, { metric }: Pick<Outcome, "metric">): string =>
  `${signed(mean)} ${metric} ${interval ? intervalText(interval) : "(no interval)"}`;

/** The contrast in a sentence: over data sets where there are several, else on the one. */
export function contrastSentence({ treatment, reference, outcome, perDataSet, overDataSets }: Contrast): string {
  const subject = `${treatment} - ${reference}, ${momentText(outcome.moment)}`;
  if (overDataSets === null) {
    const [{ data, comparison }] = perDataSet;
    return `${subject}, on ${data}: ${differenceText(comparison, outcome)}: ${wordText(comparison, outcome)}.`;
  }
  const over = `over ${counted(perDataSet.length, "data set")}`;
  return `${subject}: ${differenceText(overDataSets, outcome)} ${over}: ${wordText(overDataSets, outcome)}. ${wordsPerDataSet(perDataSet)}`;
}

/** `Of the data sets alone, 2 are equivalent (a, b) and 1 is undecided (c).` */
export function wordsPerDataSet(perDataSet: Contrast["perDataSet"]): string {
  const order: readonly Word[] = ["better", "worse", "equivalent", "undecided"];
  const parts = order.flatMap((word) => {
    const own = perDataSet.filter(({ comparison }) => comparison.word === word).map(({ data }) => data);
    return own.length === 0 ? [] : [`${own.length} ${own.length === 1 ? "is" : "are"} ${word} (${own.join(", ")})`];
  });
  return `Of the data sets alone, ${listed(parts)}.`;
}

/** Which way is better, where a reader might not know. */
export const directionText = (outcome: Outcome): string => `${outcomeText(outcome)}, ${outcome.direction} is better`;
