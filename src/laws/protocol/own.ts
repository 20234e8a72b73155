/** The samplers of this library on the program's side of the protocol: a `create` request becomes one of them. */
import type { Matrix } from "../../data/dataset.ts";
import { UsageError } from "../../errors.ts";
import { Random } from "../../random.ts";
import { checkSamplerOptions, isSamplerName, samplerNamed, samplerOptionNames } from "../../samplers/create.ts";
import { claimsOf, type Variant } from "../own-samplers.ts";
import { trialOptionNames } from "./client.ts";
import type { CreateRequest } from "./messages.ts";
import type { Maker } from "./server.ts";

/** Labels and features may be that many numbers in all. */
const mostEntries = 2 ** 30;

/**
 * Makes the named sampler for each request; options of the request come before those given here.
 * @throws UsageError for an unknown name or a wrong option
 */
export function ownMaker(name: string, given: Variant): Maker {
  if (!isSamplerName(name)) throw new UsageError(`sampler "${name}": there is none of that name`);
  checkSamplerOptions(name, given);
  const known = samplerOptionNames(name);
  const chained = name === "adaptiveChain";
  const options = trialOptionNames.filter(
    (option) => known.includes(option) || (chained && option === "labelCorrelation"),
  );
  return (request) => {
    const { batchSize, seed, epochs, features } = request;
    const own = { ...given, ...request.options };
    const sampler = samplerNamed(
      name,
      {
        labels: labelsOf(request),
        batchSize,
        random: new Random(seed),
        ...(epochs !== undefined && { epochs }),
        ...(features && { features: matrix(features) }),
      },
      Object.fromEntries(Object.entries(own).map(([option, value]) => arrayOption(option, value))),
    );
    return { name, sampler, claims: { ...claimsOf(name, own), options } };
  };
}

function labelsOf({ rows, labelCount, labels }: CreateRequest) {
  if (rows * labelCount > mostEntries) {
    throw new UsageError(
      `create: ${rows} rows of ${labelCount} labels: expected at most ${mostEntries} entries in all`,
    );
  }
  const values = new Uint8Array(rows * labelCount);
  for (const [row, own] of labels.entries()) for (const label of own) values[row * labelCount + label] = 1;
  return { rows, columns: labelCount, values };
}

function matrix(lines: readonly (readonly number[])[]): Matrix {
  const columns = lines[0]?.length ?? 0;
  const uneven = lines.findIndex((line) => line.length !== columns);
  if (uneven >= 0) {
    throw new UsageError(`create: row ${uneven} has ${lines[uneven].length} features, row 0 has ${columns}`);
  }
  const values = new Float32Array(lines.length * columns);
  for (const [row, line] of lines.entries()) values.set(line, row * columns);
  return { kind: "dense", rows: lines.length, columns, values };
}

/** Options that are lists of numbers in JSON and typed arrays in the sampler. */
function arrayOption(option: string, value: unknown): [string, unknown] {
  if (option === "weights") return [option, Float64Array.from(numbers(option, value))];
  if (option === "neighbours") return [option, Int32Array.from(numbers(option, value))];
  if (option === "labelCorrelation") return ["correlation", Float64Array.from(numbers(option, value))];
  return [option, value];
}

/** The numbers of a list, or of a list of lists. */
function numbers(option: string, value: unknown): number[] {
  const list = Array.isArray(value) ? value.flat() : undefined;
  const wrong = list?.find((entry) => typeof entry !== "number");
  if (list === undefined || wrong !== undefined) {
    throw new UsageError(
      `create: option ${option}: expected a list of numbers; found ${JSON.stringify(wrong ?? value)}`,
    );
  }
  return list;
}
