/**
 * Programs without sigmoidal flows and sums of likelihoods: each in the ops that it is defined by, its gradient in
 * those that follow, and with masked products for staircases. A thread of gpu.js computes one cell, so that a kernel of
 * flows would make the units of a row again for every number it asks for.
 */
import { composedFlow, composedFlowGradient, joined } from "../../engine/ops/flow.ts";
import { composedSums, composedSumsGradient } from "../../engine/ops/likelihood.ts";
import { multiply } from "../../engine/ops/map.ts";
import { matmul, matmulTransposeLeft, matmulTransposeRight } from "../../engine/ops/matmul.ts";
import { staircaseMask } from "../../engine/ops/staircase.ts";
import { type Program, program as programOf, type Step, type ValueId } from "../../engine/program.ts";
import { constant, input, type Shape, size, type Tensor } from "../../engine/tensor.ts";

/** A flow or the like, or its gradient, as programs of its own: whole, and as the runs of rows that are asked for. */
interface Composition {
  readonly whole: Program;
  readonly parts: Program;
  /** The first row and the number of rows of each part. */
  readonly runs: readonly { readonly first: number; readonly count: number }[];
}

const compositions = new Map<string, Composition>();

/** A product with a staircase by a masked matrix. */
function masked({ op, shape, attributes: { classes, width } }: Step, [a, b]: readonly Tensor[]): Tensor {
  const matrix = op === "staircaseTransposeLeft" ? shape : b.shape;
  const mask = constant(matrix, staircaseMask(matrix[0], { classes, width }));
  if (op === "staircaseMatmul") return matmul(a, multiply(b, mask));
  if (op === "staircaseTransposeRight") return matmulTransposeRight(a, multiply(b, mask));
  return multiply(matmulTransposeLeft(a, b), mask);
}

function compositionOf(step: Step, shapes: readonly Shape[]): Composition {
  const { op, attributes } = step;
  const key = `${op} ${JSON.stringify(attributes)} ${shapes.join(" ")}`;
  const known = compositions.get(key);
  if (known) return known;
  const leaves = shapes.map((shape, i) => input(`${i}`, shape));
  if (isStaircase(step)) {
    const whole = programOf({ whole: masked(step, leaves) });
    const made = { whole, parts: whole, runs: [] };
    compositions.set(key, made);
    return made;
  }
  if (op === "likelihoodSumsGradient") {
    const whole = programOf({ whole: composedSumsGradient(leaves[0], leaves[1], leaves[2]) });
    const made = { whole, parts: whole, runs: [] };
    compositions.set(key, made);
    return made;
  }
  const isGradient = op === "sigmoidalFlowGradient";
  const parts = partsOf(op, leaves);
  let first = 0;
  const runs = parts.map(({ shape }) => {
    const count = isGradient ? size(shape) : 1;
    const run = { first, count };
    first += count;
    return run;
  });
  const made = {
    whole: programOf({ whole: joined(parts) }),
    parts: programOf(Object.fromEntries(parts.map((part, i) => [`${i}`, part]))),
    runs,
  };
  compositions.set(key, made);
  return made;
}

function partsOf(op: string, leaves: readonly Tensor[]): readonly Tensor[] {
  if (op === "likelihoodSums") return composedSums(leaves[0], leaves[1]);
  if (op === "sigmoidalFlow") return composedFlow(leaves);
  return composedFlowGradient(leaves.slice(0, -1), leaves[leaves.length - 1]);
}

const isStaircase = ({ op }: Step): boolean => op.startsWith("staircase");
/** Whether what it gives is mostly asked for in runs of rows. */
const hasParts = ({ family, op }: Step): boolean => family === "flow" || op === "likelihoodSums";
const isComposed = (step: Step): boolean => hasParts(step) || step.family === "likelihood" || isStaircase(step);

/** The program without flows and staircases. */
export function withoutFlows(program: Program): Program {
  if (!program.steps.some(isComposed)) return program;
  const values: Program["values"][number][] = [];
  const numbers: ValueId[] = [];
  const add = (value: Program["values"][number]): ValueId => values.push(value) - 1;
  const addStep = (step: Omit<Step, "output">): ValueId => add({ ...step, output: values.length });
  const reshaped = (from: ValueId, shape: Shape): ValueId =>
    addStep({
      kind: "step",
      op: "reshape",
      family: "rows",
      inputs: [from],
      attributes: { rows: shape[0], columns: shape[1] },
      shape,
    });

  /** Puts a composition in, its inputs being these values; the numbers of its outputs. */
  const inlined = (composition: Program, inputs: readonly ValueId[]): ValueId[] => {
    const own: ValueId[] = [];
    composition.values.forEach((value, id) => {
      if (value.kind === "input") own[id] = inputs[Number(value.name)];
      else
        own[id] =
          value.kind === "step" ? addStep({ ...value, inputs: value.inputs.map((input) => own[input]) }) : add(value);
    });
    return composition.outputs.map(({ value }) => own[value]);
  };
  const partOf = ({ runs }: Composition, { first, count }: Step["attributes"]): number =>
    runs.findIndex((run) => run.first === first && run.count === count);

  const kept = new Set([...program.outputs, ...program.updates].map(({ value }) => value));
  const users = (id: ValueId): Step[] => program.steps.filter(({ inputs }) => inputs.includes(id));
  const parts = new Map<ValueId, { readonly composition: Composition; readonly ids: readonly ValueId[] }>();
  program.values.forEach((value, id) => {
    if (value.kind !== "step") {
      numbers[id] = add(value);
      return;
    }
    const inputs = value.inputs.map((input) => numbers[input]);
    const sliced = value.op === "slice" ? parts.get(value.inputs[0]) : undefined;
    if (sliced) {
      numbers[id] = reshaped(sliced.ids[partOf(sliced.composition, value.attributes)], value.shape);
    } else if (isComposed(value)) {
      const shapes = value.inputs.map((input) => program.values[input].shape);
      const composition = compositionOf(value, shapes);
      const inParts =
        hasParts(value) &&
        !kept.has(id) &&
        users(id).every(({ op, attributes }) => op === "slice" && partOf(composition, attributes) >= 0);
      if (inParts) parts.set(id, { composition, ids: inlined(composition.parts, inputs) });
      else numbers[id] = reshaped(inlined(composition.whole, inputs)[0], value.shape);
    } else {
      numbers[id] = addStep({ ...value, inputs });
    }
  });
  return {
    ...program,
    values,
    constants: values.filter((value) => value.kind === "constant"),
    steps: values.filter((value) => value.kind === "step"),
    updates: program.updates.map(({ state, value }) => ({ state: numbers[state], value: numbers[value] })),
    outputs: program.outputs.map(({ name, value }) => ({ name, value: numbers[value] })),
  };
}
