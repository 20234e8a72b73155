/** What numpy takes for the same: a shuffle, a draw of a batch, and the authors' update of all entries after it. */
import { spawnSync } from "node:child_process";

/** Milliseconds: medians. */
export interface NumpyFigure {
  readonly rows: number;
  /** Of a permutation of all rows, for each of its batches. */
  readonly shuffle: number;
  readonly draw: number;
  readonly update: number;
}

/** The table is kept in dicts, as in the published code. */
const script = `
import json, math, sys, time
import numpy as np
batch, pressure, sizes = 128, 4, json.loads(sys.argv[1])
def middle(call, times):
    spent = []
    for _ in range(times):
        start = time.process_time(); call(); spent.append(time.process_time() - start)
    return sorted(spent)[len(spent) // 2] * 1e3
figures = []
for n in sizes:
    times = 3 if n > 1e6 else 5
    losses = np.random.default_rng(1).exponential(size=n)
    weights = np.exp(np.log(pressure) / n) ** np.ceil(losses / (losses.max() / n))
    p = weights / weights.sum()
    shuffle = middle(lambda: np.random.permutation(n), times) / math.ceil(n / batch)
    draw = middle(lambda: np.random.choice(n, batch, replace=False, p=p), times)
    table, chances = dict(enumerate(losses.tolist())), {}
    def renew():
        z = np.array(list(table.values()))
        new = np.exp(np.log(pressure) / n) ** np.ceil(z / (z.max() / n)).astype(int)
        every = dict(zip(table, new))
        for i in range(batch): chances[i] = every[i]
    figures.append({"rows": n, "shuffle": shuffle, "draw": draw, "update": middle(renew, 1 if n > 1e6 else 3)})
print(json.dumps(figures))
`;

/** By the first interpreter that has numpy; else why there is none. */
export function numpyFigures(sizes: readonly number[]): NumpyFigure[] | string {
  let why = "";
  for (const python of ["python3", "/usr/bin/python3"]) {
    const { status, stdout, stderr, error } = spawnSync(python, ["-c", script, JSON.stringify(sizes)], {
      encoding: "utf8",
    });
    if (status === 0) return JSON.parse(stdout);
    why = error?.message ?? stderr.trim().split("\n").at(-1) ?? "";
  }
  return `no python3 with numpy ran here (${why})`;
}
