import { describe, expect, test } from "vitest";
import type { LabelMatrix } from "../../src/data/dataset.ts";
import {
  macroAuc,
  macroAucPaper,
  macroAveragePrecision,
  microAuc,
  microAveragePrecision,
} from "../../src/metrics/curves.ts";
import { hammingLoss, subsetAccuracy } from "../../src/metrics/decisions.ts";
import { metricNames, metrics } from "../../src/metrics/metrics.ts";
import {
  coverageError,
  labelRankingAveragePrecision,
  oneError,
  rankingLoss,
  rankingLossPaper,
} from "../../src/metrics/ranking.ts";
import {
  complementsUnderExchange,
  equalsDefinition,
  ignoresExchangeWithNegation,
  ignoresMonotoneTransforms,
  ignoresOrder,
  ignoresWidth,
  type Metric,
  ordersPerfectAndWorst,
  staysWithin,
} from "./laws.ts";
import { naiveMetrics } from "./naive.ts";

const thresholdFree = {
  macroAuc,
  microAuc,
  macroAveragePrecision,
  microAveragePrecision,
  macroAucPaper,
  rankingLoss,
  rankingLossPaper,
  labelRankingAveragePrecision,
  coverageError,
} as const;
const names = [
  "macroAuc",
  "microAuc",
  "macroAveragePrecision",
  "microAveragePrecision",
  "macroAucPaper",
  "rankingLoss",
  "rankingLossPaper",
  "labelRankingAveragePrecision",
  "coverageError",
] as const satisfies readonly (keyof typeof thresholdFree)[];

const named =
  (name: (typeof metricNames)[number]): Metric =>
  (labels, scores) =>
    metrics(labels, scores)[name];

describe.each(names)("%s", (name) => {
  test("equals its definition over all pairs", () => {
    equalsDefinition(thresholdFree[name], (given) => naiveMetrics(given)[name]);
  });
  test("depends on the order of the scores alone", () => ignoresMonotoneTransforms(thresholdFree[name]));
});

test("one-error depends on the order of the scores alone", () => ignoresMonotoneTransforms(oneError));

describe.each(metricNames)("%s", (name) => {
  test("ignores the order of rows and labels", () => ignoresOrder(named(name), name !== "oneError"));
  test("is the same for scores of 32 and 64 bits", () => ignoresWidth(named(name)));
  test("stays within its bounds", () => {
    staysWithin(named(name), 0, ({ columns }) => (name === "coverageError" ? columns : 1));
  });
});

describe("exchanging the classes", () => {
  test.each([macroAuc, microAuc])("complements %o", (metric) => complementsUnderExchange(metric));
  test.each([macroAuc, microAuc, macroAucPaper, rankingLoss, rankingLossPaper])(
    "and the sign of the scores leaves %o",
    (metric) => ignoresExchangeWithNegation(metric),
  );
});

describe("perfect and worst scores", () => {
  const positives = ({ values }: LabelMatrix): number => values.reduce((sum, value) => sum + value, 0);
  const mixed = (labels: LabelMatrix): boolean => positives(labels) > 0 && positives(labels) < labels.values.length;
  const rowsOf = ({ rows, columns, values }: LabelMatrix): readonly Uint8Array[] =>
    Array.from({ length: rows }, (_, row) => values.subarray(row * columns, (row + 1) * columns));
  const share = (labels: LabelMatrix, test: (row: Uint8Array) => boolean): number =>
    rowsOf(labels).filter(test).length / labels.rows;

  test("micro-AUC", () =>
    ordersPerfectAndWorst(
      microAuc,
      (y) => (mixed(y) ? 1 : null),
      (y) => (mixed(y) ? 0 : null),
    ));
  test("average precision is at worst the mean precision of positives below all negatives", () =>
    ordersPerfectAndWorst(
      microAveragePrecision,
      (y) => (mixed(y) ? 1 : null),
      (y) => (mixed(y) ? positives(y) / y.values.length : null),
    ));
  test("Hamming loss", () =>
    ordersPerfectAndWorst(
      hammingLoss,
      () => 0,
      () => 1,
    ));
  test("subset accuracy", () =>
    ordersPerfectAndWorst(
      subsetAccuracy,
      () => 1,
      () => 0,
    ));
  test("ranking loss", () =>
    ordersPerfectAndWorst(
      rankingLoss,
      () => 0,
      (y) => share(y, (row) => row.includes(0) && row.includes(1)),
    ));
  test("one-error", () =>
    ordersPerfectAndWorst(
      oneError,
      (y) => share(y, (row) => !row.includes(1)),
      (y) => share(y, (row) => row.includes(0)),
    ));
  test("coverage error", () =>
    ordersPerfectAndWorst(
      coverageError,
      (y) => positives(y) / y.rows,
      (y) => share(y, (row) => row.includes(1)) * y.columns,
    ));
});

describe("negative controls: the laws catch", () => {
  const caught = (law: () => void) => expect(law).toThrow();
  const byIndex: Metric = (labels, scores) =>
    labels.values[0] * 0.5 + (scores[0] > scores[labels.columns - 1] ? 0.1 : 0);
  const byValue: Metric = (labels, scores) =>
    Array.from(scores, Math.atan).reduce((sum, score, entry) => sum + score * labels.values[entry], 0);

  test("ties counted as right", () => {
    caught(() => equalsDefinition(macroAucPaper, (given) => naiveMetrics(given).macroAuc));
    caught(() => complementsUnderExchange(macroAucPaper));
  });
  test("ties broken by position", () => {
    const unstable: Metric = (labels, scores) =>
      microAuc(
        labels,
        Float64Array.from(scores, (score, entry) => score + entry * 1e-9),
      );
    caught(() => equalsDefinition(unstable, (given) => naiveMetrics(given).microAuc));
    caught(() => ignoresOrder(unstable, true));
  });
  test("values read where only order counts", () => caught(() => ignoresMonotoneTransforms(byValue)));
  test("rows told apart by their index", () => caught(() => ignoresOrder(byIndex, false)));
  test("labels told apart by their index", () => {
    const byLabel: Metric = ({ columns, values }) => values.reduce((sum, y, entry) => sum + y * (entry % columns), 0);
    caught(() => ignoresOrder(byLabel, true));
  });
  test("an area that isn't symmetric", () => caught(() => ignoresExchangeWithNegation(microAveragePrecision)));
  test("another path for narrow scores", () => {
    caught(() => ignoresWidth((labels, scores) => (scores instanceof Float32Array ? 0 : oneError(labels, scores))));
  });
  test("a value out of bounds", () => caught(() => staysWithin(coverageError, 0, () => 1)));
  test("the wrong end called best", () =>
    caught(() =>
      ordersPerfectAndWorst(
        hammingLoss,
        () => 1,
        () => 0,
      ),
    ));
});
