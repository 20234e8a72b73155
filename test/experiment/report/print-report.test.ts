import { describe, expect, test } from "vitest";
import { printReport } from "../../../src/experiment/report/print-report.ts";
import { buildReport } from "../../../src/experiment/report/report.ts";
import { cellOf, grid } from "../cells.ts";

describe("printing", () => {
  const method =
    "corrected resampled t-test (Nadeau and Bengio 2003), test/train rows 0.250; p is of one comparison, not adjusted for their number.";
  const values = { uniform: [0.8, 0.82, 0.79, 0.81, 0.8], adaptive: [0.81, 0.82, 0.82, 0.8, 0.83] };
  const cells = grid(({ sampler, fold }) => (sampler === "uniform" ? values.uniform : values.adaptive)[fold]);

  test("as text", () => {
    expect(
      printReport(
        buildReport(
          cells.map((cell) => ({ ...cell, seconds: 2 })),
          { timings: true },
        ),
      ),
    ).toBe(
      `emotions, mlp: 5 folds x 1 seed, backend js
sampler           mean ± sd  minus uniform       95 % interval      p  rank
macroAuc (higher)
  uniform   0.8040 ± 0.0114                                            1.70
  adaptive  0.8160 ± 0.0114        +0.0120  [-0.0213, +0.0453]  0.374  1.30
hammingLoss (lower)
  uniform   0.2000 ± 0.0000                                            1.50
  adaptive  0.2000 ± 0.0000        +0.0000  [+0.0000, +0.0000]  1.000  1.50
Intervals and p: ${method}
Mean time a cell: uniform 2.0 s, adaptive 2.0 s.
`,
    );
  });

  test("as Markdown, with notes and the table over data sets", () => {
    const several = ["a", "b"].flatMap((data) => cells.map((cell) => ({ ...cell, key: { ...cell.key, data } })));
    expect(printReport(buildReport(several.slice(0, -1), { metrics: ["macroAuc"] }), "markdown")).toBe(
      `### a, mlp: 5 folds x 1 seed, backend js

| metric | sampler | mean ± sd | minus uniform | 95 % interval | p | mean rank |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| macroAuc (higher) | uniform | 0.8040 ± 0.0114 |  |  |  | 1.70 |
|  | adaptive | 0.8160 ± 0.0114 | +0.0120 | [-0.0213, +0.0453] | 0.374 | 1.30 |

Intervals and p: ${method}

### b, mlp: 5 folds x 1 seed, backend js

| metric | sampler | mean ± sd | minus uniform | 95 % interval | p | mean rank |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
| macroAuc (higher) | uniform | 0.8040 ± 0.0114 |  |  |  | 1.63 |
|  | adaptive | 0.8125 ± 0.0096 | +0.0075 | [-0.0309, +0.0459] | 0.579 | 1.38 |

Intervals and p: ${method}

### over the data sets

| model | metric | data sets | uniform | adaptive | test | p |
| --- | --- | ---: | ---: | ---: | --- | ---: |
| mlp | macroAuc | 2 | 2.00 | 1.00 | Wilcoxon | 0.500 |

Ranks of the means, 1 is best; p is of one metric, not adjusted for their number.

- b, mlp: adaptive has 4 of 5 cells; only pairs are compared
`,
    );
  });

  test("without a comparison there are no columns for one", () => {
    expect(printReport(buildReport([cellOf({}, { macroAuc: 0.75, hammingLoss: null })]))).toBe(
      `emotions, mlp: 1 fold x 1 seed, backend js
sampler    mean ± sd
macroAuc (higher)
  uniform     0.7500
hammingLoss (lower)
  uniform          -
`,
    );
  });

  test("rounding never prints a negative zero", () => {
    const text = printReport(buildReport(grid(({ sampler }) => (sampler === "uniform" ? 0.5 : 0.49999))));
    expect(text).not.toContain("-0.0000");
  });

  test("a report is JSON as it stands, and has no times unless asked for", () => {
    const report = buildReport(cells.map((cell) => ({ ...cell, seconds: Math.PI })));
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(JSON.stringify(report)).not.toContain("3.14");
  });
});
