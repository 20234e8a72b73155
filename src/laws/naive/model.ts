/**
 * The naive models by name: the table of probabilities of each sampler, and how it passes over the rows and draws from
 * them.
 */
import { UsageError } from "../../errors.ts";
import type { Random } from "../../random.ts";
import { type LastBatch, lastBatches } from "../../samplers/frame/pass.ts";
import type { EvidenceKind } from "../../samplers/sampler.ts";
import type { FormulaClaim } from "../subject.ts";
import { naiveHardness, naiveQuantization } from "./ablations.ts";
import { type NaiveTable, upTo } from "./observations.ts";
import { chained, type NextChances, successive } from "./orders.ts";
import { naiveActiveBias, naiveD2ace, naiveRecencyBias, naiveUncertainty } from "./rivals.ts";
import { adaptiveParts, naiveAdaptive, naiveOnlineBatch, naiveUniform, type Refresh } from "./tables.ts";

export interface NaiveModel {
  readonly needs: readonly EvidenceKind[];
  /** When an epoch visits every row once. */
  readonly visits: "always" | "warmUp";
  /** The next row of a pass in the sampler that is made from the model. */
  readonly pass: PassRule;
  /** What becomes of the rest of a pass. */
  readonly lastBatch: LastBatch;
  readonly feedback: boolean;
  readonly table: NaiveTable;
  readonly next: NextChances;
}

/** A row of 0 to rows - 1, given those that the pass has visited. */
export type PassRule = (rows: number, visited: readonly number[], random: Random) => number;

const unvisited = (rows: number, visited: readonly number[]): number[] =>
  upTo(rows).filter((row) => !visited.includes(row));

export const shuffled: PassRule = (rows, visited, random) => {
  const left = unvisited(rows, visited);
  return left[random.integer(left.length)];
};

export const inFileOrder: PassRule = (rows, visited) => unvisited(rows, visited)[0];

type Variant = Readonly<Record<string, string | number | boolean>>;

type Rules = Omit<NaiveModel, "lastBatch">;

const always = (pass: PassRule): Rules => ({
  needs: [],
  visits: "always",
  pass,
  feedback: false,
  table: naiveUniform,
  next: successive,
});

const drawn = (needs: readonly EvidenceKind[], table: NaiveTable): Rules => ({
  needs,
  visits: "warmUp",
  pass: shuffled,
  feedback: false,
  table,
  next: successive,
});

const refreshes = ["epoch", "batch", "full"] as const;

function adaptive({ refresh: asked = "epoch", hardness = "bce", quantization = "index" }: Variant): Rules {
  const refresh: Refresh | undefined = refreshes.find((known) => known === asked);
  if (refresh === undefined) throw new UsageError(`refresh "${asked}": expected ${refreshes.join(", ")}`);
  const measured = naiveHardness(`${hardness}`);
  const table = naiveAdaptive(
    refresh,
    { ...adaptiveParts, ...naiveQuantization(`${quantization}`) },
    measured.hardness,
  );
  return { ...drawn(measured.needs, table), feedback: refresh !== "epoch" };
}

function kappaOf({ kappa = 1 }: Variant): number {
  if (typeof kappa !== "number") throw new UsageError(`kappa "${kappa}": expected a number`);
  return kappa;
}

const models: Readonly<Record<string, (variant: Variant) => Rules>> = {
  uniform: () => always(shuffled),
  sequential: () => always(inFileOrder),
  balanced: () => always(shuffled),
  adaptive,
  adaptiveChain: (variant) => ({ ...adaptive(variant), next: chained(kappaOf(variant)) }),
  reweighted: () => drawn(["rowLosses"], naiveUniform),
  onlineBatch: () => drawn(["rowLosses"], naiveOnlineBatch),
  activeBias: () => drawn(["scores"], naiveActiveBias()),
  recencyBias: () => drawn(["scores"], naiveRecencyBias()),
  uncertainty: ({ correlation }) =>
    drawn(["scores"], naiveUncertainty(correlation === "none" ? "none" : "mutualInformation")),
  d2ace: () => drawn(["scores", "entryLosses"], naiveD2ace()),
};

/** The names that a `FormulaClaim` may have. */
export const formulaNames: readonly string[] = Object.keys(models);

/** @throws UsageError for a name or a variant that has no naive model */
export function naiveModel({ name, variant = {} }: FormulaClaim): NaiveModel {
  if (!Object.hasOwn(models, name)) {
    throw new UsageError(`formula "${name}": there is a naive model of ${formulaNames.join(", ")}`);
  }
  const lastBatch = lastBatches.find((kind) => kind === (variant.lastBatch ?? "carry"));
  if (lastBatch === undefined) {
    throw new UsageError(`lastBatch "${variant.lastBatch}": expected ${lastBatches.join(", ")}`);
  }
  return { ...models[name](variant), lastBatch };
}
