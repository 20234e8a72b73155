/**
 * Reverse mode as a graph rewrite: from a loss to more graph, its derivative by each of the wanted tensors.
 * Nothing is computed here, and what comes back can be differentiated again.
 */
import { UsageError } from "../errors.ts";
import { add, stretch } from "./ops/map.ts";
import { sumTo } from "./ops/reduce.ts";
import { constant, type Family, formatShape, type Node, size, type Tensor } from "./tensor.ts";

/** Every node below `roots`, inputs before users; each once. Leaves are left out. */
export function sorted(roots: readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Tensor>();
  // An explicit stack: graphs are deeper than call stacks.
  const stack: { readonly node: Tensor; readonly leave: boolean }[] = [];
  for (const root of roots) {
    stack.push({ node: root, leave: false });
    for (let top = stack.pop(); top; top = stack.pop()) {
      const { node, leave } = top;
      if (node.kind !== "node") continue;
      if (leave) {
        order.push(node);
      } else if (!seen.has(node)) {
        seen.add(node);
        stack.push({ node, leave: true });
        for (let i = node.inputs.length - 1; i >= 0; i--) stack.push({ node: node.inputs[i], leave: false });
      }
    }
  }
  return order;
}

/** Elementwise rules and sums understand an adjoint that has yet to stretch; the others need it whole. */
const needsWhole = {
  map: false,
  matmul: true,
  reduce: false,
  rows: true,
  sparse: true,
  flow: true,
  likelihood: true,
} satisfies Record<Family, boolean>;

/**
 * d loss / d wanted, each in the shape of its tensor; zeros where the loss does not depend on it.
 * @param loss a `[1, 1]` tensor
 * @param apart whether wanted tensors count as independent of each other, even where one is computed from another
 * @throws UsageError where the loss is not a single number, or a path leads through an op without a gradient
 */
export function gradient(loss: Tensor, wanted: readonly Tensor[], apart = false): Tensor[] {
  if (loss.shape[0] !== 1 || loss.shape[1] !== 1) {
    throw new UsageError(
      `gradient: the loss has shape ${formatShape(loss.shape)}, expected [1, 1]: sum or average it first`,
    );
  }
  const order = sorted([loss]);
  const dependent = new Set<Tensor>(wanted);
  const ends = new Set<Tensor>(apart ? wanted : []);
  for (const node of order) if (node.inputs.some((input) => dependent.has(input))) dependent.add(node);

  const adjoints = new Map<Tensor, Tensor>([[loss, constant([1, 1], Float64Array.of(1))]]);
  for (const node of order.reverse()) {
    const g = adjoints.get(node);
    if (!g || ends.has(node) || !node.inputs.some((input) => dependent.has(input))) continue;
    if (!node.op.gradient) throw new UsageError(`gradient: ${node.op.name} has no gradient; use detach on its inputs`);
    const whole = needsWhole[node.op.family] ? stretch(g, node.shape) : g;
    const parts = node.op.gradient(node, whole);
    node.inputs.forEach((input, i) => {
      const raw = parts[i];
      if (raw === null || !dependent.has(input)) return;
      if (!raw) throw new UsageError(`gradient: ${node.op.name} has no gradient by operand ${i + 1}; use detach on it`);
      const part = folded(node.op.family === "map" ? sumTo(raw, input.shape, node.shape) : raw);
      const sofar = adjoints.get(input);
      adjoints.set(input, sofar ? add(sofar, part) : part);
    });
  }
  return wanted.map((leaf) => stretch(adjoints.get(leaf) ?? constant([1, 1], Float64Array.of(0)), leaf.shape));
}

/**
 * Products of numbers, and numbers with another sign, as numbers: otherwise every mean would leave 1 times 1 / n to the
 * devices.
 */
function folded(part: Tensor): Tensor {
  if (part.kind !== "node") return part;
  const [a, b] = part.inputs.map((input) =>
    input.kind === "constant" && size(input.shape) === 1 ? input.values[0] : null,
  );
  if (part.op.name === "multiply" && a !== null && b !== null) return constant([1, 1], Float64Array.of(a * b));
  if (part.op.name === "negate" && a !== null) return constant([1, 1], Float64Array.of(-a));
  return part;
}
