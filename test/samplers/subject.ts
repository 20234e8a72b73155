/**
 * Everything of the samplers that the laws look at, in one module: the laws take it as an argument, so that the mutation
 * check can hand them a copy with a planted fault.
 */
export { UsageError } from "../../src/errors.ts";
export { Random } from "../../src/random.ts";
export { activeBiasSampler, predictionVariance } from "../../src/samplers/active-bias.ts";
export { adaptiveSampler, adaptiveTable } from "../../src/samplers/adaptive.ts";
export { adaptiveChainSampler, rowCorrelation } from "../../src/samplers/adaptive-chain.ts";
export { balancedSampler } from "../../src/samplers/balanced.ts";
export { D2aceTable, d2aceSampler } from "../../src/samplers/d2ace.ts";
export { putBack, SumTree, takeDistinct } from "../../src/samplers/draw.ts";
export { importanceWeights } from "../../src/samplers/importance.ts";
export { labelLists } from "../../src/samplers/label-lists.ts";
export { MaximumTree } from "../../src/samplers/maximum.ts";
export { onlineBatchSampler, onlineBatchTable } from "../../src/samplers/online-batch.ts";
export { recencyBiasSampler, recentDisagreement } from "../../src/samplers/recency-bias.ts";
export { scoreTable } from "../../src/samplers/rows-by-score.ts";
export { sequentialSampler } from "../../src/samplers/sequential.ts";
export { correlatedUncertainty, uncertaintySampler } from "../../src/samplers/uncertainty.ts";
export { uniformSampler } from "../../src/samplers/uniform.ts";
