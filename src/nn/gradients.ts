/**
 * What every optimiser does with the gradients before anything else: checks their shapes, and scales long ones down.
 */
import { add, divide, minimum, sqrt, square } from "../engine/ops/map.ts";
import { sum } from "../engine/ops/reduce.ts";
import { formatShape, type StateLeaf, sameShape, type Tensor } from "../engine/tensor.ts";
import { UsageError } from "../errors.ts";

/**
 * min(1, limit / norm), the norm over all gradients; 1e-6 keeps zeros apart, as in PyTorch's clip_grad_norm_. `[1, 1]`
 */
export function clipScale(gradients: readonly Tensor[], limit: number): Tensor {
  const squared = gradients.map((g) => sum(square(g))).reduce((a, b) => add(a, b));
  return minimum(1, divide(limit, add(sqrt(squared), 1e-6)));
}

/** @throws UsageError unless there is a gradient of its shape for each parameter */
export function checkShapes(optimiser: string, parameters: readonly StateLeaf[], gradients: readonly Tensor[]): void {
  if (gradients.length !== parameters.length) {
    throw new UsageError(`${optimiser}: ${gradients.length} gradients for ${parameters.length} parameters`);
  }
  parameters.forEach(({ name, shape }, i) => {
    const given = gradients[i].shape;
    if (sameShape(given, shape)) return;
    throw new UsageError(
      `${optimiser}: the gradient of ${name} is ${formatShape(given)}, expected ${formatShape(shape)}`,
    );
  });
}
