/** A state as the command and as the program that give the same runs. */
import { flagOf, printSettings } from "../index.ts";
import { type LabState, settingsOf } from "./state.ts";

/** One word of a shell. */
const quoted = (word: string): string => (/^[\w.,:=/+@%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** A sampler with its options as an arm of `compare`: `adaptive:pressure=4`. */
function armOf({ sampler, samplerOptions }: LabState["lanes"][0]): string {
  const options = printSettings({ samplerOptions }).map((pair) => pair.slice("sampler.".length));
  return [sampler, ...options].join(":");
}

/** Flags without a value. */
const bareFlags = ["amsgrad"];

/** A setting as the words of a command: `--epochs 40`. */
function flagWords(pair: string): readonly string[] {
  const at = pair.indexOf("=");
  const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
  if (key.startsWith("model.")) return ["--model-option", pair.slice("model.".length)];
  const name = key.replace(/^optimiser\./, "");
  const flag = flagOf(name);
  if (bareFlags.includes(name)) return value === "true" ? [flag] : [];
  return [flag, value];
}

/** Labels without a positive alone are dropped, unless the state says otherwise. */
const preparation = { dropLabelsAtMost: 0 };

/** `npx hardbatch compare ...`: both lanes on the state's fold, with every setting that the state has. */
export function commandOf(state: LabState): string {
  const { model = "mlp", seed = 1, fold = 0, ...others } = { ...preparation, ...state.shared };
  const data = state.data.startsWith("file:") ? state.data.slice("file:".length) : state.data;
  const words = [
    ...["npx", "hardbatch", "compare", data, "--models", model],
    ...["--samplers", state.lanes.map(armOf).join(",")],
    ...printSettings(others).flatMap(flagWords),
    ...["--seed", String(seed), "--only-folds", String(fold), "--backend", "wasm", "--threads", "1"],
  ];
  return words.map(quoted).join(" ");
}

/** A program on the public package that prints the validation macro-AUC of both lanes, epoch by epoch. */
export function codeOf(state: LabState): string {
  const {
    seed = 1,
    protocol,
    folds,
    order,
    dropLabelsAtMost,
    featureShare,
    ...rest
  } = {
    ...preparation,
    ...state.shared,
  };
  const { fitOn, validationFrom, fold, missing } = rest;
  const prepared = {
    seed,
    protocol,
    folds,
    fold,
    order,
    dropLabelsAtMost,
    featureShare,
    fitOn,
    validationFrom,
    missing,
  };
  const isFile = state.data.startsWith("file:");
  const source = isFile
    ? `await loadDataset(${JSON.stringify(state.data.slice("file:".length))})`
    : `parseSynthetic(${JSON.stringify(state.data)}, ${seed})`;
  return `import { configure, createBackend, ${isFile ? "loadDataset" : "parseSynthetic"}, prepare, train } from "hardbatch";

const data = prepare(${source}, ${JSON.stringify(prepared)});
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
