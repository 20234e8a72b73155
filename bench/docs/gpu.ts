/** The gpu device, mode by mode. */
import type { GpuFile } from "./files.ts";
import { number, tableOf } from "./table.ts";

export function gpuSection({ results, skipped }: GpuFile): string {
  const columns = Object.entries(results);
  const figures = new Map(columns.flatMap(([, each]) => each.figures.map(({ name, unit }) => [name, unit])));
  const rows = [...figures].map(([name, unit]) => [
    unit === "" ? name : `${name}, ${unit}`,
    ...columns.map(([, each]) => {
      const found = each.figures.find((figure) => figure.name === name);
      return found ? number(found.value) : "-";
    }),
  ]);
  const missing = Object.entries(skipped).map(([title, why]) => `${title} (${why})`);
  return [
    tableOf(["", ...columns.map(([title, { description }]) => `${title}: ${description}`)], rows),
    ...columns.flatMap(([title, { laws }]) =>
      laws ? ["", `${title}: ${laws.tried - laws.broken.length} of ${laws.tried} laws of a device hold.`] : [],
    ),
    "",
    ...(missing.length > 0 ? [`Not measured: ${missing.join("; ")}.`] : []),
  ].join("\n");
}
