/** The step beside other frameworks, and the whole command beside itself on another device. */
import { productOperations } from "../peers/net.ts";
import type { CompareFile, KernelsFile, PeersFile } from "./files.ts";
import { number, percent, tableOf } from "./table.ts";

export function peerSection({ nets }: PeersFile): string {
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

export function compareSection({ data, cells, epochs, figures, ratios }: CompareFile): string {
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

/**
 * The rate of the products in a whole step, as a share of the measured peak of its instructions on its threads, beside
 * the ratio to PyTorch on as many.
 */
export function limitSection({ nets }: PeersFile, kernels: KernelsFile | undefined): string {
  const rows = nets.flatMap(({ net, figures }) =>
    figures
      .filter(({ backend }) => backend.startsWith("hardbatch wasm"))
      .map((own) => {
        const threads = Number(/(\d+) threads?$/.exec(own.backend)?.[1] ?? 1);
        const simd = own.backend.includes("relaxed") ? "relaxed" : "plain";
        const peak = kernels?.peaks.find(({ instructions }) => instructions === simd)?.median ?? Number.NaN;
        const rate = productOperations(net.split("-").map(Number)) / 1e6 / own.wall.min;
        const rival = figures.find(
          ({ backend }) => /^PyTorch/.test(backend) && backend.endsWith(own.backend.slice(-9)),
        );
        const over = rival ? number(own.wall.min / rival.wall.min) : "-";
        return [net, own.backend.replace("hardbatch ", ""), number(rate), percent(rate / (peak * threads)), over];
      }),
  );
  return [
    "WebAssembly has vectors of 128 bits. A core that multiplies and adds vectors of 512 bits at the same rate does four times as much, of 256 bits twice as much: for products that",
    "fill their registers these are the bounds of what OpenBLAS can gain by wider lanes, and nothing here can take that back. What can be judged is the share of WebAssembly's own",
    "limit that a whole step reaches, all that is not a product included (shortest turns; the limit is the loop of multiply-adds of the section *Kernels*):",
    "",
    tableOf(
      [
        "net",
        "backend",
        "GFLOP/s of the whole step",
        "of the WebAssembly limit",
        "time over PyTorch's, as many threads",
      ],
      rows,
    ),
  ].join("\n");
}
