/** The step beside other frameworks, and the whole command beside itself on another device. */
import type { CompareFile, PeersFile } from "./files.ts";
import { number, tableOf } from "./table.ts";

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
