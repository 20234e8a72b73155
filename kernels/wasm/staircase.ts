/** A matrix with zeros left of its staircase (engine/ops/staircase.ts), in another place or where it is. */
import {
  staircaseClasses,
  staircaseColumns,
  staircaseFrom,
  staircaseRows,
  staircaseTo,
  staircaseWidth,
} from "./records";
import { min, word } from "./words";

export function staircase(record: usize): void {
  const rows = word(record, staircaseRows);
  const columns = word(record, staircaseColumns);
  const classes = word(record, staircaseClasses);
  const step = word(record, staircaseWidth);
  const size = rows / classes;
  const longer = rows % classes;
  let from = <usize>word(record, staircaseFrom);
  let to = <usize>word(record, staircaseTo);
  let row = 0;
  for (let run = 0; run < classes; run++) {
    const zeros = min(columns, (run + 1) * step);
    const end = row + size + (run < longer ? 1 : 0);
    for (; row < end; row++) {
      memory.fill(to, 0, zeros << 2);
      if (from !== to) memory.copy(to + (zeros << 2), from + (zeros << 2), (columns - zeros) << 2);
      from += columns << 2;
      to += columns << 2;
    }
  }
}
