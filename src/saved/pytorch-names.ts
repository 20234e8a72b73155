/**
 * The names of the published PyTorch modules beside ours, as rules over whole families of names: the table that
 * docs/models.md shows to people.
 */

import type { Shape } from "../engine/tensor.ts";
import type { Model } from "../models/model.ts";
import { conditionerMasks } from "../nn/conditioner.ts";
import { byParameter, type Layout, linear, matrix, perLabel, vector } from "./pytorch-layouts.ts";

/** A tensor of theirs that holds one of ours, perhaps beside others. */
export interface Counterpart {
  readonly theirs: string;
  readonly layout: Layout;
}

/** Values that a state dict holds besides ours: they never change, or nothing reads them. */
export type Fixed = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly values: Float32Array | BigInt64Array }
>;

export interface Counterparts {
  /** The counterpart of our name. */
  of(name: string): Counterpart;
  readonly fixed: Fixed;
}

type Rule = (name: string) => Counterpart | undefined;

/** One name of ours. */
const exactly =
  (ours: string, theirs: string, layout: Layout): Rule =>
  (name) =>
    name === ours ? { theirs, layout } : undefined;

/** The first of several rules that knows the name. */
const firstOf =
  (...rules: readonly Rule[]): Rule =>
  (name) => {
    for (const rule of rules) {
      const found = rule(name);
      if (found) return found;
    }
    return undefined;
  };

/** `.weight` (or `.weight0`, `.weight1`, ... of a concatenation) and `.bias`. */
const dense = (ours: string, theirs: string, weight: Layout = linear, bias: Layout = vector): Rule =>
  firstOf(exactly(`${ours}.bias`, `${theirs}.bias`, bias), (name) => {
    const isWeight = name.startsWith(`${ours}.weight`) && /^\d*$/.test(name.slice(`${ours}.weight`.length));
    return isWeight ? { theirs: `${theirs}.weight`, layout: weight } : undefined;
  });

const normalisation = (ours: string, theirs: string): Rule =>
  firstOf(
    exactly(`${ours}.weight`, `${theirs}.weight`, vector),
    exactly(`${ours}.bias`, `${theirs}.bias`, vector),
    exactly(`${ours}.runningMean`, `${theirs}.running_mean`, vector),
    exactly(`${ours}.runningVariance`, `${theirs}.running_var`, vector),
  );

/** Names that begin with `prefix` and a number, by a rule that is given the number. */
const numbered =
  (prefix: string, rule: (number: number) => Rule): Rule =>
  (name) => {
    const number = name.startsWith(`${prefix}.`) ? /^\d+(?=\.)/.exec(name.slice(prefix.length + 1)) : null;
    return number ? rule(Number(number[0]))(name) : undefined;
  };

/**
 * A block whose linear layers are `stride` modules apart (linear, activation, dropout, ...), normalisation next to
 * each.
 */
const block = (ours: string, theirs: string, stride: number): Rule =>
  numbered(ours, (i) =>
    firstOf(
      dense(`${ours}.${i}`, `${theirs}.fcs.${i * stride}`),
      normalisation(`${ours}.${i}.norm`, `${theirs}.fcs.${i * stride + 1}`),
    ),
  );

const classifier = (ours: string, theirs: string): Rule => dense(ours, theirs, perLabel);

const mlp: Rule = firstOf(block("hidden", "body", 2), dense("head", "head"));

const clif: Rule = firstOf(
  exactly("labelInput", "label_emb", matrix),
  exactly("labelGraph", "label_edge", matrix),
  numbered("graph", (i) =>
    firstOf(
      exactly(`graph.${i}.epsilon`, `GIN_encoder.GINLayers.${i}.eps`, vector),
      block(`graph.${i}.block`, `GIN_encoder.GINLayers.${i}.mlp`, 4),
    ),
  ),
  block("features", "FD_model.out_x", 3),
  dense("embedding", "FD_model.out_y"),
  dense("joint", "FD_model.out.fcs.0"),
  classifier("classifier", "cls_conv"),
);

const dela: Rule = firstOf(
  block("encoder", "encoder", 3),
  dense("latentMean", "fc_mu"),
  dense("latentLogVariance", "fc_logvar"),
  exactly("gateInput", "logit", matrix),
  dense("gates", "scale_layer"),
  block("decoder", "decoder", 3),
  classifier("classifier", "classifier"),
);

const paca = (dimensions: number): Rule =>
  firstOf(
    block("encoder", "encoder", 3),
    dense("latentMean", "fc_mu"),
    dense("latentLogVariance", "fc_logvar"),
    block("decoder", "decoder", 3),
    block("labelEncoder", "label_encoder", 3),
    dense("labelMean", "label_fc_mu"),
    dense("labelLogVariance", "label_fc_logvar"),
    block("labelDecoder", "label_decoder", 3),
    dense("labelOutput", "label_classifier"),
    block("map", "ins_map", 3),
    flow("positive", "pos_prototypes.conditional_transforms", dimensions),
    flow("negative", "neg_prototypes.conditional_transforms", dimensions),
  );

const flow = (ours: string, theirs: string, dimensions: number): Rule => {
  const network = `${theirs}.0.conditioner.mlp`;
  const residual = (of: string, to: string): Rule =>
    firstOf(dense(`${of}.first`, `${to}.l1`), dense(`${of}.second`, `${to}.l2`), dense(`${of}.skip`, `${to}.l3`));
  return firstOf(
    dense(`${ours}.conditioner.hidden`, `${network}.fcs.0`),
    dense(`${ours}.conditioner.label`, `${network}.fc_y`),
    dense(
      `${ours}.conditioner.output`,
      `${network}.fcs.1`,
      byParameter(dimensions, linear),
      byParameter(dimensions, vector),
    ),
    ...["unitSlope", "unitShift", "unitWeight"].map((part) =>
      dense(`${ours}.${part}`, `${theirs}.0.out_to_dsparams`, matrix),
    ),
    residual(`${ours}.affineScale`, `${theirs}.1.affine_a`),
    residual(`${ours}.affineOffset`, `${theirs}.1.affine_b`),
  );
};

const mpvae: Rule = firstOf(
  ...[
    ["labelEncoder", "label_encoder_fc"],
    ["featureEncoder", "feat_encoder_fc"],
    ["labelDecoder", "fd_"],
    ["featureDecoder", "fd_x_"],
    ["decoder", "fd_"],
  ].map(([ours, theirs]) => numbered(ours, (i) => dense(`${ours}.${i}`, `${theirs}${i + 1}`))),
  dense("labelMean", "fe_mu"),
  dense("labelLogVariance", "fe_logvar"),
  dense("featureMean", "fx_mu"),
  dense("featureLogVariance", "fx_logvar"),
  dense("labelOutput", "label_mp_mu_layer"),
  dense("featureOutput", "feat_mp_mu_layer"),
  exactly("covarianceRoot", "r_sqrt_sigma", matrix),
);

/** There is no published PyTorch module: names as of three sequential ones. */
const c2ae: Rule = firstOf(
  ...[
    ["featureEncoder", "Fx"],
    ["labelEncoder", "Fe"],
    ["decoder", "Fd"],
  ].map(([ours, theirs]) => numbered(ours, (i) => dense(`${ours}.${i}`, `${theirs}.${2 * i}`))),
);

/** The masks of the flows, and the one-hot labels that condition them. */
function pacaConstants(labels: number, [dimensions, hidden]: Shape): Fixed {
  const outputs = 3 * Math.floor(hidden / dimensions);
  const masks = conditionerMasks({ dimensions, hidden, outputs });
  const shapes = { hidden: [dimensions, hidden], output: [hidden, dimensions * outputs] } as const;
  const stored = (layout: Layout, [rows, columns]: Shape, values: Float32Array) => ({
    shape: layout.shape([[rows, columns]]),
    values: placed(layout, [{ shape: [rows, columns], values }]),
  });
  const transposed = stored(linear, shapes.hidden, masks.hidden);
  const grouped = stored(byParameter(dimensions, linear), shapes.output, masks.output);
  const ones = Float32Array.from({ length: labels * labels }, (_, i) => (i % (labels + 1) === 0 ? 1 : 0));
  return new Map([
    ["label_encodings", { shape: [1, labels, labels], values: ones }],
    ...["pos_prototypes", "neg_prototypes"].flatMap((side) => {
      const prefix = `${side}.conditional_transforms.0.conditioner.mlp.masks`;
      return [[`${prefix}.0`, transposed] as const, [`${prefix}.1`, grouped] as const];
    }),
  ]);
}

/** Their array that holds the given ones of ours. */
export function placed(
  layout: Layout,
  ours: readonly { readonly shape: Shape; readonly values: ArrayLike<number> }[],
): Float32Array {
  const shapes = ours.map(({ shape }) => shape);
  const theirs = new Float32Array(shapes.reduce((total, [rows, columns]) => total + rows * columns, 0));
  ours.forEach(({ shape: [rows, columns], values }, part) => {
    for (let i = 0; i < rows * columns; i++) {
      theirs[layout.index(shapes, part, Math.floor(i / columns), i % columns)] = values[i];
    }
  });
  return theirs;
}

/** PyTorch counts the batches that a normalisation layer has seen; nothing reads the count. */
function batchCounts(names: readonly string[]): Fixed {
  const means = names.filter((name) => name.endsWith(".running_mean"));
  const counter = { shape: [], values: BigInt64Array.of(0n) };
  return new Map(means.map((name) => [name.replace(/running_mean$/, "num_batches_tracked"), counter]));
}

const none: Fixed = new Map();

/** Rule and constants for a model, which may depend on its sizes. */
function ruleFor(model: Model): { readonly rule: Rule; readonly constants: Fixed } {
  switch (model.name) {
    case "mlp":
      return { rule: mlp, constants: none };
    case "clif":
      return { rule: clif, constants: none };
    case "dela":
      return { rule: dela, constants: none };
    case "mpvae":
      return { rule: mpvae, constants: none };
    case "c2ae":
      return { rule: c2ae, constants: none };
    case "paca": {
      const hidden = model.parameters.find(({ name }) => name === "positive.conditioner.hidden.weight");
      if (!hidden) throw new Error("paca has no conditioner");
      return { rule: paca(hidden.shape[0]), constants: pacaConstants(model.labels, hidden.shape) };
    }
    default:
      throw new Error(`no PyTorch names are known for the ${model.name} model`);
  }
}

export function counterparts(model: Model): Counterparts {
  const { rule, constants } = ruleFor(model);
  const of = (name: string): Counterpart => {
    const found = rule(name);
    if (!found) throw new Error(`no PyTorch name is known for ${name} of the ${model.name} model`);
    return found;
  };
  return { of, fixed: new Map([...constants, ...batchCounts(model.buffers.map(({ name }) => of(name).theirs))]) };
}
