/**
 * Settings of a run as text: one `key=value` each, such as `epochs=30`, `sampler=adaptive`, `sampler.pressure=4`,
 * `model.hidden=256,128`, `optimiser.learningRate=0.001`. JSON needs no more than `JSON.parse` and `checkSettings`.
 */
import { UsageError } from "../errors.ts";
import { modelDescriptions } from "../models/create.ts";
import { describeOptions, type OptionDescription, printValue, readValue } from "../options.ts";
import { samplerDescriptions } from "../samplers/create.ts";
import {
  checkSettings,
  defaultSettings,
  type GivenSettings,
  loopOptions,
  optimiserOptions,
  preparationOptions,
} from "./settings.ts";

/** The settings that hold options of their own, and what stands before the dot for each. */
const groups = { modelOptions: "model", samplerOptions: "sampler", optimiser: "optimiser" } as const;

/** Where a flag of the command line is not simply the name of the setting. */
const flagNames: Readonly<Record<string, string>> = {
  learningRate: "lr",
  method: "optimiser",
  learningRateWarmUp: "lr-warm-up",
  order: "stratification",
  dropLabelsAtMost: "drop-rare",
};

/** The flag of the command line for a setting of that name, without its group: `--lr` for `learningRate`. */
export function flagOf(name: string): string {
  const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `--${flagNames[name] ?? dashed}`;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isGroup = (key: string): key is keyof typeof groups => Object.hasOwn(groups, key);

/**
 * The settings as `key=value`, in their order; `parseSettings` reads them as the same settings. A group without any
 * option says nothing and is left out.
 */
export function printSettings(settings: GivenSettings): string[] {
  const plain: string[] = [];
  const grouped: string[] = [];
  for (const [key, value] of Object.entries(settings)) {
    if (isGroup(key) && isRecord(value)) {
      const options = Object.entries(value);
      grouped.push(...options.map(([option, setting]) => `${groups[key]}.${option}=${printValue(setting)}`));
    } else if (value !== undefined) plain.push(`${key}=${printValue(value)}`);
  }
  return [...plain, ...grouped];
}

/**
 * The settings that `printSettings` wrote, or a person.
 * @throws UsageError for text that is no `key=value`, a key that comes twice, or what `checkSettings` refuses
 */
export function parseSettings(pairs: readonly string[]): GivenSettings {
  const texts = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1) throw new UsageError(`setting ${JSON.stringify(pair)}: expected key=value, such as epochs=30`);
    const key = pair.slice(0, at);
    if (texts.has(key)) throw new UsageError(`setting ${key}: it stands there twice`);
    texts.set(key, pair.slice(at + 1));
  }
  const readers = readersFor(texts.get("model"), texts.get("sampler"));
  const plain: [string, unknown][] = [];
  const grouped = new Map<string, [string, unknown][]>();
  for (const [key, text] of texts) {
    const value = (readers.get(key) ?? readValue)(text);
    const dot = key.indexOf(".");
    const group = Object.keys(groups).find((name) => isGroup(name) && groups[name] === key.slice(0, dot));
    if (dot < 0) plain.push([key, value]);
    else if (group === undefined)
      throw new UsageError(`setting ${key}: expected ${Object.values(groups).join(", ")} before the dot`);
    else grouped.set(group, [...(grouped.get(group) ?? []), [key.slice(dot + 1), value]]);
  }
  const records = [...grouped].map(([group, entries]) => [group, Object.fromEntries(entries)] as const);
  return checkSettings(Object.fromEntries([...plain, ...records]));
}

/** How the value of each key is read, as its own option says. */
function readersFor(model: string | undefined, sampler: string | undefined): Map<string, OptionDescription["read"]> {
  const ofModel = modelDescriptions.find(({ name }) => name === (model ?? defaultSettings.model));
  const ofSampler = samplerDescriptions.find(({ name }) => name === (sampler ?? defaultSettings.sampler));
  const sources: readonly (readonly [string, readonly OptionDescription[] | undefined])[] = [
    ["", [...describeOptions(loopOptions), ...describeOptions(preparationOptions)]],
    ["model.", ofModel?.options],
    ["sampler.", ofSampler?.options],
    ["optimiser.", describeOptions(optimiserOptions)],
  ];
  return new Map(
    sources.flatMap(([prefix, options = []]) => options.map(({ name, read }) => [`${prefix}${name}`, read] as const)),
  );
}
