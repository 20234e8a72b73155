/** Data sets as arbitraries for the laws of files: any names, numeric and nominal features, dense and sparse. */
import fc from "fast-check";
import type { Dataset, Feature } from "../../src/data/dataset.ts";
import { columnNames, featureCodes, isOneHot, width } from "../../src/data/formats/columns.ts";
import { dense, labelMatrix, toSparse } from "./matrices.ts";

/** Names of every kind: any characters at all, and those that file formats trip over. */
export const name = (): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 6 }),
    fc.string({
      unit: fc.constantFrom(
        "'",
        '"',
        "\\",
        " ",
        ",",
        "{",
        "}",
        "%",
        "?",
        "\n",
        "\t",
        "u",
        "0",
        "é",
        "=",
        "<",
        "&",
        ";",
      ),
    }),
    fc.constantFrom(
      "plain",
      "0",
      "1",
      "?",
      "@data",
      "-C 3",
      "a -C 3 b",
      "\ud800",
      "\u2028",
      "\ufeff",
      "😀",
      "NaN",
      "numeric",
    ),
  );

/** Finite float32, with the special ones. */
const cell = (): fc.Arbitrary<number> =>
  fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, 1, -1, 0.1, 1e-45, 3.4028234663852886e38),
  );

const features = (names: readonly string[]): fc.Arbitrary<Feature[]> =>
  fc.tuple(
    ...names.map((each) =>
      fc.oneof(
        fc.constant<Feature>({ name: each, kind: "numeric" }),
        fc
          .oneof(
            fc.uniqueArray(name(), { minLength: 1, maxLength: 4 }),
            fc.constantFrom(["0", "1"], ["1", "0"], ["NO", "YES"]),
          )
          .map((categories): Feature => ({ name: each, kind: "nominal", categories })),
      ),
    ),
  );

/** The columns of one feature in one row. */
function cells(feature: Feature): fc.Arbitrary<number[]> {
  const { categories } = feature;
  if (categories === undefined) return cell().map((value) => [value]);
  const index = fc.integer({ min: 0, max: categories.length - 1 });
  if (!isOneHot(feature)) return index.map((i) => [featureCodes(categories)[i]]);
  return index.map((i) => categories.map((_, column) => (column === i ? 1 : 0)));
}

/** A well-formed data set as a reader makes it. */
export const dataset = (): fc.Arbitrary<Dataset> =>
  fc
    .record({
      names: fc.uniqueArray(name(), { minLength: 2, maxLength: 8 }),
      labels: fc.integer({ min: 1, max: 4 }),
      rows: fc.integer({ min: 1, max: 5 }),
      sparse: fc.boolean(),
    })
    .chain(({ names, labels, rows, sparse }) => {
      const labelNames = names.slice(-Math.min(labels, names.length - 1));
      const featureNames = names.slice(0, names.length - labelNames.length);
      return features(featureNames).chain((declared) =>
        fc.record({
          declared: fc.constant(declared),
          labelNames: fc.constant(labelNames),
          name: name(),
          sparse: fc.constant(sparse),
          rows: fc.array(fc.tuple(...declared.map(cells)), { minLength: rows, maxLength: rows }),
          labels: fc.array(fc.integer({ min: 0, max: 1 }), {
            minLength: rows * labelNames.length,
            maxLength: rows * labelNames.length,
          }),
        }),
      );
    })
    .map(({ declared, labelNames, name, sparse, rows, labels }) => {
      const columns = declared.reduce((sum, feature) => sum + width(feature), 0);
      const matrix = dense(rows.length, columns, rows.flat(2));
      return {
        name,
        declared,
        featureNames: columnNames(declared),
        features: sparse ? toSparse(matrix) : matrix,
        labelNames,
        labels: labelMatrix(rows.length, labelNames.length, labels),
      };
    });
