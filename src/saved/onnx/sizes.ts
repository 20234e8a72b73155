/**
 * A program is made for batches of one size; a graph for others takes any. Which sizes go with the batch shows in two
 * programs of one model for two batches: what differs between them is in proportion to it.
 */
import { type Program, program } from "../../engine/program.ts";
import type { Tensor } from "../../engine/tensor.ts";

/** A number, or so many for each row of the batch. */
export type Size = number | { readonly perRow: number };

export interface SizedStep {
  readonly op: string;
  readonly attributes: Readonly<Record<string, Size>>;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly shape: readonly [rows: Size, columns: Size];
}

export interface SizedProgram {
  /** For one of the batches: its leaves and outputs are those of all. */
  readonly program: Program;
  readonly steps: readonly SizedStep[];
}

/** Neither is 1, which stretches. */
const batches = [2, 3] as const;

/** The program of these outputs for any batch. @throws Error where they take other steps for other batches */
export function programOfAnyBatch(outputs: (batch: number) => Readonly<Record<string, Tensor>>): SizedProgram {
  const [first, second] = batches.map((batch) => program(outputs(batch)));
  const steps = first.steps.map((step, i): SizedStep => {
    const other = second.steps[i];
    if (other?.op !== step.op || other.inputs.join() !== step.inputs.join() || other.output !== step.output) {
      throw new Error("the program has other steps for other batches");
    }
    const [rows, columns] = step.shape.map((size, axis) => sizeOf(size, other.shape[axis]));
    const attributes = Object.entries(step.attributes).map(([name, value]) => {
      return [name, sizeOf(value, other.attributes[name])] as const;
    });
    const { op, inputs, output } = step;
    return { op, inputs, output, shape: [rows, columns], attributes: Object.fromEntries(attributes) };
  });
  return { program: first, steps };
}

/** The size for a batch of so many rows. */
export const sizeFor = (size: Size, batch: number): number => (typeof size === "number" ? size : size.perRow * batch);

function sizeOf(first: number, second: number): Size {
  if (first === second) return first;
  const perRow = first / batches[0];
  if (perRow * batches[1] !== second)
    throw new Error(`sizes ${first} and ${second} are not in proportion to the batch`);
  return { perRow };
}
