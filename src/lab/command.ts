/** A state as the command and as the program that give the same runs. */
import { printSettings } from "../index.ts";
import { type LabState, settingsOf } from "./state.ts";

/** One word of a shell. */
const quoted = (word: string): string => (/^[\w.,:=/+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A sampler with its options as an arm of `compare`: `adaptive:pressure=4`. */
function armOf({ sampler, samplerOptions }: LabState["lanes"][0]): string {
  const options = printSettings({ samplerOptions }).map((pair) => pair.slice("sampler.".length));
  return [sampler, ...options].join(":");
}

/** `npx hardbatch compare ...`: both lanes on the first fold. */
export function commandOf(state: LabState): string {
  const {
    model = "mlp",
    modelOptions = {},
    optimiser = {},
    seed = 1,
    epochs,
    batchSize,
    learningRateWarmUp,
  } = state.shared;
  const data = state.data.startsWith("file:") ? state.data.slice("file:".length) : state.data;
  const options = printSettings({ modelOptions }).flatMap((pair) => ["--model-option", pair.slice("model.".length)]);
  const words = [
    ...["npx", "hardbatch", "compare", data, "--models", model, ...options],
    ...["--samplers", state.lanes.map(armOf).join(",")],
    ...(epochs === undefined ? [] : ["--epochs", String(epochs)]),
    ...(batchSize === undefined ? [] : ["--batch-size", String(batchSize)]),
    ...(optimiser.learningRate === undefined ? [] : ["--lr", String(optimiser.learningRate)]),
    ...(optimiser.weightDecay === undefined ? [] : ["--weight-decay", String(optimiser.weightDecay)]),
    ...(learningRateWarmUp === undefined ? [] : ["--lr-warm-up", String(learningRateWarmUp)]),
    ...["--seed", String(seed), "--drop-rare", "0", "--only-folds", "0", "--backend", "wasm", "--threads", "1"],
  ];
  return words.map(quoted).join(" ");
}

/** A program on the public package that prints the validation macro-AUC of both lanes, epoch by epoch. */
export function codeOf(state: LabState): string {
  const { seed = 1 } = state.shared;
  const isFile = state.data.startsWith("file:");
  const source = isFile
    ? `await loadDataset(${JSON.stringify(state.data.slice("file:".length))})`
    : `parseSynthetic(${JSON.stringify(state.data)}, ${seed})`;
  return `import { configure, createBackend, ${isFile ? "loadDataset" : "parseSynthetic"}, prepare, train } from "hardbatch";

const data = prepare(${source}, { seed: ${seed}, dropLabelsAtMost: 0 });
const backend = await createBackend("wasm", { threads: 1 });
for (const settings of [
  ${JSON.stringify(settingsOf(state, 0))},
  ${JSON.stringify(settingsOf(state, 1))},
]) {
  for await (const event of train(configure(data, backend, settings))) {
    if (event.kind === "epoch") console.log(settings.sampler, event.epoch + 1, event.validation?.macroAuc);
  }
}
`;
}
