/** How a figure of a device is taken: checked against js in float64 first, then the median of some calls. */
import type { Backend, Values } from "../../src/backends/backend.ts";
import { js } from "../../src/backends/js.ts";
import type { Program } from "../../src/engine/program.ts";

/** Median milliseconds of a call. */
export async function median(budget: number, call: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let spent = 0; times.length < 3 || (spent < budget && times.length < 200); ) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
    spent += times[times.length - 1];
    if (times.length === 1 && spent > budget) break;
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** The outputs of one run are those of js. */
export async function agree(backend: Backend, built: Program, feeds: Values, what: string): Promise<void> {
  const answers: Values[] = [];
  for (const each of [backend, js({ precision: 64 })]) {
    const executable = await each.compile({ built });
    answers.push(await executable.run("built", feeds));
    executable.dispose();
  }
  for (const [name, expected] of Object.entries(answers[1])) {
    let scale = 0;
    for (const value of expected) scale = Math.max(scale, Math.abs(value));
    const at = expected.findIndex((value, i) => !(Math.abs(answers[0][name][i] - value) <= 1e-3 * scale));
    if (at >= 0)
      throw new Error(`${backend.name}, ${what}: ${name}[${at}] is ${answers[0][name][at]}, expected ${expected[at]}`);
  }
}
