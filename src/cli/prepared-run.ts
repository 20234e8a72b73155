/** Everything that a run of `hardbatch train` needs before anything is written. */
import { fingerprint } from "../data/fingerprint.ts";
import { prepare } from "../data/preparation/prepare.ts";
import { trainingRecord } from "../saved/training-record.ts";
import type { Checkpoint } from "../training/checkpoint.ts";
import { configure } from "../training/configure.ts";
import type { RunSettings } from "../training/settings.ts";
import { neighbourSearch } from "./neighbour-search.ts";
import type { AboutRun } from "./resume.ts";
import type { RunFolder } from "./run-folder.ts";
import { backendOf, optionsFor, prepareOptionsOf, settingsOf } from "./settings.ts";
import { openSplit } from "./splits.ts";
import type { TrainCommandOptions } from "./train-options.ts";
import { readPytorch } from "./weights.ts";

export interface TrainJob {
  /** DATA. */
  readonly text: string;
  readonly options: TrainCommandOptions;
  /** The command line that the run began with, and its paths from the root. */
  readonly words: readonly string[];
  readonly paths: Readonly<Record<string, string>>;
  readonly out: string;
  /** What the run goes on from, in a folder that is taken already. */
  readonly from?: { readonly folder: RunFolder; readonly checkpoint: Checkpoint; readonly about: AboutRun };
}

export async function prepareRun({ text, options, from }: TrainJob) {
  const { model, sampler, seed, fold, fromPytorch } = options;
  const dataset = await openSplit(text, options, seed);
  const { split } = dataset;
  const asked = { ...prepareOptionsOf(options), seed, fold };
  const preparation = split ? { ...asked, folds: split.tests.length, split: split.method } : asked;
  const data = { ...prepare(dataset, preparation), search: neighbourSearch(options) };
  const given = settingsOf(options);
  const settings: RunSettings = {
    ...given,
    model,
    sampler,
    seed,
    modelOptions: optionsFor("model", model, [model], given.modelOptions),
    samplerOptions: optionsFor("sampler", sampler, [sampler], given.samplerOptions),
  };
  const setup = configure(data, await backendOf(options), settings);
  const initial = fromPytorch === undefined || from ? undefined : await readPytorch(setup.model, fromPytorch, options);
  const { name, ids } = dataset;
  const described = { data: name, ...settings, ...preparation };
  // The table as it was read is not held on to: what is trained on is another one.
  return {
    name,
    data,
    settings,
    setup,
    initial,
    described,
    fingerprint: fingerprint(dataset),
    record: trainingRecord(data),
    columns: { kept: data.features.columns, all: dataset.features.columns },
    ...(ids && { ids }),
  };
}

export type PreparedRun = Awaited<ReturnType<typeof prepareRun>>;
