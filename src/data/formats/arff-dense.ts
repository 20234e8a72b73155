/**
 * Dense ARFF rows, `1.5,0,'a b',1`: one value for each attribute, separated by a comma or by blanks. This is the loop
 * that sets the parse rate, so most cells are dealt with here, by `readNumber` alone or, the single digits 0 and 1, by
 * no call at all.
 */

import type { Allowance } from "./allowance.ts";
import { type CellPlan, NAME, NOTHING, NUMBER, ONE_HOT, readCell, unexpected } from "./arff-cells.ts";
import type { ArffAttribute } from "./arff-header.ts";
import { readNumber } from "./decimal.ts";
import type { RowReader } from "./row-reader.ts";
import { COMMA, isBlank, NEWLINE, OPEN_BRACE, PERCENT, type Scanner, ZERO } from "./scanner.ts";

/**
 * @param rows lines that hold something. @param bytes of all of them.
 * @throws DataError, while reading, at the first cell or row that does not fit the header.
 */
export function denseRows(plan: CellPlan, rows: number, bytes: number, allowance: Allowance): RowReader {
  const { attributes, forms, labels: isLabel, targets, widths, digits, featureColumns, labelColumns } = plan;
  const count = attributes.length;
  // A row takes at least two bytes a value: files with more lines than that fail before the arrays are full.
  const room = Math.min(rows, Math.floor(bytes / (2 * count)) + 1);
  const values = allowance.array("the features", Float32Array, room, featureColumns);
  const labels = allowance.array("the labels", Uint8Array, room, labelColumns);
  const ids: string[] = [];
  let row = 0;
  const read = (scanner: Scanner): void => {
    const { bytes } = scanner;
    for (; scanner.skipToContent(); row++) {
      if (bytes[scanner.position] === OPEN_BRACE) {
        throw scanner.error(scanner.position, "a sparse row among dense ones: expected one kind in a file");
      }
      const valueStart = row * featureColumns;
      const labelStart = row * labelColumns;
      for (let a = 0; a < count; a++) {
        const start = scanner.position;
        const digit = (bytes[start] as number) - ZERO;
        const next = start + 1 < bytes.length ? (bytes[start + 1] as number) : NEWLINE;
        const form = forms[a] as number;
        let value = Number.NaN;
        if ((digit === 0 || digit === 1) && (next === COMMA || next === NEWLINE)) {
          value = digits[2 * a + digit] as number;
          if (!Number.isNaN(value)) scanner.position = start + 1;
        } else if (form === NUMBER && isLabel[a] === 0) {
          value = readNumber(scanner);
        }
        if (Number.isNaN(value)) {
          if (scanner.atLineEnd()) throw shortRow(scanner, a, count);
          value = readCell(scanner, plan, a, ids);
        }
        const target = targets[a] as number;
        if (isLabel[a] === 1) labels[labelStart + target] = value;
        else if (form === ONE_HOT) {
          const first = valueStart + target;
          if (Number.isNaN(value)) values.fill(value, first, first + (widths[a] as number));
          else values[first + value] = 1;
        } else if (form < NOTHING) values[valueStart + target] = value;
        if (bytes[scanner.position] === COMMA && a + 1 < count) {
          const next = ++scanner.position;
          if (next < bytes.length && isBlank(bytes[next] as number)) scanner.skipBlanks();
        } else {
          finishCell(scanner, plan, a, start);
        }
      }
      scanner.skipLine();
    }
  };
  const named = forms.includes(NAME);
  const finish: RowReader["finish"] = () => ({
    features: { kind: "dense", rows, columns: featureColumns, values },
    labels: { rows, columns: labelColumns, values: labels },
    ...(named && { ids }),
  });
  return { read, finish };
}

/** What follows a cell other than a comma: blanks and the next one, or the end of the row, a comma before it or not. */
function finishCell(scanner: Scanner, plan: CellPlan, a: number, start: number): void {
  const { bytes } = scanner;
  const count = plan.attributes.length;
  const last = a + 1 === count;
  const end = scanner.position;
  const glued = bytes[end] === PERCENT && end > start;
  if (glued || (scanner.wordEnd(end) > end && plan.forms[a] === NUMBER)) {
    throw unexpected(scanner, start, (plan.attributes[a] as ArffAttribute).name, glued ? "a value" : "a number");
  }
  scanner.skipBlanks();
  const more = scanner.position;
  const comma = bytes[more] === COMMA;
  if (comma) {
    scanner.position++;
    scanner.skipBlanks();
  }
  if (last) {
    if (scanner.atLineEnd()) return;
    throw scanner.error(more, `expected the end of the line after ${count} values, found ${scanner.found(more)}`);
  }
  if (scanner.atLineEnd()) throw shortRow(scanner, a + 1, count);
  if (!comma && more === end) throw scanner.error(end, `expected "," after a value, found ${scanner.found(end)}`);
}

function shortRow(scanner: Scanner, values: number, count: number): Error {
  const percent = scanner.bytes[scanner.position] === PERCENT;
  const advice = percent ? "; % starts a comment, a value with % wants quotes" : "";
  return scanner.error(scanner.position, `a row of ${values} values: expected ${count}${advice}`);
}
