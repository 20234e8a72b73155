/**
 * Everything of the samplers that the laws look at, in one module: the laws take it as an argument, so that the mutation
 * check can hand them a copy with a planted fault.
 */
export { UsageError } from "../../src/errors.ts";
export { Random } from "../../src/random.ts";
export { adaptiveSampler, adaptiveTable } from "../../src/samplers/adaptive.ts";
export { adaptiveChainSampler, rowCorrelation } from "../../src/samplers/adaptive-chain.ts";
export { balancedSampler } from "../../src/samplers/balanced.ts";
export { importanceWeights } from "../../src/samplers/draw/importance.ts";
export { MaximumTree } from "../../src/samplers/draw/maximum-tree.ts";
export { putBack, SumTree, takeDistinct } from "../../src/samplers/draw/sum-tree.ts";
export { labelLists } from "../../src/samplers/frame/label-lists.ts";
export { scoreTable } from "../../src/samplers/frame/rows-by-score.ts";
export { activeBiasSampler, predictionVariance } from "../../src/samplers/rivals/active-bias.ts";
export { D2aceTable, d2aceSampler } from "../../src/samplers/rivals/d2ace.ts";
export { onlineBatchSampler, onlineBatchTable } from "../../src/samplers/rivals/online-batch.ts";
export { recencyBiasSampler, recentDisagreement } from "../../src/samplers/rivals/recency-bias.ts";
export { correlatedUncertainty, uncertaintySampler } from "../../src/samplers/rivals/uncertainty.ts";
export { sequentialSampler } from "../../src/samplers/sequential.ts";
export { uniformSampler } from "../../src/samplers/uniform.ts";
