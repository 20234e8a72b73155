/** The aims that the figures are held against: each a number, whether it is met, and for those that are not, why. */
import type { CompareFile, KernelsFile, PeersFile, StepFile } from "./files.ts";

export interface Aim {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  /** Undefined where nothing was measured. */
  readonly met: boolean | undefined;
  readonly cause?: string;
}

export interface Measured {
  readonly kernels?: KernelsFile;
  readonly step?: StepFile;
  readonly peers?: PeersFile;
  readonly compare?: CompareFile;
}

const missing = (what: string, wanted: string): Aim => ({ what, wanted, found: "not measured", met: undefined });
const times = (value: number): string => `${value.toPrecision(3)} x`;
const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;

/** Why an aim may be missed, by its kind; printed only where it is. */
const causes = {
  plain:
    "without a fused multiply-add the inner loop needs 24 arithmetic instructions and 8 loads for 12 vectors; the loop over registers has no loads",
  thin: "one row: every entry of the right side is read once for two operations, so the rate is that of memory, not of arithmetic",
  small: "packing the right side and the edges of tiles are a larger part of so little work",
  jax: "both are bound by the matrix products, which jax-js also runs with SIMD: a third of its time would take more than the peak of this step's products leaves room for",
  tfjs: "the net is dominated by its large matrix products, where tfjs' XNNPACK kernels are at their best",
  pytorch:
    "OpenBLAS uses the processor's vectors of 512 bits, WebAssembly has 128: the matrix products alone take about twice as long at the peak of both",
  compare:
    "the steps themselves are faster by the ratio of the step benchmark; the rest of the command (reading, folds, neighbours, metrics, looking for NaN) takes the same time on both",
} as const;

const judged = (what: string, wanted: string, found: string, met: boolean, cause: keyof typeof causes): Aim => ({
  what,
  wanted,
  found,
  met,
  ...(!met && { cause: causes[cause] }),
});

function kernelAims(kernels: KernelsFile | undefined): Aim[] {
  if (!kernels) return [missing("matmul 512^3", "85 % of the peak")];
  const { figures } = kernels;
  const wasm = [
    ...new Set(figures.filter(({ backend }) => /^wasm.* 1 thread$/.test(backend)).map(({ backend }) => backend)),
  ];
  return wasm.flatMap((backend): Aim[] => {
    const of = (shape: string, kernel: string) =>
      figures.find((each) => each.backend === backend && each.shape === shape && each.kernel === kernel);
    const large = of("512 x 512 x 512", "matmul");
    if (!large) return [];
    const share = large.share ?? 0;
    const aims = [
      judged(`${backend}: matmul 512 x 512 x 512`, "85 % of the peak", percent(share), share >= 0.85, "plain"),
    ];
    for (const shape of ["128 x 6 x 256", "1 x 256 x 256", "17 x 33 x 65"]) {
      const rates = ["matmul", "matmulTransposeLeft", "matmulTransposeRight"].map(
        (kernel) => of(shape, kernel)?.rate ?? Number.NaN,
      );
      const slower = large.rate / Math.min(...rates);
      const cause = shape.startsWith("1 x") ? "thin" : "small";
      aims.push(
        judged(`${backend}: ${shape}, slowest form, below the rate of 512^3`, "2 x", times(slower), slower <= 2, cause),
      );
    }
    return aims;
  });
}

interface PeerAim {
  readonly peer: RegExp;
  readonly own: RegExp;
  readonly wanted: string;
  /** The least that the peer's time over ours may be. */
  readonly least: number;
  readonly cause: keyof typeof causes;
}

/** Of the wasm contenders, the relaxed one is held against PyTorch; each against the JavaScript frameworks. */
const peerAims: readonly PeerAim[] = [
  { peer: /^jax-js/, own: /1 thread$/, wanted: "1/3", least: 3, cause: "jax" },
  { peer: /^tfjs/, own: /1 thread$/, wanted: "1/20", least: 20, cause: "tfjs" },
  { peer: /^PyTorch.* 1 thread$/, own: /relaxed.* 1 thread$/, wanted: "1.5", least: 1 / 1.5, cause: "pytorch" },
  { peer: /^PyTorch.* [2-9]\d* threads$/, own: /relaxed.* [2-9]\d* threads$/, wanted: "1", least: 1, cause: "pytorch" },
];

function netAims(peers: PeersFile | undefined): Aim[] {
  if (!peers) return [missing("training step beside peers", "ratios below")];
  return peers.nets.flatMap(({ net, figures }) =>
    peerAims.flatMap(({ peer, own, wanted, least, cause }): Aim[] => {
      const other = figures.find(({ backend }) => peer.test(backend));
      const ours = figures.filter(({ backend }) => backend.startsWith("hardbatch wasm") && own.test(backend));
      if (!other || ours.length === 0)
        return [missing(`${net}: time over that of ${peer.source.replace(/\W+/g, " ").trim()}`, wanted)];
      return ours.map(({ backend }) => {
        const { processor, median } = other.ratios[backend];
        const found = processor ?? median;
        const clock = processor === undefined ? "wall time" : "processor time";
        const what = `${net}: ${backend.replace("hardbatch ", "")} over ${other.backend}, ${clock}`;
        return judged(what, `at most ${wanted}`, (1 / found).toPrecision(2), found >= least, cause);
      });
    }),
  );
}

function otherAims({ step, compare }: Measured): Aim[] {
  const clif =
    step?.figures.filter(({ model, shape, labels }) => model === "clif" && shape === "cal500" && labels === 119) ?? [];
  const ratios = compare?.ratios;
  return [
    ...(clif.length === 0
      ? [missing("CLIF at cal500 sizes, 119 labels", "80 % of the backend's matmul rate")]
      : clif.map(({ backend, share }) =>
          judged(
            `${backend}: CLIF, 119 labels, width 768, whole step`,
            "80 % of the matmul rate",
            percent(share),
            share >= 0.8,
            "small",
          ),
        )),
    ratios
      ? judged(
          "compare on emotions, js over wasm, wall time",
          "at least 10 x",
          times(ratios.wall),
          ratios.wall >= 10,
          "compare",
        )
      : missing("compare on emotions, js over wasm", "at least 10 x"),
  ];
}

export function aims(measured: Measured): Aim[] {
  return [...kernelAims(measured.kernels), ...netAims(measured.peers), ...otherAims(measured)];
}
