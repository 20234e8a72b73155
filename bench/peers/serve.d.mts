/** What `serve.mjs` offers to TypeScript. */
export interface Problem {
  readonly widths: readonly number[];
  readonly batch: number;
  readonly threads: number;
  readonly steps: number;
}
export function readProblem(): Problem;
export function serve(options: {
  readonly description: string;
  readonly step: (count: number) => unknown;
  readonly checked?: string;
  readonly problem: Problem;
}): Promise<void>;
