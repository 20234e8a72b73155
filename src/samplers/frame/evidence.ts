/**
 * Checks of what a training step hands to `observe`. Everything is checked before anything is changed, so that a
 * refused call leaves the sampler as it was.
 */

import { UsageError } from "../../errors.ts";
import type { Evidence, EvidenceKind } from "../sampler.ts";

const largest: Record<EvidenceKind, number> = { rowLosses: Number.MAX_VALUE, entryLosses: Number.MAX_VALUE, scores: 1 };

/**
 * The evidence of one kind for these rows, `[rows.length * columns]` (columns 1 for row losses, else the labels).
 *
 * @throws UsageError if it is missing, of another length, or holds a value that is NaN, infinite, negative or, for
 * scores, above 1.
 */
export function requireEvidence(
  evidence: Evidence,
  kind: EvidenceKind,
  rows: Int32Array,
  columns: number,
): Float32Array {
  const values = evidence[kind];
  if (values === undefined)
    throw new UsageError(`observe: this sampler needs the evidence "${kind}", which is missing`);
  if (values.length !== rows.length * columns) {
    throw new UsageError(
      `observe: "${kind}" has ${values.length} values; ${rows.length} rows of ${columns} need ${rows.length * columns}`,
    );
  }
  const limit = largest[kind];
  for (let k = 0; k < values.length; k++) {
    const value = values[k];
    if (!(value >= 0 && value <= limit)) {
      const place = columns === 1 ? "" : `, column ${k % columns}`;
      throw new UsageError(
        `observe: "${kind}" of row ${rows[Math.floor(k / columns)]}${place} is ${value}; expected a number ` +
          (kind === "scores" ? "in [0, 1]" : "that is finite and not negative"),
      );
    }
  }
  return values;
}
