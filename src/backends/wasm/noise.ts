/**
 * The records that draw a program's noise leaves in place, by a key that is written at each run; and second places for
 * the leaves, so that workers draw the next step's noise while this step still reads its own.
 */

import type { LeafNumbers } from "../../../kernels/noise.ts";
import { groupNumbers } from "../../../kernels/noise-constants.ts";
import * as records from "../../../kernels/wasm/records.ts";
import type { Program } from "../../engine/program.ts";
import { type Distribution, size } from "../../engine/tensor.ts";
import { leafNumbers } from "../leaf-numbers.ts";
import { chunkCount, chunkUnits, parts, type SharingThreshold } from "./chunks.ts";
import type { Layout, PlacedProgram } from "./layout.ts";

/** Seed and step. */
export const keyBytes = 8;

/** A number takes about as long as so many that are only moved. */
const cost = 8;
/** Groups of a chunk at most: some ten microseconds, as long as a step may wait for a thread that draws ahead. */
const mostGroups = 256;

interface Sharing {
  readonly threads: number;
  readonly threshold: SharingThreshold;
}

export function encodeNoise(
  { program, address }: PlacedProgram,
  how: Sharing & { readonly key: number },
): (readonly number[])[] {
  return program.values.flatMap((leaf, id) => {
    if (leaf.kind !== "noise") return [];
    const count = size(leaf.shape);
    const groups = parts(count, groupNumbers);
    const shared = chunkUnits(groups, chunkCount(cost * count, how.threshold.numbers, how.threads));
    const chunkGroups = shared < groups ? Math.min(mostGroups, shared) : shared;
    const { distribution, name } = leaf;
    return [
      noiseWords({ distribution, count, address: address(id), key: how.key, leaf: leafNumbers(name) }, chunkGroups),
    ];
  });
}

/** Whether a program draws so much that others should begin early. */
export function isWorthAhead({ noise }: Program, { threads, threshold }: Sharing): boolean {
  const count = noise.reduce((total, { shape }) => total + size(shape), 0);
  return threads > 1 && cost * count >= threshold.numbers;
}

/** The same program with places of its own for its noise. */
export function withOtherNoise(placed: PlacedProgram, layout: Layout): PlacedProgram {
  const others = placed.program.values.map((leaf) =>
    leaf.kind === "noise" ? layout.allocate(4 * size(leaf.shape)) : undefined,
  );
  return { ...placed, address: (id) => others[id] ?? placed.address(id) };
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
