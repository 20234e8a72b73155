/**
 * The entry of the module: walks the records of a program. Exported loops and tiles are called from here only;
 * exporting them keeps the compiler from melting them into one function too large for the engine's register allocation.
 */
import { flowChunks, flowPhases } from "./flow";
import { matmulChunks, matmulPhases } from "./matmul";
import {
  chunksWord,
  copyBytes,
  copyFrom,
  copyRecord,
  copyTo,
  flowRecord,
  kindWord,
  lengthWord,
  matmulRecord,
} from "./records";
import { doChunks } from "./threads";
import { word } from "./words";

export { allFinite } from "./finite";
export { flowUnits, flowUnitsGradient, sumUnits } from "./flow-units";
export * from "./generated/spans";
export * from "./generated/tiles";
export { likelihoodAdjoints, likelihoodTerms } from "./likelihood";
export { fillPair } from "./noise";
export { addFourRows } from "./reduce";
export { addMultiple, thirtyTwoColumns } from "./sparse";
export { drawAhead, finishAhead, initialize, work } from "./threads";

/** Runs `count` records from `program`. */
export function run(program: usize, count: i32): void {
  let record = program;
  for (let i = 0; i < count; i++) {
    runRecord(record);
    record += word(record, lengthWord) << 2;
  }
}

function runRecord(record: usize): void {
  const kind = word(record, kindWord);
  const chunks = word(record, chunksWord);
  if (kind === copyRecord) {
    memory.copy(word(record, copyTo), word(record, copyFrom), word(record, copyBytes));
    return;
  }
  if (kind === matmulRecord) {
    const phases = matmulPhases(record);
    for (let phase = 0; phase < phases; phase++) doChunks(record, phase, matmulChunks(record, phase), chunks > 1);
  } else if (kind === flowRecord) {
    const phases = flowPhases(record);
    for (let phase = 0; phase < phases; phase++) doChunks(record, phase, flowChunks(record, phase), chunks > 1);
  } else {
    doChunks(record, 0, chunks, true);
  }
}
