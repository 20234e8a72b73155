/**
 * Writes docs/benchmarks.md from what the other benchmarks left in bench/measured; measures nothing itself.
 * `npm run bench -- docs`, after for instance `npm run bench -- kernels --out bench/measured/kernels.json`.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { aims } from "./docs/aims.ts";
import { type CompareFile, type KernelsFile, type PeersFile, read, type StepFile } from "./docs/files.ts";
import { describeMachine, type Machine } from "./timing/record.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const measured = (name: string): string => `${root}bench/measured/${name}.json`;
const kernels = read<KernelsFile>(measured("kernels"));
const steps = ["step", "step-clif"].flatMap((name) => read<StepFile>(measured(name)) ?? []);
const [firstStep] = steps;
const step = firstStep && {
  machine: firstStep.machine,
  figures: steps.flatMap(({ figures }) => figures),
  leftOut: steps.flatMap(({ leftOut }) => leftOut),
};
const peers = read<PeersFile>(measured("peers"));
const compare = read<CompareFile>(measured("compare"));

const number = (value: number): string => {
  if (!Number.isFinite(value)) return "-";
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
};
const percent = (value: number | undefined): string => (value === undefined ? "" : `${(100 * value).toFixed(0)} %`);

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const taken = (machine: Machine | undefined, name: string, flags = ""): string =>
  machine
    ? `Taken on ${describeMachine(machine)} (running processes before and after; more than the cores means disturbed timings). Again: \`npm run bench -- ${name}${flags} --out bench/measured/${name}.json\`.`
    : `Not measured yet: \`npm run bench -- ${name}${flags} --out bench/measured/${name}.json\`.`;

function kernelSection({ figures, peaks }: KernelsFile): string {
  const backends = [...new Set(figures.map(({ backend }) => backend))];
  const cases = [...new Set(figures.map(({ kernel, shape, unit }) => `${kernel}|${shape}|${unit}`))];
  const part = (unit: string): string => {
    const rows = cases
      .filter((each) => each.endsWith(`|${unit}`))
      .map((each) => {
        const [kernel, shape] = each.split("|");
        const cells = backends.map((backend) => {
          const figure = figures.find((one) => one.kernel === kernel && one.shape === shape && one.backend === backend);
          if (!figure) return "-";
          const { rate, best, share } = figure;
          return `${number(rate)} (${number(best)})${share === undefined ? "" : `, ${percent(share)}`}`;
        });
        return [`${kernel} ${shape}`, ...cells];
      });
    return tableOf([unit, ...backends], rows);
  };
  const peak = peaks
    .map(({ instructions, median, best }) => `${instructions} ${number(median)} (${number(best)})`)
    .join(", ");
  return [
    "Rate of the median turn (of the best turn), and its share of the peak. The median is by processor time for one thread, by wall",
    "time for several; the best is by wall time. The peak is that of a loop of multiply-adds over registers without a load, in the same turns, on one core",
    `times the threads: ${peak} GFLOP/s. Results are checked against float64 under a forward error bound before anything is timed.`,
    "",
    part("GFLOP/s"),
    "",
    part("GB/s"),
  ].join("\n");
}

function stepSection({ figures, leftOut }: StepFile): string {
  const rows = figures.map((each) => [
    `${each.model}, ${each.shape} ${each.features}-${each.labels}`,
    each.backend,
    `${number(each.wall.min)} / ${number(each.wall.median)} / ${number(each.wall.mad)}`,
    number(each.processor.median),
    number(each.noise),
    number(each.operations / 1e9),
    percent(each.share),
    each.jsRatio === undefined ? "" : number(each.jsRatio),
    `${number(each.building)} + ${number(each.compiling)}`,
  ]);
  const out = leftOut.map(({ model, shape, backend, why }) => `${model} ${shape} on ${backend} (${why})`);
  return [
    "Batches of 128 synthetic rows, models at their published sizes, Adam, noise filled on the host, loss and row losses read back.",
    "`share`: the rate of the step's matrix products, as if nothing else were in it, over the backend's own rate at 512^3 in the same turns.",
    "Losses of three steps, on a batch small enough for it, were compared with js in float64 first.",
    "",
    tableOf(
      [
        "model, shape",
        "backend",
        "ms min / median / MAD",
        "processor ms",
        "of it noise",
        "GFLOP",
        "share",
        "js / this",
        "ms to build + compile",
      ],
      rows,
    ),
    "",
    ...(out.length > 0 ? [`Left out for their time: ${out.join("; ")}.`] : []),
  ].join("\n");
}

function peerSection({ nets }: PeersFile): string {
  return nets
    .map(({ net, figures, missing }) => {
      const own = figures.map(({ backend }) => backend).filter((name) => name.startsWith("hardbatch wasm"));
      const rows = figures.map(({ backend, wall, processor, ratios, checked }) => [
        backend,
        `${number(wall.min)} / ${number(wall.median)} / ${number(wall.mad)}`,
        number(processor.median),
        ...own.map((name) => {
          const { median, best, processor: alone } = ratios[name];
          return name === backend ? "1" : `${number(alone ?? median)} (${number(best)})`;
        }),
        checked,
      ]);
      const head = [
        "",
        "ms min / median / MAD",
        "processor ms",
        ...own.map((name) => `/ ${name.replace("hardbatch ", "")}`),
        "checked",
      ];
      const absent = Object.entries(missing).map(([name, why]) => `${name}: ${why}`);
      return [
        `### ${net}`,
        "",
        tableOf(head, rows),
        "",
        ...(absent.length > 0 ? [`Not run: ${absent.join("; ")}.`, ""] : []),
      ].join("\n");
    })
    .join("\n");
}

function compareSection({ data, cells, epochs, figures, ratios }: CompareFile): string {
  const rows = figures.map(({ backend, wall, processor, macroAuc }) => [
    backend,
    number(wall.median / 1000),
    number(processor.median / 1000),
    macroAuc.toFixed(4),
  ]);
  return [
    `\`hardbatch compare ${data} --models mlp --samplers uniform,adaptive --epochs ${epochs}\`, ${cells} cells, from start to exit:`,
    `js takes ${number(ratios.wall)} times as long (${number(ratios.processor)} times the processor time).`,
    "",
    tableOf(["backend", "s", "processor s", "mean macro-AUC"], rows),
  ].join("\n");
}

const judged = aims({
  ...(kernels && { kernels }),
  ...(step && { step }),
  ...(peers && { peers }),
  ...(compare && { compare }),
});
const aimRows = judged.map(({ what, wanted, found, met }) => [
  what,
  wanted,
  found,
  met === undefined ? "-" : met ? "met" : "**missed**",
]);
const causesOf = new Map<string, string[]>();
for (const { what, cause } of judged) if (cause) causesOf.set(cause, [...(causesOf.get(cause) ?? []), what]);

const page = `# Benchmarks

Generated by \`npm run bench -- docs\` from the figures in \`bench/measured\`; edit \`bench/docs.ts\`, not this page. Times of one machine say
little; ratios are taken within one run, candidates in turns (A B C, C B A), turn by turn. \`min / median / MAD\` are milliseconds of wall time over
the turns; *processor* is the median of processor time, which does not count waiting for a core and is the steadier figure on a machine that does other things.
Every result is checked before it is timed, and the names are those of what really ran.

## The aims, and which are missed

${tableOf(["", "aim", "found", ""], aimRows)}

${causesOf.size > 0 ? `Why those are missed, as far as is known:\n\n${[...causesOf].map(([cause, which]) => `- ${cause} (${which.join("; ")})`).join("\n")}` : ""}

## Kernels

${taken(kernels?.machine, "kernels")}

${kernels ? kernelSection(kernels) : ""}

## Training steps

${taken(step?.machine, "step", " --shapes emotions,yeast,cal500,Corel5k --limit 6")}

${step ? stepSection(step) : ""}

## Beside other frameworks

${taken(peers?.machine, "peers")}

The same step for all: layers with leaky rectifiers, batch of 128, mean binary cross-entropy on logits, Adam, loss read back; ours also gathers its
rows from the data set on the device. Columns are times over ours (processor time for one thread, else wall time; in brackets shortest turn over shortest turn).
jax-js runs one thread in Node, which has no global \`Worker\`. brain.js 1.6 can't do this step: it learns from one row at a time, by squared error with sigmoids in
every layer, so its figure is 128 updates in place of one. Install: \`npm ci --prefix bench/peers\`, \`apt install python3-torch libopenblas0-pthread\`.

${peers ? peerSection(peers) : ""}
## The whole command

${taken(compare?.machine, "compare")}

${compare ? compareSection(compare) : ""}

## Graphics processors

No graphics processor was at hand for this page. \`npm run bench -- gpu\` measures every mode of gpu.js that runs where it is started, beside wasm, js and PyTorch on CUDA,
and says which modes do not run and why.
`;

writeFileSync(`${root}docs/benchmarks.md`, page);
console.log(`docs/benchmarks.md: ${judged.filter(({ met }) => met).length} of ${judged.length} aims met`);
