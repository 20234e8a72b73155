/**
 * The least that an epoch's last batch leaves to do where a rule hangs on all rows: with everything known that could
 * have been made before (the order of the rows, the labels' weights, the exponentials), each row's weight is still
 * another one, and so is each sum of the tree.
 */
import { Random } from "../../src/random.ts";
import { Powers } from "../../src/samplers/draw/powers.ts";
import { minmaxWeights } from "../../src/samplers/draw/quantize.ts";
import { RowOrder } from "../../src/samplers/draw/row-order.ts";
import { SumTree } from "../../src/samplers/draw/sum-tree.ts";

/** The measured work by sampler, over `rows` rows with `columns` labels. */
export function leastEnds(rows: number, columns: number): Readonly<Record<string, () => void>> {
  const random = new Random(5);
  const tree = new SumTree(rows, 1);
  const powers = new Powers(rows);
  powers.expect(8);
  powers.advance(rows + 1);
  const losses = Float32Array.from({ length: rows }, () => random.uniform());
  const order = new RowOrder(rows).ascending(losses);
  const matrix = Float64Array.from({ length: rows * columns }, () => random.uniform());
  const labelWeights = Float64Array.from({ length: columns }, () => random.uniform());
  const scores = new Float64Array(rows);
  const byScores = (): void => {
    for (let row = 0; row < rows; row++) {
      let score = 0;
      for (let j = 0; j < columns; j++) score += matrix[row * columns + j] * labelWeights[j];
      scores[row] = score;
    }
    minmaxWeights(scores, powers, tree.weights);
  };
  return {
    onlineBatch: () => {
      const { weights } = tree;
      for (let place = 0; place < rows; place++) weights[order[place]] = powers.of(rows - place);
      tree.rebuild();
    },
    uncertainty: () => {
      byScores();
      tree.rebuild();
    },
    // Two tables, one after the other.
    d2ace: () => {
      byScores();
      byScores();
      tree.rebuild();
    },
  };
}
