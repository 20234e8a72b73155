/** One application of an op to sensible inputs, and how such are made of shapes and domains. Which ops is in cases.ts. */
import fc from "fast-check";
import { type Shape, size, type Tensor } from "../../src/engine/tensor.ts";
import { Random } from "../../src/random.ts";
import { seed } from "../arbitraries.ts";
import type { Domain } from "./elementwise.ts";

/** Shape and values of one operand. */
export interface Operand {
  readonly shape: Shape;
  readonly values: Float32Array;
  readonly domain: Domain | { readonly kind: "row numbers"; readonly below: number };
}

/** An op ready to be applied to leaves that stand for `operands`. */
export interface Case {
  readonly operands: readonly Operand[];
  build(leaves: readonly Tensor[]): Tensor;
}

export interface OpCase {
  readonly title: string;
  readonly cases: fc.Arbitrary<Case>;
}

/** Numbers of a domain: zeros, ends and repetitions among an even spread, both magnitudes and signs. */
export function fill(shape: Shape, domain: Domain, random: Random): Operand {
  const values = new Float32Array(size(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw(domain, random);
  return { shape, values, domain };
}

function draw(domain: Domain, random: Random): number {
  if (domain.kind === "choice") return domain.values[random.integer(domain.values.length)];
  if (domain.kind === "ties") return random.integer(5) - 2;
  const { low, high } = domain;
  const kind = random.integer(8);
  if (kind === 0) return random.integer(2) === 0 ? low : high;
  if (kind === 1 && low <= 0 && high >= 0) return 0;
  // Small magnitudes as well as large ones, where they are allowed.
  const span = kind < 4 ? 10 ** -random.integer(4) : 1;
  const value = (low + (high - low) * random.uniform()) * span;
  return Math.min(Math.max(value, low), high);
}

export const plain: Domain = { kind: "range", low: -10, high: 10 };

/**
 * Operands of the given shapes and domains, from a seed: failures print and shrink the shapes, not thousands of
 * numbers.
 */
export function from(
  shapes: fc.Arbitrary<readonly Shape[]>,
  domains: (i: number) => Domain,
  build: (leaves: readonly Tensor[], shapes: readonly Shape[]) => Tensor,
): fc.Arbitrary<Case> {
  return fc.record({ shapes, seed: seed() }).map(({ shapes, seed }) => {
    const random = new Random(seed);
    return {
      operands: shapes.map((shape, i) => fill(shape, domains(i), random)),
      build: (leaves: readonly Tensor[]) => build(leaves, shapes),
      [fc.toStringMethod]: () => `${shapes.map((shape) => `[${shape.join(", ")}]`).join(" x ")} from seed ${seed}`,
    };
  });
}
