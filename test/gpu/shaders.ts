/**
 * The laws of a device whose arithmetic is that of shaders, and which of them it breaks: without a test runner, so that
 * a page and the benchmark of a real graphics processor judge by them, too.
 */
import type { Backend } from "../../src/backends/backend.ts";
import { shader } from "../laws/arithmetic.ts";
import { programLaw } from "../laws/programs.ts";
import { backendLaw, type Check } from "../laws.ts";
import { holdsInSinglePrecision } from "./exceptions.ts";

export function shaderLaws(backend: Backend, runs: number, nonFinite: boolean): readonly Check[] {
  const options = { accuracy: shader, runs, nonFinite };
  return [...backendLaw(backend, options).filter(holdsInSinglePrecision), ...programLaw(backend, options)];
}

/** Titles and reasons of the checks that fail. */
export async function failing(checks: readonly Check[]): Promise<string[]> {
  const failures: string[] = [];
  for (const { title, check } of checks) {
    await check().catch((error) => {
      failures.push([title, error.message, error.cause?.message].filter(Boolean).join(": ").slice(0, 2000));
    });
  }
  return failures;
}
