/**
 * The noise of the step that probably comes next, drawn by the workers beside this one's steps: programs that draw much
 * have two places for it, and what reads each. A guess that fails costs time only.
 */
import { chunksWord } from "../../../kernels/wasm/records.ts";
import type { NoiseKey } from "../backend.ts";
import type { Words } from "./encode.ts";
import type { PlacedProgram } from "./layout.ts";
import type { Kernels } from "./module.ts";

/** A program whose records begin at `start`: those that draw its noise by the key at `key`, then those that compute. */
export interface Variant {
  readonly placed: PlacedProgram;
  readonly key: number;
  readonly start: number;
  readonly noise: readonly Words[];
  readonly steps: readonly Words[];
}

export interface Ahead {
  /** Draws the noise of a run, as far as that was not done before. @returns the variant that has it */
  draw(variants: readonly Variant[], key: NoiseKey): Variant;
  /** Lets workers begin with the noise of another run. */
  begin(variant: Variant, key: NoiseKey): void;
  /** Returns when nothing is drawn any more. */
  stop(): void;
}

const chunksOf = (records: readonly Words[]): number => records.reduce((total, words) => total + words[chunksWord], 0);

const same = (a: NoiseKey, b: NoiseKey): boolean => a.seed === b.seed && a.step === b.step;

/** @param setKey writes a key to an address */
export function noiseAhead(kernels: Kernels, setKey: (at: number, key: NoiseKey) => void): Ahead {
  let begun: { readonly variant: Variant; readonly key: NoiseKey } | undefined;
  const finish = (wanted: boolean): void => {
    if (begun) kernels.finishAhead(wanted);
    begun = undefined;
  };
  return {
    draw(variants, key) {
      const found = begun && variants.includes(begun.variant) && same(begun.key, key) ? begun.variant : undefined;
      finish(found !== undefined);
      if (found) return found;
      const [variant] = variants;
      setKey(variant.key, key);
      kernels.run(variant.start, variant.noise.length);
      return variant;
    },
    begin(variant, key) {
      finish(false);
      setKey(variant.key, key);
      kernels.drawAhead(variant.start, chunksOf(variant.noise));
      begun = { variant, key };
    },
    stop: () => finish(false),
  };
}
