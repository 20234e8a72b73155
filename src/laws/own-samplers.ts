/**
 * The samplers of this library as subjects of the laws: what each claims, and how it is made for a trial. A new sampler
 * adds its row here, and the laws run over it in the tests and through `hardbatch sampler`.
 */
import { UsageError } from "../errors.ts";
import { Random } from "../random.ts";
import { createSampler, isSamplerName, type SamplerName, samplerOptionNames } from "../samplers/create.ts";
import { lastBatches } from "../samplers/frame/pass.ts";
import type { LawName } from "./laws.ts";
import type { Claims, Subject, Trial } from "./subject.ts";

/** The options of a sampler that its claims depend on. */
export type Variant = Readonly<Record<string, unknown>>;

const shape: readonly LawName[] = ["distinct", "sizes", "epochs", "determinism", "seeded", "refusal"];
const always: readonly LawName[] = [...shape, "distribution", "bounds", "ahead", "snapshots", "model"];
const frequencies: readonly LawName[] = ["orders", "independence"];
const table: readonly LawName[] = [...always, ...frequencies, "equality", "monotony", "equivariance"];
const byLoss: readonly LawName[] = [...table, "scaling", "golden"];

const basics = { feedback: false, hardness: "loss", order: "successive", exactTies: true } as const;

const pass = (name: string, laws: readonly LawName[]): Claims => ({
  ...basics,
  laws,
  visits: "always",
  formula: { name },
});

const drawn = (name: string, laws: readonly LawName[], changes: Partial<Claims> = {}): Claims => ({
  ...basics,
  laws,
  visits: "warmUp",
  formula: { name },
  ...changes,
});

const without = (laws: readonly LawName[], ...names: readonly LawName[]): LawName[] =>
  laws.filter((law) => !names.includes(law));

const word = (value: unknown, usual: string): string => (typeof value === "string" ? value : usual);

/** What each sampler claims, made with these options. */
const claims: Readonly<Record<SamplerName, (options: Variant) => Claims>> = {
  uniform: () => pass("uniform", [...always, ...frequencies]),
  sequential: () => pass("sequential", without(always, "seeded")),
  balanced: () => pass("balanced", always),
  adaptive: ({ refresh, hardness, quantization }) => {
    const variant = {
      refresh: word(refresh, "epoch"),
      hardness: word(hardness, "bce"),
      quantization: word(quantization, "index"),
    };
    const published = variant.hardness === "bce" && variant.quantization === "index";
    const laws: readonly LawName[] = published
      ? [...byLoss, "unseenOrder", "unseenRatio", "importance"]
      : [...always, ...frequencies, "importance"];
    const formula = { name: "adaptive", variant };
    return drawn("adaptive", laws, { feedback: variant.refresh !== "epoch", formula, exactTies: published });
  },
  adaptiveChain: ({ refresh, kappa }) => {
    const strength = typeof kappa === "number" ? kappa : 1;
    return drawn("adaptiveChain", [...byLoss, "unseenOrder", "unseenRatio"], {
      feedback: word(refresh, "epoch") !== "epoch",
      order: { chain: strength },
      formula: { name: "adaptiveChain", variant: { refresh: word(refresh, "epoch"), kappa: strength } },
    });
  },
  reweighted: () => drawn("reweighted", [...always, ...frequencies]),
  onlineBatch: () => drawn("onlineBatch", [...byLoss, "unseenOrder", "importance"]),
  activeBias: () =>
    drawn("activeBias", [...table, "unseenOrder", "importance"], { hardness: "variance", exactTies: false }),
  recencyBias: () => drawn("recencyBias", [...table, "unseenOrder", "importance"], { hardness: "disagreement" }),
  uncertainty: ({ correlation }) =>
    // Rows without evidence change the mutual information.
    drawn("uncertainty", [...table, "importance", ...(correlation === "none" ? ["unseenOrder" as const] : [])], {
      exactTies: false,
      formula: { name: "uncertainty", variant: { correlation: word(correlation, "mutualInformation") } },
    }),
  // Rows without evidence change every label's mean and spread.
  d2ace: () => drawn("d2ace", [...table, "importance"], { exactTies: false }),
};

/** What a sampler of this library claims, made with these options. @throws UsageError for another name */
export function claimsOf(name: string, options: Variant = {}): Claims {
  if (!isSamplerName(name))
    throw new UsageError(`sampler "${name}": expected one of ${Object.keys(claims).join(", ")}`);
  const lastBatch = lastBatches.find((kind) => kind === options.lastBatch) ?? "carry";
  const { formula, laws, ...claimed } = claims[name](options);
  const { variant } = formula ?? {};
  // Rows that were carried into an epoch are not drawn again in its first batch, which so depends on those before.
  const carries = claimed.visits === "always" && lastBatch === "carry";
  const held = carries ? laws.filter((law) => law !== "independence") : laws;
  return {
    ...claimed,
    laws: held,
    lastBatch,
    ...(formula && { formula: { ...formula, variant: { ...variant, lastBatch } } }),
  };
}

/** What of a trial becomes an option of the sampler, by the option's name. */
const fromTrial: Readonly<Record<string, (trial: Trial) => unknown>> = {
  pressure: ({ pressure }) => pressure,
  schedule: ({ schedule }) => schedule,
  warmUp: ({ warmUp }) => warmUp,
  unbiased: ({ unbiased }) => unbiased,
  weights: ({ weights }) => weights,
  neighbours: ({ neighbours }) => neighbours,
};

/** The options of the named sampler for a trial. */
function optionsFor(name: SamplerName, trial: Trial, own: Variant): Variant {
  const known = samplerOptionNames(name).filter((option) => Object.hasOwn(fromTrial, option));
  const options = Object.fromEntries(known.map((option) => [option, fromTrial[option](trial)]));
  const chained = name === "adaptiveChain" ? { correlation: trial.labelCorrelation } : {};
  return { ...options, ...chained, ...own };
}

/**
 * A sampler of this library as a subject of the laws.
 * @param own options that are the same in every trial
 * @throws UsageError for an unknown name
 */
export function ownSubject(name: string, own: Variant = {}): Subject {
  if (!isSamplerName(name))
    throw new UsageError(`sampler "${name}": expected one of ${Object.keys(claims).join(", ")}`);
  const words = Object.entries(own).map(([option, value]) => `${option} ${value}`);
  return {
    name: [name, ...words].join(", "),
    claims: claimsOf(name, own),
    make: (trial) => {
      const { labels, batchSize, epochs, seed } = trial;
      const options = optionsFor(name, trial, own);
      return createSampler(name, { labels, batchSize, epochs, random: new Random(seed), options });
    },
  };
}

/** Every sampler in the variants that the laws look at. */
export const ownSubjects = (): Subject[] => [
  ownSubject("uniform"),
  ownSubject("sequential"),
  ownSubject("balanced"),
  ownSubject("uniform", { lastBatch: "short" }),
  ownSubject("uniform", { lastBatch: "drop" }),
  ownSubject("balanced", { lastBatch: "short" }),
  ownSubject("adaptive", { refresh: "epoch", lastBatch: "short" }),
  ownSubject("adaptive", { refresh: "epoch" }),
  ownSubject("adaptive", { refresh: "batch" }),
  ownSubject("adaptive", { refresh: "full" }),
  ownSubject("adaptiveChain", { kappa: 3 }),
  ownSubject("adaptive", { hardness: "focal" }),
  ownSubject("adaptive", { hardness: "asymmetric", refresh: "batch" }),
  ownSubject("adaptive", { hardness: "error", refresh: "full" }),
  ownSubject("adaptive", { hardness: "ranking" }),
  ownSubject("adaptive", { quantization: "continuous", refresh: "batch" }),
  ownSubject("adaptive", { quantization: "rank" }),
  ownSubject("adaptive", { quantization: "quantile" }),
  ownSubject("reweighted"),
  ownSubject("onlineBatch"),
  ownSubject("activeBias"),
  ownSubject("recencyBias"),
  ownSubject("uncertainty", { correlation: "mutualInformation" }),
  ownSubject("uncertainty", { correlation: "none" }),
  ownSubject("d2ace"),
];
