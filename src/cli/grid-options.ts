/** What `compare` compares: from its words and a study, if one is named, to a grid. */
import type { Command } from "commander";
import type { Backend } from "../backends/backend.ts";
import type { Dataset } from "../data/dataset.ts";
import { fingerprint } from "../data/fingerprint.ts";
import { DataError, meant, UsageError } from "../errors.ts";
import { parseArm, parseSweep, sweepArms } from "../experiment/arms.ts";
import { type Grid, type GridArm, type GridData, type GridModel, mergedSettings } from "../experiment/grid.ts";
import { studyNamed, studyNames } from "../experiment/studies.ts";
import { parseStudy, type Study, type StudyData } from "../experiment/study.ts";
import { mostTextBytes, readOrdinary } from "../files/ordinary.ts";
import { modelNames } from "../models/create.ts";
import { samplerDescriptions, samplerNames } from "../samplers/create.ts";
import type { ModelMaker, SamplerMaker } from "../training/configure.ts";
import { defaultSettings } from "../training/settings.ts";
import { quoted } from "./options.ts";
import { isOwnModule, loadOwn } from "./own-module.ts";
import { explicitSettings, optionsFor, settingsOf, type TrainingOptions } from "./settings.ts";
import { openSplit, type SplitOptions } from "./splits.ts";
import { parseStudyText } from "./study-file.ts";

export interface GridOptions extends SplitOptions, TrainingOptions {
  readonly study?: string;
  readonly models?: string;
  readonly samplers?: string;
  readonly sweep: readonly string[];
  readonly seeds?: readonly number[];
  readonly onlyFolds?: readonly number[];
  readonly onlyArms?: string;
  readonly freshData?: true;
  readonly seed: number;
}

/** @param texts the DATA arguments */
export async function gridOf(
  texts: readonly string[],
  options: GridOptions,
  command: Command,
  backend: Backend,
): Promise<Grid> {
  const study = options.study === undefined ? undefined : await readStudy(options.study);
  const { seeds = study?.seeds ?? [options.seed], onlyFolds = study?.onlyFolds } = options;
  const fresh = options.freshData ?? study?.freshData ?? false;
  const given = texts.length > 0 ? texts.map((data) => ({ data })) : (study?.data ?? [{ data: "synthetic" }]);
  const { modelOptions, samplerOptions } = settingsOf(options);
  const models = await modelsOf(options, study, modelOptions);
  const arms = await armsOf(options, study);
  const sweeps = [...(study?.sweeps ?? []), ...options.sweep.map(parseSweep)];
  return {
    ...(study?.why !== undefined && { why: study.why }),
    datasets: await datasetsOf(given, options, fresh ? seeds : []),
    models,
    arms: sweepArms(withShared(arms, samplerOptions), sweeps),
    seeds,
    ...(onlyFolds && { onlyFolds }),
    ...(options.onlyArms !== undefined && { onlyArms: wordsOf("--only-arms", options.onlyArms) }),
    // What the command says comes before what the study says.
    settings: mergedSettings(study?.settings ?? {}, explicitSettings(command, options)),
    backend,
  };
}

async function readStudy(text: string): Promise<Study> {
  const known = studyNamed(text);
  if (known) return known;
  let json: string;
  try {
    json = (await readOrdinary(text, mostTextBytes)).toString("utf8");
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new UsageError(
      `--study ${quoted(text)}${meant(text, studyNames)}: there is no such file, and the studies are ${studyNames.join(", ")}`,
    );
  }
  return parseStudy(parseStudyText(json, text), text);
}

async function datasetsOf(
  given: readonly StudyData[],
  options: SplitOptions & { readonly seed: number },
  fresh: readonly number[],
): Promise<GridData[]> {
  if (given.length > 1 && (options.test ?? options.foldsFile) !== undefined)
    throw new UsageError(`--test and --folds-file are of one data set: expected one DATA, found ${given.length}`);
  const opened: { readonly data: StudyData; readonly first: Dataset; readonly of: GridData["of"] }[] = [];
  for (const data of given) {
    const first = await openSplit(data.data, options, options.seed);
    const made = new Map<number, Dataset>();
    const seeds = /^synthetic(:|$)/.test(data.data) ? fresh : [];
    for (const seed of seeds) made.set(seed, await openSplit(data.data, options, seed));
    opened.push({ data, first, of: (seed) => made.get(seed) ?? first });
  }
  const names = distinctNames(
    opened.map(({ data, first }) => ({ name: data.name ?? first.name, path: data.data, first })),
  );
  return opened.map(
    ({ data, of }, i): GridData => ({
      name: names[i],
      of,
      ...(data.settings && { settings: data.settings }),
    }),
  );
}

/** Different data of one name are named by as much of their path as tells them apart. */
export function distinctNames(
  sets: readonly { readonly name: string; readonly path: string; readonly first: Dataset }[],
): string[] {
  const digests = sets.map(({ first }) => fingerprint(first));
  const clash = (names: readonly string[], i: number): boolean =>
    names.some((name, other) => name === names[i] && digests[other] !== digests[i]);
  let names = sets.map(({ name }) => name);
  const parts = sets.map(({ path }) => path.split(/[/\\]/).slice(0, -1));
  for (let depth = 1; depth <= Math.max(0, ...parts.map(({ length }) => length)); depth++) {
    const before = names;
    names = sets.map(({ name }, i) => {
      const folders = parts[i].slice(-depth);
      return clash(before, i) ? [...folders, name].join("/") : before[i];
    });
  }
  const twice = names.findIndex((_, i) => clash(names, i));
  if (twice >= 0)
    throw new UsageError(`two different data sets are called ${names[twice]}; give one of them another name`);
  return names;
}

async function modelsOf(
  { models, study: file }: GridOptions,
  study: Study | undefined,
  modelOptions: Readonly<Record<string, unknown>>,
): Promise<GridModel[]> {
  const words = models === undefined ? undefined : wordsOf("--models", models);
  const named = words?.map((model) => ({ model, options: {} })) ?? study?.models ?? [{ model: "mlp", options: {} }];
  const names = named.map(({ model }) => model);
  return Promise.all(
    named.map(async ({ model, options }): Promise<GridModel> => {
      if (isOwnModule(model)) {
        const { name, ...own } = await loadOwn(model, "model", isModelMaker);
        return { name, own, options: { ...options } };
      }
      if (!modelNames.some((name) => name === model)) {
        throw new UsageError(
          `${words ? "--models" : `${file}: models:`} ${quoted(model)}${meant(model, modelNames)}: ` +
            `expected one of ${modelNames.join(", ")}, or a module`,
        );
      }
      return { name: model, options: { ...optionsFor("model", model, names, modelOptions), ...options } };
    }),
  );
}

async function armsOf({ samplers }: GridOptions, study: Study | undefined): Promise<GridArm[]> {
  const words = samplers === undefined ? undefined : wordsOf("--samplers", samplers);
  const arms = words?.map(parseArm) ?? study?.arms ?? ["uniform", "adaptive"].map(parseArm);
  return Promise.all(
    arms.map(async (arm): Promise<GridArm> => {
      const { sampler = defaultSettings.sampler, ...settings } = arm.settings;
      if (isOwnModule(sampler)) {
        const { name, ...own } = await loadOwn(sampler, "sampler", isSamplerMaker);
        return { name, settings, own };
      }
      if (samplerNames.some((name) => name === sampler)) return arm;
      throw new UsageError(
        `--samplers ${quoted(sampler)}${meant(sampler, samplerNames)}: expected one of ${samplerNames.join(", ")}, or a module`,
      );
    }),
  );
}

const isModelMaker = (value: unknown): value is ModelMaker => typeof value === "function";
const isSamplerMaker = (value: unknown): value is SamplerMaker => typeof value === "function";

/** Names between commas; a comma within a list of numbers, as in `mlp.hidden=64,32`, belongs to it. */
function wordsOf(option: string, text: string): string[] {
  const words = text.split(/,(?!\d)/).map((word) => word.trim());
  const twice = words.find((word, i) => words.indexOf(word) !== i);
  if (words.includes("")) throw new UsageError(`${option} ${quoted(text)}: expected values separated by commas`);
  if (twice !== undefined) throw new UsageError(`${option} ${quoted(text)}: ${twice} stands there twice`);
  return words;
}

/** Each sampler takes those of the options for all that it has; an arm's own come before them. */
function withShared(arms: readonly GridArm[], samplerOptions: Readonly<Record<string, unknown>>): GridArm[] {
  const known = new Map<string, ReadonlySet<string>>(
    samplerDescriptions.map(({ name, options }) => [name, new Set(options.map((option) => option.name))] as const),
  );
  const samplers = [...new Set(arms.map(({ settings: { sampler = defaultSettings.sampler } }) => sampler))];
  const stray = Object.keys(samplerOptions).find(
    (option) => !option.includes(".") && !samplers.some((sampler) => known.get(sampler)?.has(option)),
  );
  if (stray !== undefined) throw new UsageError(`sampler option ${stray}: none of ${samplers.join(", ")} has it`);
  return arms.map((arm) => {
    if (arm.own) return arm;
    const { sampler = defaultSettings.sampler } = arm.settings;
    const takes = (option: string): boolean => known.get(sampler)?.has(option) === true;
    const shared = optionsFor("sampler", sampler, samplers, samplerOptions, takes);
    return { ...arm, settings: mergedSettings({ samplerOptions: shared }, arm.settings) };
  });
}
