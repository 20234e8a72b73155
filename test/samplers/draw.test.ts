import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alpha } from "../../src/laws/chi-square.ts";
import { Random } from "../../src/random.ts";
import { MaximumTree } from "../../src/samplers/draw/maximum-tree.ts";
import { NextTree } from "../../src/samplers/draw/next-tree.ts";
import { putBack, SumTree, takeDistinct } from "../../src/samplers/draw/sum-tree.ts";
import { runs, seed } from "../arbitraries.ts";
import { chiSquare } from "./chi-square.ts";

/** Rows from left to right as the tree holds them: the deepest leaves come first. */
function leftToRight(rows: number): number[] {
  const deepest = 2 ** Math.ceil(Math.log2(rows));
  const leaves = Array.from({ length: rows }, (_, i) => rows + i);
  const below = leaves.filter((node) => node >= deepest);
  const above = leaves.filter((node) => node < deepest);
  return (below.length === rows ? leaves : [...below, ...above]).map((node) => node - rows);
}

/** The row at which the running sum passes the target. */
function scan(weights: readonly number[], order: readonly number[], target: number): number {
  let rest = target;
  for (const row of order) {
    if (rest < weights[row]) return row;
    rest -= weights[row];
  }
  throw new Error("the target is beyond the total");
}

const treeOf = (weights: readonly number[]): SumTree => {
  const tree = new SumTree(weights.length);
  weights.forEach((weight, row) => {
    tree.set(row, weight);
  });
  return tree;
};

const draw = (tree: SumTree, random: Random, size: number): Int32Array => {
  const batch = new Int32Array(size);
  const taken = new Float64Array(size);
  takeDistinct(tree, random, batch, taken);
  putBack(tree, batch, taken);
  return batch;
};

describe("the tree of the next epoch", () => {
  /** Weights that change while the tree is made in parts; what the tree then draws by, and the weights. */
  function madeInParts(each: number, rows: number, forgetful: boolean) {
    const random = new Random(each);
    const weight = (): number => 10 ** (30 * random.uniform() - 15);
    const weights = Array.from({ length: rows }, weight);
    const tree = new SumTree(rows, 1);
    const next = new NextTree(rows);
    for (let epoch = 0; epoch < 2; epoch++) {
      for (let change = 0; change < 3 * rows; change++) {
        const row = random.integer(rows);
        weights[row] = weight();
        if (!(forgetful && change === 3 * rows - 1)) next.set(row, weights[row]);
        next.advance(random.integer(3), (other) => weights[other]);
      }
      next.exchange(tree, (other) => weights[other]);
    }
    return { tree, fresh: treeOf(weights), random };
  }

  test("is that of the weights, bit for bit, however it was made", () => {
    fc.assert(
      fc.property(seed(), fc.integer({ min: 1, max: 70 }), (each, rows) => {
        const { tree, fresh, random } = madeInParts(each, rows, false);
        expect([...tree.weights]).toEqual([...fresh.weights]);
        expect(tree.total).toBe(fresh.total);
        for (let look = 0; look < 20; look++) {
          const uniform = random.uniform();
          expect(tree.find(uniform)).toBe(fresh.find(uniform));
        }
      }),
      runs(60),
    );
  });

  test("a change that it does not hear of is seen", () => {
    const { tree, fresh } = madeInParts(3, 20, true);
    expect([...tree.weights]).not.toEqual([...fresh.weights]);
  });
});

describe("the sum tree", () => {
  test("equals a linear scan through a million updates and look-ups, without drift", () => {
    const random = new Random(1);
    for (const rows of [1, 2, 3, 7, 16, 33]) {
      const order = leftToRight(rows);
      const tree = new SumTree(rows);
      const weights = new Array<number>(rows).fill(0);
      for (let operation = 0; operation < 170_000; operation++) {
        const row = random.integer(rows);
        // Whole numbers are summed exactly, in whatever order.
        weights[row] = random.integer(4) * random.integer(1000);
        tree.set(row, weights[row]);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        if (tree.total !== total) expect.fail(`total ${tree.total}, expected ${total}`);
        const uniform = random.integer(4096) / 4096;
        if (total === 0) continue;
        const expected = scan(weights, order, uniform * total);
        if (tree.find(uniform) !== expected) expect.fail(`row ${tree.find(uniform)}, expected ${expected}`);
      }
    }
  });

  test("is the same, bit for bit, whatever came before, also over 600 orders of magnitude", () => {
    fc.assert(
      fc.property(seed(), fc.integer({ min: 1, max: 100 }), (each, rows) => {
        const random = new Random(each);
        const worn = new SumTree(rows, 1);
        for (let operation = 0; operation < 2000; operation++) {
          worn.set(random.integer(rows), 10 ** (600 * random.uniform() - 300));
        }
        const fresh = treeOf([...worn.weights]);
        expect(worn.total).toBe(fresh.total);
        draw(worn, random, rows);
        expect(worn.total).toBe(fresh.total);
        for (let look = 0; look < 50; look++) {
          const uniform = random.uniform();
          expect(worn.find(uniform)).toBe(fresh.find(uniform));
        }
      }),
      runs(20),
    );
  });

  test("never finds a row without weight", () => {
    fc.assert(
      fc.property(seed(), fc.integer({ min: 1, max: 50 }), (each, rows) => {
        const random = new Random(each);
        const weights = Array.from({ length: rows }, () =>
          random.integer(3) === 0 ? 10 ** (30 * random.uniform()) : 0,
        );
        weights[random.integer(rows)] = 5e-324;
        const tree = treeOf(weights);
        for (const uniform of [0, 0.5, 1 - 2 ** -53, random.uniform()]) {
          expect(weights[tree.find(uniform)]).toBeGreaterThan(0);
        }
      }),
      runs(200),
    );
  });

  test.each([-1, Number.NaN, Infinity])("refuses the weight %s", (weight) => {
    expect(() => new SumTree(3).set(1, weight)).toThrow(/selection weight .* of row 1: expected a finite number/);
  });
});

describe("the tree of maxima", () => {
  test("equals a scan while values rise and fall a million times", () => {
    const random = new Random(2);
    for (const rows of [1, 2, 5, 16, 31]) {
      const tree = new MaximumTree(rows);
      const values = new Array<number>(rows).fill(0);
      for (let operation = 0; operation < 200_000; operation++) {
        const row = random.integer(rows);
        values[row] = random.integer(100);
        tree.set(row, values[row]);
        if (tree.maximum !== Math.max(...values)) expect.fail(`maximum ${tree.maximum} of ${values}`);
      }
    }
  });
});

describe("draws without replacement", () => {
  test("one row", () => {
    expect([...draw(new SumTree(1, 3), new Random(1), 1)]).toEqual([0]);
  });

  test("all weights 0 but one: that one, and a batch of two is refused and leaves the tree as it was", () => {
    const tree = treeOf([0, 0, 7, 0]);
    expect([...draw(tree, new Random(1), 1)]).toEqual([2]);
    expect(() => draw(tree, new Random(1), 2)).toThrow(
      "a batch of 2 distinct rows: only 1 rows have a selection weight above 0",
    );
    expect([...tree.weights]).toEqual([0, 0, 7, 0]);
  });

  test("as many rows as there are come in some order", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), { minLength: 1, maxLength: 40 }),
        seed(),
        (weights, each) => {
          const batch = draw(treeOf(weights), new Random(each), weights.length);
          expect([...batch].sort((a, b) => a - b)).toEqual([...weights.keys()]);
        },
      ),
      runs(100),
    );
  });

  test("weights from 1e-300 to 1e300 come largest first", () => {
    const weights = Array.from({ length: 13 }, (_, i) => 10 ** (50 * ((i * 5) % 13) - 300));
    const bySize = [...weights.keys()].sort((a, b) => weights[b] - weights[a]);
    for (let each = 0; each < 20; each++) {
      expect([...draw(treeOf(weights), new Random(each), 13)]).toEqual(bySize);
    }
  });

  test("weights whose sum is beyond the largest double are refused", () => {
    expect(() => draw(treeOf([1e308, 1e308, 1]), new Random(1), 1)).toThrow(/sum to Infinity/);
  });

  test("ordered triples of six come as often as successive draws say", () => {
    const weights = [1, 1e6, 3, 0.5, 40, 8e5];
    const p = weights.map((weight) => weight / weights.reduce((sum, weight) => sum + weight));
    const triples = p.flatMap((_, i) =>
      p.flatMap((__, j) => p.flatMap((___, k) => (i === j || j === k || i === k ? [] : [[i, j, k]]))),
    );
    const exact = triples.map(([i, j, k]) => (((p[i] * p[j]) / (1 - p[i])) * p[k]) / (1 - p[i] - p[j]));
    const counts = new Map(triples.map((triple) => [triple.join(), 0]));
    const tree = treeOf(weights);
    const random = new Random(3);
    for (let t = 0; t < 50_000; t++) {
      const key = draw(tree, random, 3).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(120);
    expect(chiSquare([...counts.values()], exact)).toBeGreaterThan(alpha);
  });

  test("a thousand rows come as often as their weights say; uniform counts would be noticed", () => {
    const weights = Array.from({ length: 1000 }, (_, i) => 64 ** (i / 1000));
    const total = weights.reduce((sum, weight) => sum + weight);
    const tree = treeOf(weights);
    const random = new Random(4);
    const counts = new Array<number>(1000).fill(0);
    for (let t = 0; t < 200_000; t++) counts[tree.find(random.uniform())]++;
    expect(
      chiSquare(
        counts,
        weights.map((weight) => weight / total),
      ),
    ).toBeGreaterThan(alpha);
    expect(chiSquare(counts, new Array<number>(1000).fill(1e-3))).toBeLessThan(alpha);
  });

  test("inclusion probabilities by enumeration: ten thousand batches of three of five", () => {
    const p = [0.4, 0.3, 0.15, 0.1, 0.05];
    const inclusion = new Array<number>(5).fill(0);
    const visit = (chosen: readonly number[], product: number, rest: number): void => {
      if (chosen.length === 3) for (const row of chosen) inclusion[row] += product;
      else
        p.forEach((each, row) => {
          if (!chosen.includes(row)) visit([...chosen, row], (product * each) / rest, rest - each);
        });
    };
    visit([], 1, 1);
    expect(inclusion.reduce((sum, each) => sum + each)).toBeCloseTo(3, 12);
    const tree = treeOf(p);
    const random = new Random(5);
    const counts = new Array<number>(5).fill(0);
    for (let t = 0; t < 10_000; t++) for (const row of draw(tree, random, 3)) counts[row]++;
    counts.forEach((count, row) => {
      // Drawn or not is one coin a batch: a chi-square test of two categories for each row.
      expect(chiSquare([count, 10_000 - count], [inclusion[row], 1 - inclusion[row]])).toBeGreaterThan(alpha);
    });
  });
});
