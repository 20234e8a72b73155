/**
 * Saved models: one sealed safetensors file with the tensors under the model's own names and, as metadata, all that is
 * needed to use them again: model, settings, preprocessing, names, and how they were made. Turns bytes into values and
 * back; files are for others.
 */
import * as v from "valibot";
import type { Values } from "../backends/backend.ts";
import { type Preprocessing, parseStoredPreprocessing } from "../data/preparation/fitted.ts";
import type { StateLeaf } from "../engine/tensor.ts";
import { DataError, UsageError } from "../errors.ts";
import { createModel } from "../models/create.ts";
import type { Model } from "../models/model.ts";
import { Random } from "../random.ts";
import { requireDistinctNames } from "./distinct-names.ts";
import type { Safetensors } from "./safetensors.ts";
import { decodeSealed, encodeSealed } from "./sealed.ts";
import { checkTrainingRecord, type TrainingRecord, trainingRecordSchema } from "./training-record.ts";

/** How weights were made. */
export interface Origin {
  /** Of the program. */
  readonly version: string;
  /** Raised whenever the same settings give other bits. */
  readonly numerics: number;
  /** What ran, with its vector instructions: "wasm relaxed-simd, 2 threads". */
  readonly backend: string;
  /** Of the data set. */
  readonly fingerprint: string;
}

/** A trained model with all that is needed to use it. */
export interface SavedModel {
  readonly model: Model;
  readonly modelOptions: Readonly<Record<string, unknown>>;
  readonly preprocessing: Preprocessing;
  /** Whatever else the run was made with, for people to read. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Parameters and buffers by name. */
  readonly values: Values;
  readonly origin?: Origin;
  /** Files of earlier versions have none. */
  readonly training?: TrainingRecord;
}

/** Files of the first format have no checksum and no origin. */
const formats = ["hardbatch 1", "hardbatch 2"] as const;
const format = "hardbatch 2";
/** Their entry in the metadata. */
export const key = "hardbatch";
/** Brackets in the metadata; settings nest a few deep. */
const deepest = 20;

const metadataSchema = v.object({
  format: v.picklist(formats),
  model: v.string(),
  features: v.pipe(v.number(), v.integer(), v.minValue(1)),
  labels: v.pipe(v.number(), v.integer(), v.minValue(1)),
  modelOptions: v.record(v.string(), v.unknown()),
  preprocessing: v.unknown(),
  settings: v.record(v.string(), v.unknown()),
  origin: v.exactOptional(
    v.object({ version: v.string(), numerics: v.number(), backend: v.string(), fingerprint: v.string() }),
  ),
  training: v.exactOptional(trainingRecordSchema),
});

const savedLeaves = ({ parameters, buffers }: Model): readonly StateLeaf[] => [...parameters, ...buffers];

/** @throws UsageError where the values of a tensor of the model are missing or of another length */
export function encodeModel({
  model,
  modelOptions,
  preprocessing,
  settings,
  values,
  origin,
  training,
}: SavedModel): Uint8Array<ArrayBuffer> {
  const tensors = new Map(savedLeaves(model).map(({ name, shape }) => [name, { shape, values: values[name] }]));
  for (const [tensor, { values }] of tensors) {
    if (!values) throw new UsageError(`saved model: no values of tensor ${tensor}; no epoch was finished, perhaps`);
  }
  const { name, features, labels } = model;
  const made = { ...(origin && { origin }), ...(training && { training }) };
  const metadata = { format, model: name, features, labels, modelOptions, preprocessing, settings, ...made };
  return encodeSealed(tensors, new Map([[key, JSON.stringify(metadata)]]));
}

/**
 * The tensors' shapes are compared with the model's before anything is made for it.
 * @throws DataError where the bytes are no such file, are damaged, or its tensors don't fit the model it names
 */
export function decodeModel(bytes: Uint8Array, file: string): SavedModel {
  const { tensors, metadata, sealed } = decodeSealed(bytes, file);
  const {
    format: made,
    model: name,
    features,
    labels,
    modelOptions,
    preprocessing,
    settings,
    origin,
    training,
  } = readMetadata(metadata.get(key), file);
  if (made === format && !sealed) throw new DataError({ file }, "its checksum is missing: it is damaged");
  const fitted = inFile(file, () => parseStoredPreprocessing(preprocessing));
  checkCount(file, "features", features, fitted.featureNames);
  checkCount(file, "labels", labels, fitted.labelNames);
  if (training) inFile(file, () => checkTrainingRecord(training, labels));
  const model = inFile(file, () =>
    createModel(name, { features, labels, options: modelOptions, random: new Random(0) }),
  );
  const values = savedLeaves(model).map((leaf) => [leaf.name, readTensor(tensors, leaf, name, file)] as const);
  return {
    model,
    modelOptions,
    preprocessing: fitted,
    settings,
    values: Object.fromEntries(values),
    ...(origin && { origin }),
    ...(training && { training }),
  };
}

function readTensor(
  tensors: Safetensors["tensors"],
  { name, shape }: StateLeaf,
  model: string,
  file: string,
): Float32Array | Float64Array {
  const stored = tensors.get(name);
  if (!stored) throw new DataError({ file }, `tensor ${name} of the ${model} model is missing`);
  if (stored.shape.join() !== shape.join()) {
    throw new DataError({ file }, `tensor ${name} has shape [${stored.shape}], expected [${shape}]`);
  }
  const { type, values } = stored;
  if (!(values instanceof Float32Array || values instanceof Float64Array)) {
    throw new DataError({ file }, `tensor ${name} is of type ${type}, expected F32 or F64`);
  }
  const unfit = values.findIndex((value) => !Number.isFinite(value));
  if (unfit >= 0)
    throw new DataError({ file }, `tensor ${name}: value ${unfit} is ${values[unfit]}, expected a finite number`);
  return values;
}

function checkCount(file: string, what: string, count: number, names: readonly string[]): void {
  if (names.length === count) return;
  throw new DataError({ file }, `the model has ${count} ${what}, but the preprocessing names ${names.length}`);
}

/** What the file says wrong is the file's fault, not the caller's. */
function inFile<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    // A RangeError is an array of impossible length.
    if (error instanceof UsageError || error instanceof RangeError) throw new DataError({ file }, error.message);
    throw error;
  }
}

function readMetadata(text: string | undefined, file: string): v.InferOutput<typeof metadataSchema> {
  if (text === undefined) {
    throw new DataError({ file }, 'no "hardbatch" entry in the metadata: expected weights saved by hardbatch train');
  }
  let json: unknown;
  try {
    requireDistinctNames(text, deepest);
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError({ file }, `the "hardbatch" entry of the metadata can't be read: ${reason}`);
  }
  const parsed = v.safeParse(metadataSchema, json);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new DataError({ file }, `metadata ${v.getDotPath(issue) ?? ""}: ${issue.message}`);
}
