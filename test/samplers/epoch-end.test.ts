/**
 * What spares the batch that ends an epoch a long pass: each part against the plain computation over all rows, bit for
 * bit, and against one that misses a change.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/random.ts";
import { Extremes } from "../../src/samplers/draw/extremes.ts";
import { Powers } from "../../src/samplers/draw/powers.ts";
import { Quantile } from "../../src/samplers/draw/quantile.ts";
import { minmaxWeights } from "../../src/samplers/draw/quantize.ts";
import { SumTree } from "../../src/samplers/draw/sum-tree.ts";
import { NextWeights } from "../../src/samplers/frame/next-weights.ts";
import { Observations } from "../../src/samplers/frame/observations.ts";
import { MutualInformation } from "../../src/samplers/rivals/mutual-information.ts";
import { runs, seed } from "../arbitraries.ts";

test("the oldest and the mean of the times of observation are those of all rows; a time not heard of is seen", () => {
  for (const rows of [1, 1023, 1024, 1025, 5000]) {
    const random = new Random(rows);
    const observations = new Observations(rows);
    for (let time = 1; time <= 120; time++) {
      const batch = Int32Array.from({ length: 1 + random.integer(rows) }, () => random.integer(rows));
      observations.observed(batch, time);
      const { times } = observations;
      expect(observations.mean).toBe(times.reduce((sum, one) => sum + one, 0) / rows);
      if (random.integer(4) === 0)
        expect(observations.oldest()).toBe(times.reduce((least, one) => Math.min(least, one)));
      if (time === 60) observations.restart();
    }
    observations.times[0] += 1;
    const sum = observations.times.reduce((total, one) => total + one, 0);
    expect(observations.mean).not.toBe(sum / rows);
  }
});

describe("a quantile without a sort", () => {
  /** By the definition, with all of them in order. */
  function sorted(values: Float64Array, share: number): number {
    if (values.length === 0) return 0;
    const inOrder = values.slice().sort();
    const place = share * (values.length - 1);
    const low = Math.floor(place);
    const high = Math.min(values.length - 1, low + 1);
    return inOrder[low] + (place - low) * (inOrder[high] - inOrder[low]);
  }
  const some = fc.array(
    fc.record({
      value: fc.oneof(
        fc.constantFrom(0, 1, 1.0001, 1.06, 2, 2 ** -1074, 1e300),
        fc.double({ min: 0, max: 1e300, noNaN: true }),
      ),
      chosen: fc.boolean(),
    }),
    { minLength: 1, maxLength: 80 },
  );

  test("is that of the definition, bit for bit, of the rows that count, however often they change", () => {
    fc.assert(
      fc.property(some, some, fc.constantFrom(0, 0.05, 0.5, 0.95, 1), (rows, changes, share) => {
        const numbers = Float64Array.from(rows, ({ value }) => value);
        const chosen = rows.map((row) => row.chosen);
        const quantile = new Quantile(numbers);
        const update = (row: number): void => {
          if (chosen[row]) quantile.update(row);
        };
        const check = (): void => {
          const those = numbers.filter((_, row) => chosen[row]);
          expect(quantile.of(share)).toBe(sorted(those, share));
        };
        for (let row = 0; row < rows.length; row++) update(row);
        check();
        for (const [k, change] of changes.entries()) {
          const row = k % rows.length;
          numbers[row] = change.value;
          chosen[row] ||= change.chosen;
          update(row);
        }
        check();
        quantile.clear();
        expect(quantile.of(share)).toBe(0);
        for (let row = 0; row < rows.length; row++) update(row);
        check();
      }),
      runs(200),
    );
  });

  test("a row that it is not told of is seen", () => {
    const numbers = Float64Array.of(1, 2, 3, 4);
    const quantile = new Quantile(numbers);
    for (const row of [0, 1, 2]) quantile.update(row);
    expect(quantile.of(1)).toBe(3);
    expect(quantile.of(1)).not.toBe(sorted(numbers, 1));
  });
});

test("extremes are those of all numbers, whichever change; a change that is not heard of is seen", () => {
  const random = new Random(3);
  for (const count of [1, 2, 63, 64, 65, 1000]) {
    const numbers = Float64Array.from({ length: count }, () => random.uniform() - 0.5);
    const extremes = new Extremes(numbers);
    for (let change = 0; change < 300; change++) {
      const places = Int32Array.from({ length: 1 + random.integer(3) }, () => random.integer(count));
      for (const place of places) numbers[place] = random.integer(3) === 0 ? 0 : random.uniform() - 0.5;
      extremes.update(places);
      expect([extremes.smallest + 0, extremes.largest + 0]).toEqual([
        Math.min(...numbers) + 0,
        Math.max(...numbers) + 0,
      ]);
    }
    numbers[0] = 7;
    expect(extremes.largest).not.toBe(7);
    extremes.updateAll();
    expect(extremes.largest).toBe(7);
  }
});

test("powers are the exponentials, written down or not, at the pressure last expected", () => {
  const powers = new Powers(20);
  for (const pressure of [8, 8, 3, 1]) {
    powers.expect(pressure);
    for (let part = 0; part < 5; part++) {
      for (let q = 0; q <= 20; q++) expect(powers.of(q)).toBe(Math.exp((-Math.log(pressure) / 20) * q));
      powers.advance(6);
    }
  }
});

describe("minmax weights of the next epoch", () => {
  /** Scores that change while the weights are made; those made in parts, and those of the scores as they stand. */
  function madeInParts(start: number, rows: number, levels: number, forgetful: boolean) {
    const random = new Random(start);
    const scores = new Float64Array(rows);
    const next = new NextWeights(scores);
    const tree = new SumTree(rows, 1);
    const found: number[][] = [];
    const expected: number[][] = [];
    const pressures = [8, 5, 5, 1];
    for (const [epoch, pressure] of pressures.entries()) {
      for (let change = 0; change < 8; change++) {
        const batch = Int32Array.from({ length: 1 + random.integer(rows) }, () => random.integer(rows));
        for (const row of batch) scores[row] = random.integer(levels) / levels;
        if (!forgetful || change < 7) next.update(batch);
      }
      if (random.integer(5) === 0) next.updateAll();
      next.begin(tree, pressure, pressures[epoch + 1] ?? 1);
      const powers = new Powers(rows);
      powers.expect(pressure);
      const fresh = new SumTree(rows);
      minmaxWeights(scores, powers, fresh.weights);
      fresh.rebuild();
      found.push([...tree.weights, tree.total]);
      expected.push([...fresh.weights, fresh.total]);
    }
    return { found, expected };
  }

  test("are those of the scores as they stand, bit for bit, however often the extremes move", () => {
    fc.assert(
      fc.property(
        seed(),
        fc.integer({ min: 1, max: 150 }),
        fc.integer({ min: 1, max: 1000 }),
        (start, rows, levels) => {
          const { found, expected } = madeInParts(start, rows, levels, false);
          expect(found).toEqual(expected);
        },
      ),
      runs(60),
    );
  });

  test("a change that they do not hear of is seen", () => {
    const { found, expected } = madeInParts(3, 50, 1000, true);
    expect(found).not.toEqual(expected);
  });
});

describe("mutual information counted over the batches before", () => {
  /** What is measured after changes, counted in parts between them, and what an object that counts at the end finds. */
  function countedAhead(start: number, rows: number, columns: number, forgetful: boolean) {
    const random = new Random(start);
    const matrix = new Float64Array(rows * columns);
    const [ahead, atLast] = [new MutualInformation(rows, columns), new MutualInformation(rows, columns)];
    const found: string[] = [];
    const expected: string[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      for (let left = 8; left >= 0; left--) {
        for (let change = 0; change < rows / 4; change++) {
          const row = random.integer(rows);
          for (let j = 0; j < columns; j++) matrix[row * columns + j] = random.uniform() ** (1 + (j % 3));
          atLast.change(row, matrix);
          if (!forgetful || left !== 2) ahead.change(row, matrix);
        }
        if (left < 6) ahead.prepare(left);
        if (left === 3 && epoch === 1) ahead.restart();
      }
      const [one, other] = [new Float64Array(columns * columns), new Float64Array(columns * columns)];
      ahead.measure(one);
      atLast.measure(other);
      found.push(one.join());
      expected.push(other.join());
    }
    return { found, expected };
  }

  test("is that of all rows, bit for bit, however many columns are counted at a time", () => {
    for (const [rows, columns] of [
      [1, 1],
      [7, 2],
      [60, 5],
      [200, 3],
      [4, 291], // more columns than are counted in one pass
    ]) {
      const { found, expected } = countedAhead(rows, rows, columns, false);
      expect(found).toEqual(expected);
    }
  });

  test("a change that it does not hear of is seen", () => {
    const { found, expected } = countedAhead(3, 60, 5, true);
    expect(found).not.toEqual(expected);
  });
});
