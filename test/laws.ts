/**
 * What every device must do, as plain checks: run each under any test runner, or on a page. The numbers come from the
 * definitions in laws/expected.ts within the error that the device's own arithmetic explains, never within a fixed
 * tolerance. Random programs are in laws/programs.ts.
 */
import fc from "fast-check";
import type { Backend, Values } from "../src/backends/backend.ts";
import { js } from "../src/backends/js.ts";
import { print, program } from "../src/engine/program.ts";
import { input, type Tensor } from "../src/engine/tensor.ts";
import { type Accuracy, single } from "./laws/arithmetic.ts";
import type { Case } from "./laws/case.ts";
import { opCases } from "./laws/cases.ts";
import { contractLaw } from "./laws/contract.ts";
import { definitions } from "./laws/elementwise.ts";
import { agrees } from "./laws/expected.ts";
import { writtenOut } from "./laws/sparse.ts";

/** A law about one thing; `check` rejects with what was found and how to see it again. */
export interface Check {
  readonly title: string;
  check(): Promise<void>;
}

export interface LawOptions {
  /** What the device's arithmetic promises; `single` unless told. */
  readonly accuracy?: Accuracy;
  /** Random cases a check; 20 unless told. Each is compiled anew. */
  readonly runs?: number;
  /** Seed of the cases; fast-check's choice, printed on failure, unless told. */
  readonly seed?: number;
  /** Whether NaN and infinity behave as IEEE 754 says; true unless told. WGSL does not promise it. */
  readonly nonFinite?: boolean;
}

export const parameters = ({ runs = 20, seed }: LawOptions): fc.Parameters<unknown> => ({
  numRuns: runs,
  ...(seed !== undefined && { seed }),
});

/** Everything that does not need a random program: each op, what is not a number, and the contract of `Executable`. */
export function backendLaw(backend: Backend, options: LawOptions = {}): Check[] {
  const { accuracy = single, nonFinite = true } = options;
  const forCases = (cases: fc.Arbitrary<Case>, check: (given: Case) => Promise<void>) =>
    fc.assert(fc.asyncProperty(cases, check), parameters(options));
  return [
    ...opCases.map(({ title, cases }) => ({
      title: `${title} agrees with its definition`,
      check: () => forCases(cases, (given) => agreesWithDefinition(backend, given, accuracy)),
    })),
    ...(nonFinite
      ? opCases
          .filter(({ title }) => !leavesOut(title))
          .map(({ title, cases }) => ({
            title: `${title} passes on NaN and infinity`,
            check: () => forCases(cases, (given) => passesOnNonFinite(backend, given)),
          }))
      : []),
    ...contractLaw(backend),
  ];
}

/** Ops that may leave products with zeros out, whatever the other factor is. */
const leavesOut = (title: string): boolean => title.startsWith("staircase");

/** The case as a program of one step (or none, where the op only renames), and its feeds. */
function oneStep({ operands, build }: Case) {
  const leaves = operands.map(({ shape }, i) => input(`x${i}`, shape));
  const result = build(leaves);
  const built = program({ result });
  const feeds = Object.fromEntries(operands.map(({ values }, i) => [`x${i}`, values]));
  return { leaves, result, built, feeds: Object.fromEntries(built.inputs.map(({ name }) => [name, feeds[name]])) };
}

const nameOf = (tensor: Tensor): string | undefined => (tensor.kind === "input" ? tensor.name : undefined);

async function answer(backend: Backend, built: ReturnType<typeof program>, feeds: Values): Promise<ArrayLike<number>> {
  const executable = await backend.compile({ only: built });
  try {
    return (await executable.run("only", feeds)).result.slice();
  } finally {
    executable.dispose();
  }
}

async function agreesWithDefinition(backend: Backend, given: Case, accuracy: Accuracy): Promise<void> {
  const { leaves, result, built, feeds } = oneStep(given);
  const actual = await answer(backend, built, feeds);
  const operandOf = (tensor: Tensor) => given.operands[leaves.findIndex((leaf) => leaf.name === nameOf(tensor))];
  if (result.kind === "node") {
    const { op, attributes, shape } = result;
    const inputs = result.inputs.map((input) => (input.kind === "sparse" ? writtenOut(input) : operandOf(input)));
    agrees({ op: op.name, family: op.family, attributes, shape }, inputs, actual, accuracy);
  } else {
    const application = { op: "identity", family: "map", attributes: {}, shape: result.shape } as const;
    agrees(application, [operandOf(result)], actual, accuracy);
  }
}

/**
 * NaN, infinities and, in a second operand of row moves, row numbers that do not exist: every entry is of the same kind
 * as on js.
 */
async function passesOnNonFinite(backend: Backend, given: Case): Promise<void> {
  const operands = given.operands.map((each, o) => {
    const values = each.values.slice();
    const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    if (each.domain.kind === "row numbers") special.push(each.domain.below, -1, 0.5);
    // About a third of the positions of small operands, a few of large ones, and other positions for each operand.
    const stride = values.length < 10 ? 3 : 17;
    for (let i = (o * 7) % stride, k = o; i < values.length; i += stride, k++) values[i] = special[k % special.length];
    return { ...each, values };
  });
  const { built, feeds } = oneStep({ operands, build: given.build });
  const op = built.steps[built.steps.length - 1].op;
  const actual = await answer(backend, built, feeds);
  const reference = await answer(js({ precision: 64 }), built, feeds);
  for (let i = 0; i < reference.length; i++) {
    if (sameKind(op, actual[i], reference[i])) continue;
    throw new Error(`${print(built)}\nvalue ${i} is ${actual[i]}, on js:float64 ${reference[i]}`);
  }
}

/**
 * Elementwise ops in which roundoff decides between NaN and infinity: 1 - sigmoid(30) times infinity is NaN where the
 * difference rounds to zero, else infinity.
 */
const composed = (op: string): boolean => {
  const plain = ["add", "subtract", "multiply", "divide", "negate", "square", "sqrt", "absolute", "exp", "log", "tanh"];
  const chosen = [
    "maximum",
    "minimum",
    "clamp",
    "within",
    "greater",
    "equal",
    "relu",
    "leakyRelu",
    "leakyReluGradient",
  ];
  return (
    op.startsWith("sigmoidalFlow") ||
    op.startsWith("likelihoodSums") ||
    (op in definitions && !plain.includes(op) && !chosen.includes(op))
  );
};

/**
 * NaN with NaN, an infinity with the same, a number with about the same; of composed ops, what isn't finite with the
 * like.
 */
function sameKind(op: string, actual: number, reference: number): boolean {
  if (Number.isFinite(reference)) return Math.abs(actual - reference) <= 1e-3 * (1 + Math.abs(reference));
  return Object.is(actual, reference) || (composed(op) && !Number.isFinite(actual) && actual !== -reference);
}
