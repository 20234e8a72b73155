/**
 * A study in a file: data sets, models, arms and seeds as JSON, checked before any work. What it means is a grid; the
 * published schema for editors is docs/study.schema.json. Comments are `why` fields.
 */
import * as v from "valibot";
import { meant, UsageError } from "../errors.ts";
import { checkSettings, type GivenSettings, placeOfSetting } from "../training/settings.ts";
import { parseArm, type Sweep } from "./arms.ts";
import type { GridArm } from "./grid.ts";

const text = v.pipe(v.string("a text"), v.minLength(1, "a text that is not empty"));
const why = v.exactOptional(v.string("a text"));
const options = v.record(v.string(), v.unknown(), "an object of options by name");
const whole = v.pipe(v.number("a whole number"), v.integer("a whole number"), v.minValue(0, "a whole number from 0"));
const some = <Item extends v.GenericSchema>(item: Item) =>
  v.exactOptional(v.pipe(v.array(item, "a list"), v.minLength(1, "a list of at least one")));

const data = v.strictObject({ data: text, name: v.exactOptional(text), why, settings: v.exactOptional(options) });
const model = v.strictObject({ model: text, why, options: v.exactOptional(options) });
const arm = v.strictObject({ name: v.exactOptional(text), why, settings: options });

export const studySchema = v.strictObject({
  $schema: v.exactOptional(text),
  name: v.exactOptional(text),
  why,
  data: some(v.union([text, data], "a data set or an object that names one")),
  models: some(v.union([text, model], "a model or an object that names one")),
  arms: some(v.union([text, arm], "an arm such as adaptive:pressure=16, or an object with settings")),
  sweep: v.exactOptional(
    v.record(v.string(), v.pipe(v.array(v.unknown(), "a list"), v.minLength(1, "a list of at least one value"))),
  ),
  seeds: some(whole),
  onlyFolds: some(whole),
  freshData: v.exactOptional(v.boolean("true or false")),
  settings: v.exactOptional(options),
});

const parts = Object.keys(studySchema.entries);

/** What a name that is no part of a study may have been meant for. */
const partMeant = (name: string): string =>
  meant(name, parts) || (name === "samplers" ? " (did you mean arms?)" : inSettings(name));

const inSettings = (name: string): string => {
  const place = placeOfSetting(name);
  return place === undefined ? "" : ` (a setting: write "settings": {${place}})`;
};

const inOptions = (name: string): string =>
  placeOfSetting(name)?.startsWith('"modelOptions"')
    ? ` (an option: write "options": {${JSON.stringify(name)}: ...})`
    : "";

/** A data set of a study. */
export interface StudyData {
  readonly data: string;
  readonly name?: string;
  readonly settings?: GivenSettings;
}

/** What a study says; what it leaves out is for the caller to choose. */
export interface Study {
  /** The question that it is to answer, in words. */
  readonly why?: string;
  readonly data?: readonly StudyData[];
  readonly models?: readonly { readonly model: string; readonly options?: Readonly<Record<string, unknown>> }[];
  readonly arms?: readonly GridArm[];
  readonly sweeps: readonly Sweep[];
  readonly seeds?: readonly number[];
  readonly onlyFolds?: readonly number[];
  /** Whether synthetic data are made anew from each seed. */
  readonly freshData?: boolean;
  readonly settings?: GivenSettings;
}

/** @throws UsageError with the place and what was expected there */
export function parseStudy(value: unknown, source: string): Study {
  if (Array.isArray(value) || typeof value !== "object" || value === null)
    throw new UsageError(`${source}: the study: expected an object`);
  const parsed = v.safeParse(studySchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    refuseUnknownNames(value, source);
    const place = v.getDotPath(issue);
    const unknown = issue.type === "strict_object" && place !== null;
    throw new UsageError(
      unknown
        ? `${source}: ${place}${partMeant(place)} is no part of a study; expected ${parts.join(", ")}`
        : `${source}: ${place ?? "the study"}: expected ${issue.message}`,
    );
  }
  const at = <T>(place: string, action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw error instanceof UsageError ? new UsageError(`${source}: ${place}: ${error.message}`) : error;
    }
  };
  const given = (place: string, settings: unknown): GivenSettings => at(place, () => checkSettings(settings));
  const { why, data, models, arms, sweep = {}, seeds, onlyFolds, freshData, settings } = parsed.output;
  const own = arms?.map((arm, i): GridArm => {
    if (typeof arm === "string") return at(`arms.${i}`, () => parseArm(arm));
    const settings = given(`arms.${i}.settings`, arm.settings);
    const { name = settings.sampler ?? `arm ${i}`, why } = arm;
    return { name, ...(why !== undefined && { why }), settings };
  });
  requireDistinct(
    `${source}: arms`,
    own?.map(({ name }) => name),
  );
  requireDistinct(
    `${source}: models`,
    models?.map((item) => (typeof item === "string" ? item : item.model)),
  );
  requireDistinct(`${source}: seeds`, seeds?.map(String));
  requireDistinct(`${source}: onlyFolds`, onlyFolds?.map(String));
  return {
    ...(why !== undefined && { why }),
    ...(data && {
      data: data.map((item, i) => {
        if (typeof item === "string") return { data: item };
        const { data, name, settings } = item;
        return {
          data,
          ...(name !== undefined && { name }),
          ...(settings && { settings: given(`data.${i}.settings`, settings) }),
        };
      }),
    }),
    ...(models && { models: models.map((item) => (typeof item === "string" ? { model: item } : named(item))) }),
    ...(own && { arms: own }),
    sweeps: Object.entries(sweep).map(([key, values]) => ({ key, values })),
    ...(seeds && { seeds }),
    ...(onlyFolds && { onlyFolds }),
    ...(freshData !== undefined && { freshData }),
    ...(settings && { settings: given("settings", settings) }),
  };
}

const named = ({ model: name, options }: v.InferOutput<typeof model>) => ({
  model: name,
  ...(options && { options }),
});

/** Of an object in a list that has a name unknown there. A union says only that none of its forms fits. */
function refuseUnknownNames(study: object, source: string): void {
  const lists = { data, models: model, arms: arm };
  for (const [list, { entries }] of Object.entries(lists)) {
    const items: unknown = Object.entries(study).find(([name]) => name === list)?.[1];
    for (const [i, item] of (Array.isArray(items) ? items : []).entries()) {
      const known = Object.keys(entries);
      const hint = list === "models" ? inOptions : inSettings;
      const wrong =
        typeof item === "object" && item !== null && Object.keys(item).find((name) => !known.includes(name));
      if (typeof wrong === "string")
        throw new UsageError(
          `${source}: ${list}.${i}: ${JSON.stringify(wrong)}${meant(wrong, known) || hint(wrong)}: ` +
            `expected some of ${known.join(", ")}`,
        );
    }
  }
}

/** Reports find arms by their names: two that share one would be taken for one. */
function requireDistinct(place: string, names: readonly string[] = []): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`${place}: ${twice} stands there twice; give each a name of its own`);
}
