/**
 * What a page sees when the device refuses something or is taken away, between two steps or with several on their way.
 */
import type { Values } from "../../src/backends/backend.ts";
import { gpu } from "../../src/backends/gpu.ts";
import { DeviceLostError } from "../../src/backends/lost.ts";
import { train } from "../../src/training/train.ts";
import { smallStep } from "../gpu/step.ts";
import { trainingOptions } from "../gpu/training.ts";
import { work } from "./counting.ts";

/** What a run says after the device refused something, and whether the one after that goes on. */
export async function refusing(): Promise<string[]> {
  const { programs, feeds } = smallStep("webgpu");
  const executable = await gpu("webgpu").compile(programs);
  work().fault();
  const answers: string[] = [];
  for (const step of [1, 2, 3]) {
    await executable.run("train", feeds(step)).then(
      ({ loss }) => answers.push(Number.isFinite(loss[0]) ? "fine" : "not a number"),
      (error) => answers.push(error.message),
    );
  }
  executable.dispose();
  return answers;
}

/** Takes the device away between two steps: what the next one, and a new executable, answer. */
export async function losing(mode: "webgpu" | "webgl2") {
  const backend = gpu(mode);
  const { programs, feeds } = smallStep(mode);
  const executable = await backend.compile(programs);
  await executable.run("train", feeds(1));
  const known = await executable.read();
  await executable.run("train", feeds(2));
  work().lose(mode);
  const error = await executable.run("train", feeds(3)).then(
    () => undefined,
    (error: unknown) => error,
  );
  executable.dispose();
  const kept =
    error instanceof DeviceLostError &&
    Object.entries(known).every(([name, values]) => values.every((value, i) => value === error.state[name][i]));
  const next = await backend.compile(programs);
  const { loss } = await next.run("train", feeds(1));
  next.dispose();
  return {
    name: error instanceof Error ? error.name : "none",
    message: String(error),
    kept,
    next: Number.isFinite(loss[0]),
  };
}

/** Takes the device away while an epoch's steps are on their way: how the run ends. */
export async function losingAhead() {
  const unhandled: string[] = [];
  const note = ({ reason }: PromiseRejectionEvent): void => void unhandled.push(String(reason));
  addEventListener("unhandledrejection", note);
  let known: Values = {};
  let error: unknown;
  try {
    for await (const event of train({ ...trainingOptions(gpu("webgpu"), { warmUp: 1 }), keep: "last" })) {
      if (event.kind === "epoch" && event.best) known = event.best;
      if (event.kind === "epoch" && event.epoch === 2) setTimeout(() => work().lose("webgpu"), 2);
    }
  } catch (thrown) {
    error = thrown;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  removeEventListener("unhandledrejection", note);
  const kept =
    error instanceof DeviceLostError &&
    Object.entries(known).every(([name, values]) => values.every((value, i) => value === error.state[name][i]));
  return { name: error instanceof Error ? error.name : "none", kept, weights: Object.keys(known).length, unhandled };
}
