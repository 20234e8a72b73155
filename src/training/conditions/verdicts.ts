/**
 * The conditions of the theory (docs/convergence.md), each held against what a run measured: what is required, what was
 * seen, and whether it held. Words and verdicts only; the figures come from conditions.ts.
 */
import type { Conditions } from "./conditions.ts";

/** One condition of the theory and what the run showed of it. */
export interface Verdict {
  readonly condition: string;
  readonly required: string;
  readonly measured: string;
  /** Whether it held in this run; null where it was not measured. */
  readonly held: boolean | null;
}

/** Beyond this share of a bound, rounding doesn't explain the difference. */
const rounding = 1e-9;

const figure = (value: number): string => `${Number(value.toPrecision(4))}`;
const range = (low: number, high: number): string => `${figure(low)} to ${figure(high)}`;

/**
 * Every condition with what it requires, what was measured and whether it held. The order is that of
 * docs/convergence.md.
 */
export function judge(conditions: Conditions): Verdict[] {
  return [
    bounded(conditions),
    endless(conditions),
    withinFactor(conditions),
    unbiased(conditions),
    aligned(conditions),
    {
      condition: "loss bounded below",
      required: "at least 0",
      measured: `smallest batch loss ${figure(conditions.smallestLoss)}`,
      held: conditions.smallestLoss >= 0,
    },
    {
      condition: "gradients bounded, |g|_inf <= R",
      required: "some finite R",
      measured: `largest ${figure(conditions.largestGradient)}`,
      held: Number.isFinite(conditions.largestGradient),
    },
    growing(conditions),
    vanishing(conditions),
    remembering(conditions),
  ];
}

function bounded({ pressure, smallestShare, largestShare }: Conditions): Verdict {
  const held =
    pressure === null ? null : smallestShare >= (1 - rounding) / pressure && largestShare <= pressure * (1 + rounding);
  return {
    condition: "selection bounded, n p_i",
    required: pressure === null ? "1/s to s" : range(1 / pressure, pressure),
    measured: range(smallestShare, largestShare),
    held,
  };
}

function endless(conditions: Conditions): Verdict {
  const { boundSum, smallestSum, epochs, batchesPerEpoch, fewestDraws, mostDraws } = conditions;
  const bound = boundSum === null ? "" : ` (at least ${figure(boundSum)})`;
  return {
    condition: "every row again and again, sum of min p_i",
    required: "grows with every batch",
    measured: `${figure(smallestSum)}${bound} in ${epochs * batchesPerEpoch} batches; draws of a row ${fewestDraws} to ${mostDraws}`,
    held: smallestSum > 0 && (boundSum === null || smallestSum >= boundSum * (1 - rounding)),
  };
}

function withinFactor({ pressure, smallestRiskRatio, largestRiskRatio }: Conditions): Verdict {
  return {
    condition: "selected risk / uniform risk",
    required: pressure === null ? "1/s to s" : range(1 / pressure, pressure),
    measured: range(smallestRiskRatio, largestRiskRatio),
    held:
      pressure === null
        ? null
        : smallestRiskRatio >= (1 - rounding) / pressure && largestRiskRatio <= pressure * (1 + rounding),
  };
}

function unbiased(conditions: Conditions): Verdict {
  const { pressure, smallestWeight, largestWeight, smallestShare, largestShare } = conditions;
  const condition = "gradient of the uniform risk on average";
  if (smallestWeight === null || largestWeight === null) {
    const alike = smallestShare >= 1 - rounding && largestShare <= 1 + rounding;
    const measured = alike ? "all rows alike" : "rows preferred, no importance weights";
    return { condition, required: "n p_i = 1, or weights", measured, held: alike };
  }
  // Weights come in single precision.
  const held =
    pressure === null ? null : smallestWeight >= (1 - 1e-6) / pressure && largestWeight <= pressure * (1 + 1e-6);
  return {
    condition,
    required: pressure === null ? "weights in 1/s to s" : `weights in ${range(1 / pressure, pressure)}`,
    measured: `weights ${range(smallestWeight, largestWeight)}`,
    held,
  };
}

function aligned({ smallestCosine, sampledRows, unbiased }: Conditions): Verdict {
  const condition = "expected gradient descends the uniform risk, cosine";
  const required = "above 0";
  if (smallestCosine === null) return { condition, required, measured: "no gradient", held: null };
  const measured = `at least ${figure(smallestCosine)} (${sampledRows} rows an epoch)`;
  if (unbiased) return { condition, required, measured: `1 by the weights; without them ${measured}`, held: true };
  return { condition, required, measured, held: smallestCosine > 0 };
}

function growing(conditions: Conditions): Verdict {
  const { beta2, smallestGamma, smallestGammaRising, largestGradient, largestRate } = conditions;
  const rising = smallestGammaRising === null ? "" : `; ${figure(smallestGammaRising)} while the learning rate rose`;
  const measured = smallestGamma === null ? "no step" : `smallest ${figure(smallestGamma)}`;
  // Devices take roots in single precision; no root is larger than the largest gradient.
  const slack = largestRate === null ? 0 : (2 ** -22 * largestGradient) / largestRate;
  return {
    condition: "sqrt(v_t) / a_t never falls, Gamma_t",
    required: "at least 0",
    measured: beta2 === null ? "no second moments" : `${measured}${rising}`,
    held: smallestGamma === null ? null : smallestGamma >= -slack,
  };
}

function vanishing({ largestRate, largestRateStep, lastRate, epochs, batchesPerEpoch }: Conditions): Verdict {
  const known = largestRate !== null && largestRateStep !== null && lastRate !== null;
  const steps = epochs * batchesPerEpoch;
  return {
    condition: "learning rates vanish, a_t",
    required: "as 1 / sqrt(t)",
    measured: known ? `${figure(largestRate)} at most, ${figure(lastRate)} at the end` : "unknown",
    held: known
      ? steps === largestRateStep ||
        lastRate * Math.sqrt(steps) <= largestRate * Math.sqrt(largestRateStep) * (1 + rounding)
      : null,
  };
}

function remembering({ beta2, epochs, batchesPerEpoch }: Conditions): Verdict {
  const steps = epochs * batchesPerEpoch;
  return {
    condition: "v remembers the run, 1 / (1 - beta2)",
    required: `at least ${steps} steps`,
    measured: beta2 === null ? "no second moments" : `${figure(1 / (1 - beta2))} steps`,
    held: beta2 === null ? null : 1 / (1 - beta2) >= steps * (1 - rounding),
  };
}
