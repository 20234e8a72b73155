/** The records that draw a program's noise leaves in place, by a key that is written at each run. */
import { groupNumbers } from "../../../kernels/noise-constants.ts";
import * as records from "../../../kernels/wasm/records.ts";
import { size } from "../../engine/tensor.ts";
import { leafNumbers } from "../noise.ts";
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
    return [
      [
        records.noiseRecord,
        records.noiseWords,
        parts(groups, chunkGroups),
        Number(leaf.distribution === "normal"),
        address(id),
        count,
        how.key,
        ...leafNumbers(leaf.name),
        chunkGroups,
      ],
    ];
  });
}
