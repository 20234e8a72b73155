/** Rates of single kernels, what threads bring them, and where the time of a step goes. */
import type { KernelsFile, ProfileFile } from "./files.ts";
import { number, percent, tableOf } from "./table.ts";

export function kernelSection({ figures, peaks }: KernelsFile): string {
  const backends = [...new Set(figures.map(({ backend }) => backend))];
  const cases = [...new Set(figures.map(({ kernel, shape, unit }) => `${kernel}|${shape}|${unit}`))];
  const part = (unit: string): string => {
    const rows = cases
      .filter((kind) => kind.endsWith(`|${unit}`))
      .map((kind) => {
        const [kernel, shape] = kind.split("|");
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

/** What a second thread brings: medians of one thread over those of several, and the shortest turns likewise. */
export function threadSection({ figures }: KernelsFile): string {
  const alone = figures.filter(({ backend }) => / 1 thread$/.test(backend));
  const names = [...new Set(figures.map(({ backend }) => backend))].filter((name) => /\d threads$/.test(name));
  const rows = alone
    .filter(({ backend }) => backend === alone[0].backend)
    .flatMap(({ kernel, shape }) => {
      const cells = names.map((name) => {
        const of = (backend: string) =>
          figures.find((figure) => figure.backend === backend && figure.kernel === kernel && figure.shape === shape);
        const [one, more] = [of(name.replace(/\d+ threads$/, "1 thread")), of(name)];
        if (!one || !more) return "-";
        return `${number(one.wall.median / more.wall.median)} (${number(one.wall.min / more.wall.min)})`;
      });
      return cells.every((cell) => cell === "-") ? [] : [[`${kernel} ${shape}`, ...cells]];
    });
  return rows.length === 0 ? "Not measured." : tableOf(["one thread over", ...names], rows);
}

/** Where the time of a step goes. */
export function profileSection({ figures }: ProfileFile): string {
  const [first] = figures;
  const rows = figures.map(({ what, simd, shares, tiles }) => [
    `${what}, ${simd}`,
    ...shares.map(({ share }) => percent(share)),
    tiles ? `${number(tiles.rate)} of ${number(tiles.peak)}` : "",
  ]);
  return tableOf(["", ...first.shares.map(({ group }) => group), "tiles, GFLOP/s of the peak"], rows);
}
