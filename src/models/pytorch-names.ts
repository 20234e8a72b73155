/**
 * The names of the published PyTorch modules beside ours, as rules over whole families of names. Layouts are turned into
 * numbers by pytorch.ts.
 */
import type { Model } from "./model.ts";

/**
 * How a tensor of theirs relates to ours: `linear` is `[outputs, inputs]` transposed (and the parts of a concatenation one
 * after another), `vector` is `[n]` for `[1, n]`, `perLabel` is `[labels, 1, width]`, `matrix` is the same.
 */
export type Layout = "linear" | "vector" | "perLabel" | "matrix";

export interface Counterpart {
  readonly theirs: string;
  readonly layout: Layout;
}

/** What a state dict holds besides what we keep: values that never change or that nothing reads. */
export type Fixed = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly values: Float32Array | BigInt64Array }
>;

type Rule = (name: string) => Counterpart | undefined;

/** `name.weight` (or `name.weight0`, `name.weight1`, ...) and `name.bias`. */
const linear =
  (ours: string, theirs: string): Rule =>
  (name) => {
    if (name === `${ours}.bias`) return { theirs: `${theirs}.bias`, layout: "vector" };
    const isWeight = name.startsWith(`${ours}.weight`) && /^\d*$/.test(name.slice(`${ours}.weight`.length));
    return isWeight ? { theirs: `${theirs}.weight`, layout: "linear" } : undefined;
  };

/** The layers of a block: theirs are `stride` modules apart (linear, activation, dropout, ...), with normalisation next to the linear one. */
const block =
  (ours: string, theirs: string, stride: number): Rule =>
  (name) => {
    const layer = name.startsWith(`${ours}.`) ? /^(\d+)\./.exec(name.slice(ours.length + 1)) : null;
    if (!layer) return undefined;
    const at = Number(layer[1]) * stride;
    const prefix = `${ours}.${layer[1]}`;
    return linear(prefix, `${theirs}.fcs.${at}`)(name) ?? norm(`${prefix}.norm`, `${theirs}.fcs.${at + 1}`)(name);
  };

const normFields: ReadonlyMap<string, string> = new Map([
  ["weight", "weight"],
  ["bias", "bias"],
  ["runningMean", "running_mean"],
  ["runningVariance", "running_var"],
]);

const norm =
  (ours: string, theirs: string): Rule =>
  (name) => {
    const field = name.startsWith(`${ours}.`) ? normFields.get(name.slice(ours.length + 1)) : undefined;
    return field === undefined ? undefined : { theirs: `${theirs}.${field}`, layout: "vector" };
  };

/** A name of ours that has one of theirs. */
const exactly =
  (ours: string, theirs: string, layout: Layout): Rule =>
  (name) =>
    name === ours ? { theirs, layout } : undefined;

/** A dense layer a label: a grouped convolution of width 1. */
const perLabel =
  (ours: string, theirs: string): Rule =>
  (name) =>
    exactly(`${ours}.weight`, `${theirs}.weight`, "perLabel")(name) ??
    exactly(`${ours}.bias`, `${theirs}.bias`, "vector")(name);

/** The layers of CLIF's graph: each an epsilon and a block of linear, normalisation, activation, dropout. */
const graphLayers: Rule = (name) => {
  const layer = /^graph\.(\d+)\./.exec(name);
  if (!layer) return undefined;
  const [ours, theirs] = [`graph.${layer[1]}`, `GIN_encoder.GINLayers.${layer[1]}`];
  return (
    exactly(`${ours}.epsilon`, `${theirs}.eps`, "vector")(name) ?? block(`${ours}.block`, `${theirs}.mlp`, 4)(name)
  );
};

const rules: ReadonlyMap<string, readonly Rule[]> = new Map([
  ["mlp", [block("hidden", "body", 2), linear("head", "head")]],
  [
    "clif",
    [
      exactly("labelInput", "label_emb", "matrix"),
      exactly("labelGraph", "label_edge", "matrix"),
      graphLayers,
      block("features", "FD_model.out_x", 3),
      linear("embedding", "FD_model.out_y"),
      linear("joint", "FD_model.out.fcs.0"),
      perLabel("classifier", "cls_conv"),
    ],
  ],
  [
    "dela",
    [
      block("encoder", "encoder", 3),
      linear("latentMean", "fc_mu"),
      linear("latentLogVariance", "fc_logvar"),
      exactly("gateInput", "logit", "matrix"),
      linear("gates", "scale_layer"),
      block("decoder", "decoder", 3),
      perLabel("classifier", "classifier"),
    ],
  ],
]);

/** PyTorch counts the batches that a normalisation layer has seen; nothing reads the count. */
function batchCounts(names: Iterable<string>): Fixed {
  const counts = [...names].flatMap((name) => {
    const found = /^(.*)\.running_mean$/.exec(name);
    return found ? [`${found[1]}.num_batches_tracked`] : [];
  });
  return new Map(counts.map((name) => [name, { shape: [], values: BigInt64Array.of(0n) }]));
}

/** Their name and layout for each of ours, and what else their state dict holds. */
export function counterparts(model: Model): { readonly table: (name: string) => Counterpart; readonly fixed: Fixed } {
  const own = rules.get(model.name) ?? [];
  const table = (name: string): Counterpart => {
    for (const rule of own) {
      const found = rule(name);
      if (found) return found;
    }
    throw new Error(`no PyTorch name is known for ${name} of the ${model.name} model`);
  };
  return { table, fixed: batchCounts(model.buffers.map(({ name }) => table(name).theirs)) };
}
