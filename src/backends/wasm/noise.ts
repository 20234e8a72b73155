/** The records that draw a program's noise leaves in place, by a key that is written at each run. */

import type { LeafNumbers } from "../../../kernels/noise.ts";
import { groupNumbers } from "../../../kernels/noise-constants.ts";
import * as records from "../../../kernels/wasm/records.ts";
import { type Distribution, size } from "../../engine/tensor.ts";
import { leafNumbers } from "../leaf-numbers.ts";
import { chunkCount, chunkUnits, parts, type SharingThreshold } from "./chunks.ts";
import type { PlacedProgram } from "./layout.ts";

/** Seed and step. */
export const keyBytes = 8;

/** A number takes about as long as so many that are only moved. */
const cost = 8;

export function encodeNoise(
  { program, address }: PlacedProgram,
  how: { readonly threads: number; readonly threshold: SharingThreshold; readonly key: number },
): (readonly number[])[] {
  return program.values.flatMap((leaf, id) => {
    if (leaf.kind !== "noise") return [];
    const count = size(leaf.shape);
    const groups = parts(count, groupNumbers);
    const chunkGroups = chunkUnits(groups, chunkCount(cost * count, how.threshold.numbers, how.threads));
    const { distribution, name } = leaf;
    return [
      noiseWords({ distribution, count, address: address(id), key: how.key, leaf: leafNumbers(name) }, chunkGroups),
    ];
  });
}

/** What a leaf draws, where to, and where its key stands. */
interface NoiseDraw {
  readonly distribution: Distribution;
  readonly count: number;
  readonly address: number;
  readonly key: number;
  readonly leaf: LeafNumbers;
}

/** The record of a leaf, cut into chunks of so many groups of numbers; default one chunk. */
export function noiseWords(
  { distribution, count, address, key, leaf }: NoiseDraw,
  chunkGroups = parts(count, groupNumbers),
): readonly number[] {
  const chunks = parts(parts(count, groupNumbers), chunkGroups);
  const isNormal = Number(distribution === "normal");
  return [records.noiseRecord, records.noiseWords, chunks, isNormal, address, count, key, ...leaf, chunkGroups];
}
