/** What a visitor can do. The views call these; page.ts does them. */
import type { Guess } from "../page-state.ts";
import type { LabState } from "../state.ts";

export interface Actions {
  play(): void;
  pause(): void;
  /** Begins runs that were announced as long. */
  start(): void;
  batch(): void;
  epoch(): void;
  again(): void;
  scrub(epoch: number): void;
  select(row: number | undefined): void;
  /** Another state: starts the runs anew where they are other runs. */
  change(state: LabState): void;
  preset(id: string): void;
  guess(guess: Guess): void;
  file(files: FileList | readonly File[]): void;
  labelColumns(text: string): void;
  toggleTables(): void;
  toggleControls(): void;
  chart(index: number): void;
  copy(what: "link" | "command" | "code"): void;
  download(what: "cells" | "csv" | "svg"): void;
  offline(): void;
}
