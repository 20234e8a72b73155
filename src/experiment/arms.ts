/**
 * Arms in words: `adaptive:pressure=16:weighting=none` is a sampler with options and settings of its own, and a sweep
 * makes one arm for each value of a setting. Keys are those of the one schema of settings (training/settings.ts).
 */
import { meant, UsageError } from "../errors.ts";
import { describeOptions, printValue, readValue } from "../options.ts";
import { isSamplerName, samplerOptionNames } from "../samplers/create.ts";
import {
  defaultSettings,
  type GivenSettings,
  loopOptions,
  optimiserOptions,
  preparationOptions,
} from "../training/settings.ts";
import { type GridArm, mergedSettings } from "./grid.ts";

const namesOf = (schema: Parameters<typeof describeOptions>[0]): readonly string[] =>
  describeOptions(schema).map(({ name }) => name);

const plain = new Set([...namesOf(loopOptions), ...namesOf(preparationOptions)].filter((name) => name !== "fold"));
const ofOptimiser = new Set(namesOf(optimiserOptions));
const groups = { sampler: "samplerOptions", model: "modelOptions", optimiser: "optimiser" } as const;

const isGroup = (text: string): text is keyof typeof groups => Object.hasOwn(groups, text);

/**
 * A setting for an arm of that sampler: an option of the sampler by its plain name, any setting of the run, an option
 * of the optimiser, or one after `sampler.`, `model.` or `optimiser.`. Undefined where the sampler does not have it.
 */
function settingFor(sampler: string, key: string, value: unknown): GivenSettings | undefined {
  const dot = key.indexOf(".");
  const group = key.slice(0, Math.max(0, dot));
  if (isGroup(group)) return { [groups[group]]: { [key.slice(dot + 1)]: value } };
  if (isSamplerName(sampler) && samplerOptionNames(sampler).includes(key)) return { samplerOptions: { [key]: value } };
  if (plain.has(key)) return { [key]: value };
  if (ofOptimiser.has(key)) return { optimiser: { [key]: value } };
  return undefined;
}

/** The keys that can be set for an arm of the sampler without naming their group. */
const knownKeys = (sampler: string): readonly string[] => [
  ...(isSamplerName(sampler) ? samplerOptionNames(sampler) : []),
  ...plain,
  ...ofOptimiser,
];

/**
 * An arm: the name of a sampler, then `:key=value` for what is set for it.
 * @throws UsageError for a key that neither the sampler nor the run has
 */
export function parseArm(text: string): GridArm {
  const [sampler, ...pairs] = text.split(":");
  const settings = pairs.reduce((before: GivenSettings, pair) => {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`arm ${JSON.stringify(text)}: ${JSON.stringify(pair)} is no key=value`);
    const key = pair.slice(0, at);
    const setting = settingFor(sampler, key, readValue(pair.slice(at + 1)));
    if (!setting) {
      const near = meant(key, knownKeys(sampler));
      throw new UsageError(`arm ${JSON.stringify(text)}: ${sampler} has no option ${key}, nor has a run${near}`);
    }
    return mergedSettings(before, setting);
  }, {});
  return { name: [sampler, ...pairs].join(" "), settings: { sampler, ...settings } };
}

/** A setting and the values that it is to take. */
export interface Sweep {
  readonly key: string;
  readonly values: readonly unknown[];
}

/** `pressure=1,2,4` @throws UsageError for text of another form */
export function parseSweep(text: string): Sweep {
  const at = text.indexOf("=");
  const values = text.slice(at + 1).split(",");
  if (at < 1 || values.includes("")) {
    throw new UsageError(`sweep ${JSON.stringify(text)}: expected key=a,b,c, such as pressure=1,2,4`);
  }
  return { key: text.slice(0, at), values: values.map(readValue) };
}

/**
 * For each arm that has the setting one arm for each value; others stay as they are. Several sweeps give all
 * combinations.
 * @throws UsageError for a setting that no arm has
 */
export function sweepArms(arms: readonly GridArm[], sweeps: readonly Sweep[]): GridArm[] {
  return sweeps.reduce(
    (before: GridArm[], { key, values }) => {
      const has = ({ settings: { sampler = defaultSettings.sampler } }: GridArm): boolean =>
        settingFor(sampler, key, values[0]) !== undefined;
      if (!before.some(has)) {
        const known = before.flatMap(({ settings: { sampler = defaultSettings.sampler } }) => knownKeys(sampler));
        throw new UsageError(`sweep ${key}${meant(key, known)}: no arm has such a setting`);
      }
      return before.flatMap((arm) => {
        const { name, settings } = arm;
        const { sampler = defaultSettings.sampler } = settings;
        if (!has(arm)) return [arm];
        return values.map((value) => ({
          ...arm,
          name: `${name} ${key}=${printValue(value)}`,
          settings: mergedSettings(settings, settingFor(sampler, key, value) ?? {}),
        }));
      });
    },
    [...arms],
  );
}
