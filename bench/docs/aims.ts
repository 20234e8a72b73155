/** The aims that the figures are held against: each a number, whether it is met, and for those that are not, why. */
import { productOperations } from "../peers/net.ts";
import type { CompareFile, KernelsFile, PeersFile, ProfileFile, StepFile } from "./files.ts";

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
  readonly profile?: ProfileFile;
  readonly step?: StepFile;
  readonly peers?: PeersFile;
  readonly compare?: CompareFile;
}

const missing = (what: string, wanted: string): Aim => ({ what, wanted, found: "not measured", met: undefined });
const times = (value: number): string => `${value.toPrecision(3)} x`;
const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;

/** Why an aim may be missed, by its kind; printed only where it is. */
const causes = {
  large: "the loop over registers begins two instructions a multiplication and addition, the tile loads besides",
  thin: "every number of the right side is used once: it is read at the speed of the outer caches, not multiplied at that of the registers",
  small: "packing and the edges of tiles weigh more in so little work",
  wide: "OpenBLAS multiplies vectors of 256 or 512 bits, WebAssembly has 128",
  compare: "what is not a step is as slow on both",
} as const;

const judged = (what: string, wanted: string, found: string, met: boolean, cause: string): Aim => ({
  what,
  wanted,
  found,
  met,
  ...(!met && { cause }),
});

function kernelAims(kernels: KernelsFile | undefined): Aim[] {
  if (!kernels) return [missing("matmul 512^3", "85 % of the peak")];
  const { figures } = kernels;
  const wasm = [
    ...new Set(figures.filter(({ backend }) => /^wasm.* 1 thread$/.test(backend)).map(({ backend }) => backend)),
  ];
  return wasm.flatMap((backend): Aim[] => {
    const of = (shape: string, kernel: string) =>
      figures.find((figure) => figure.backend === backend && figure.shape === shape && figure.kernel === kernel);
    const large = of("512 x 512 x 512", "matmul");
    if (!large) return [];
    const share = large.share ?? 0;
    const aims = [
      judged(`${backend}: matmul 512 x 512 x 512`, "85 % of the peak", percent(share), share >= 0.85, causes.large),
    ];
    for (const shape of ["128 x 6 x 256", "1 x 256 x 256", "17 x 33 x 65"]) {
      const rates = ["matmul", "matmulTransposeLeft", "matmulTransposeRight"].map(
        (kernel) => of(shape, kernel)?.rate ?? Number.NaN,
      );
      const slower = large.rate / Math.min(...rates);
      const cause = shape.startsWith("1 x") ? causes.thin : causes.small;
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
}

/** The relaxed module is held against PyTorch, both against the JavaScript frameworks. */
const peerAims: readonly PeerAim[] = [
  { peer: /^jax-js/, own: /threads?$/, wanted: "1/3", least: 3 },
  { peer: /^tfjs/, own: /threads?$/, wanted: "1/20", least: 20 },
  { peer: /^PyTorch.* 1 thread$/, own: /relaxed.* 1 thread$/, wanted: "1.5", least: 1 / 1.5 },
  { peer: /^PyTorch.* [2-9]\d* threads$/, own: /relaxed.* [2-9]\d* threads$/, wanted: "1", least: 1 },
];

/** What a profile says of a net, or of the whole command, on one thread. */
function profileCause(profile: ProfileFile | undefined, what: string, simd: string): string {
  const found = profile?.figures.find((figure) => figure.what === what && figure.simd === simd);
  if (!found) return "not profiled";
  const shares = found.shares
    .filter(({ share }) => share >= 0.015)
    .map(({ group, share }) => `${group} ${percent(share)}`);
  const tiles = found.tiles
    ? `, and those tiles run at ${percent(found.tiles.rate / found.tiles.peak)} of the peak`
    : "";
  return `of its time go to ${shares.join(", ")}${tiles}`;
}

/** For the aims beside peers: the rate that an aim asks for beside the peak, in GFLOP/s, and where the time goes. */
function rateCause(
  { kernels, profile }: Measured,
  net: string,
  asked: number,
  reached: number,
  backend: string,
): string {
  const simd = /relaxed/.test(backend) ? "relaxed" : "plain";
  const threads = threadsOf(backend);
  const peak = (kernels?.peaks.find(({ instructions }) => instructions === simd)?.median ?? Number.NaN) * threads;
  const rates = `the aim asks for ${asked.toFixed(0)} GFLOP/s of matrix products over the whole step; it reaches ${reached.toFixed(0)}, and the peak of ${simd} instructions on ${threads} core${threads === 1 ? "" : "s"} is ${peak.toFixed(0)}`;
  if (asked > peak) return `${rates}: more than the measured peak`;
  return threads === 1 ? `${rates}; ${profileCause(profile, net, simd)}` : rates;
}

const threadsOf = (backend: string): number => Number(/(\d+) threads?$/.exec(backend)?.[1] ?? 1);

function netAims(measured: Measured): Aim[] {
  const { peers } = measured;
  if (!peers) return [missing("training step beside peers", "ratios below")];
  return peers.nets.flatMap(({ net, figures }) =>
    peerAims.flatMap(({ peer, own, wanted, least }): Aim[] => {
      const other = figures.find(({ backend }) => peer.test(backend));
      const ours = figures.filter(({ backend }) => backend.startsWith("hardbatch wasm") && own.test(backend));
      if (!other) return [];
      // Several threads may be slower than one: the other is taken at its best.
      const alone = figures.find((figure) => figure.backend === other.backend.replace(/\d+ threads$/, "1 thread"));
      return ours.map(({ backend, processor, wall }) => {
        const { processor: ofProcessor, best } = other.ratios[backend];
        const found = ofProcessor ?? Math.min(best, alone?.ratios[backend].best ?? best);
        const clock = ofProcessor === undefined ? "shortest turns" : "processor time";
        const what = `${net}: ${backend.replace("hardbatch ", "")} over ${other.backend}, ${clock}`;
        const reached =
          productOperations(net.split("-").map(Number)) /
          1e6 /
          (ofProcessor === undefined ? wall.min : processor.median);
        const rates = rateCause(measured, net, (reached * least) / found, reached, backend);
        const cause = peer.source.startsWith("^PyTorch") ? `${rates}; ${causes.wide}` : rates;
        const shortest = ofProcessor === undefined ? "" : ` (shortest turns ${(1 / best).toPrecision(3)})`;
        return judged(what, `at most ${wanted}`, `${(1 / found).toPrecision(3)}${shortest}`, found >= least, cause);
      });
    }),
  );
}

function otherAims({ step, compare, profile }: Measured): Aim[] {
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
            causes.small,
          ),
        )),
    ratios
      ? judged(
          "compare on emotions, js over wasm with the threads it takes by itself",
          "at least 10 x",
          `${times(ratios.wall)} wall, ${times(ratios.processor)} processor`,
          ratios.wall >= 10,
          `${causes.compare}; on wasm, one thread, ${profileCause(profile, "compare on emotions", "relaxed")}`,
        )
      : missing("compare on emotions, js over wasm", "at least 10 x"),
  ];
}

export function aims(measured: Measured): Aim[] {
  return [...kernelAims(measured.kernels), ...netAims(measured), ...otherAims(measured)];
}
