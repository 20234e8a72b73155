/** What the benchmarks write with --out, as the page reads it. */
import { existsSync, readFileSync } from "node:fs";
import type { JobFigure } from "../job.ts";
import type { MemoryFigure } from "../memory.ts";
import type { NeighbourFigure } from "../neighbours.ts";
import type { ReadingFigure } from "../reading.ts";
import type { NumpyFigure } from "../sampler/numpy.ts";
import type { SamplerFigure } from "../sampler.ts";
import type { SparseFigure, SparseMemory } from "../sparse.ts";
import type { StartFigure } from "../start.ts";
import type { LeftOut, PytorchFigure, StepFigure } from "../step/figures.ts";
import type { Summary } from "../timing/interleave.ts";
import type { Machine } from "../timing/record.ts";

interface Times {
  /** What really ran. */
  readonly backend: string;
  /** Milliseconds. */
  readonly wall: Summary;
  readonly processor: Summary;
}

export interface KernelsFile {
  readonly machine: Machine;
  readonly peaks: readonly { readonly instructions: string; readonly best: number; readonly median: number }[];
  readonly figures: readonly (Times & {
    readonly kernel: string;
    readonly shape: string;
    readonly unit: string;
    readonly rate: number;
    readonly best: number;
    readonly share?: number;
  })[];
}

export interface StepFile {
  readonly machine: Machine;
  readonly figures: readonly StepFigure[];
  /** Absent from files that are older than that comparison. */
  readonly pytorch?: readonly PytorchFigure[];
  readonly leftOut: readonly LeftOut[];
}

export interface PeersFile {
  readonly machine: Machine;
  readonly nets: readonly {
    readonly net: string;
    readonly figures: readonly (Times & {
      readonly checked: string;
      readonly ratios: Readonly<
        Record<string, { readonly median: number; readonly best: number; readonly processor?: number }>
      >;
    })[];
    readonly missing: Readonly<Record<string, string>>;
  }[];
}

export interface CompareFile {
  readonly machine: Machine;
  readonly data: string;
  readonly cells: number;
  readonly epochs: number;
  readonly figures: readonly (Times & { readonly macroAuc: number })[];
  readonly ratios: { readonly wall: number; readonly processor: number };
}

export interface ProfileFile {
  readonly machine: Machine;
  readonly figures: readonly {
    readonly what: string;
    readonly simd: string;
    readonly shares: readonly { readonly group: string; readonly share: number }[];
    readonly tiles?: { readonly rate: number; readonly peak: number };
  }[];
}

export interface GpuFile {
  readonly machine: Machine;
  readonly results: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly laws?: { readonly tried: number; readonly broken: readonly string[] };
        readonly figures: readonly { readonly name: string; readonly value: number; readonly unit: string }[];
      }
    >
  >;
  /** Why a mode was not measured. */
  readonly skipped: Readonly<Record<string, string>>;
}

export interface SamplerFile {
  readonly machine: Machine;
  readonly figures: readonly SamplerFigure[];
  /** Or why there is none. */
  readonly numpy: readonly NumpyFigure[] | string;
}

export interface NeighboursFile {
  readonly machine: Machine;
  readonly figures: readonly NeighbourFigure[];
}

export interface MemoryFile {
  readonly machine: Machine;
  readonly figures: readonly MemoryFigure[];
}

export interface ReadingFile {
  readonly machine: Machine;
  readonly figures: readonly ReadingFigure[];
}

export interface SparseFile {
  readonly machine: Machine;
  readonly figures: readonly SparseFigure[];
  readonly missing: Readonly<Record<string, string>>;
  readonly memory: SparseMemory;
}

export interface StartFile {
  readonly machine: Machine;
  readonly figures: readonly StartFigure[];
}

export interface JobFile {
  readonly machine: Machine;
  readonly figures: readonly JobFigure[];
  readonly leftOut: readonly string[];
}

/** Undefined where the benchmark has not been run. Files are our own, so only their JSON is checked. */
export function read<File>(path: string): File | undefined {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}
