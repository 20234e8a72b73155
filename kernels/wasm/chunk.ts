/** One piece of one record's work, whichever thread does it. */
import { flowChunk } from "./flow";
import { likelihoodChunk } from "./likelihood";
import { mapChunk } from "./map";
import { matmulChunk } from "./matmul";
import { noiseChunk } from "./noise";
import {
  flowRecord,
  kindWord,
  likelihoodRecord,
  mapRecord,
  matmulRecord,
  noiseRecord,
  reduceRecord,
  rowsRecord,
  sparseRecord,
  staircaseRecord,
  thinRecord,
} from "./records";
import { reduceChunk } from "./reduce";
import { rowsChunk } from "./rows";
import { sparseChunk } from "./sparse";
import { staircase } from "./staircase";
import { thinChunk } from "./thin";
import { word } from "./words";

export function runChunk(record: usize, phase: i32, chunk: i32, scratch: usize): void {
  switch (word(record, kindWord)) {
    case mapRecord:
      mapChunk(record, chunk, scratch);
      break;
    case matmulRecord:
      matmulChunk(record, phase, chunk, scratch);
      break;
    case thinRecord:
      thinChunk(record, chunk);
      break;
    case reduceRecord:
      reduceChunk(record, chunk, scratch);
      break;
    case rowsRecord:
      rowsChunk(record, chunk);
      break;
    case noiseRecord:
      noiseChunk(record, chunk, scratch);
      break;
    case sparseRecord:
      sparseChunk(record, chunk);
      break;
    case staircaseRecord:
      staircase(record);
      break;
    case likelihoodRecord:
      likelihoodChunk(record, chunk, scratch);
      break;
    case flowRecord:
      flowChunk(record, phase, chunk, scratch);
      break;
  }
}
