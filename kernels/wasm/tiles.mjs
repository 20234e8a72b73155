/**
 * Writes the innermost loops of the matrix product: one function for each tile of 1 to 6 rows by 4 or 8 columns, its sums in
 * registers, unrolled four times along the inner size. Six rows by eight columns fill the sixteen vector registers of x64.
 */
const rowCounts = [1, 2, 3, 4, 5, 6];
const widths = [8, 4];
const unroll = 4;

const range = (count) => Array.from({ length: count }, (_, i) => i);

/** left: `rows` rows, `leftStride` bytes apart; right: a packed panel [inner, columns]; sums go to, or are added to, the output. */
function tile(rows, columns) {
  const vectors = range(columns / 4);
  const sums = range(rows).flatMap((r) => vectors.map((v) => `s${r}${v}`));
  const term = (k) => [
    ...vectors.map((v) => `b${v} = v128.load(right, ${(k * columns + 4 * v) * 4});`),
    ...range(rows).flatMap((r) => [
      `x = v128.load_splat<f32>(a${r}, ${4 * k});`,
      ...vectors.map((v) => `s${r}${v} = multiplyAdd(x, b${v}, s${r}${v});`),
    ]),
  ];
  const advance = (count) => [...range(rows).map((r) => `a${r} += ${4 * count};`), `right += ${4 * count * columns};`];
  return [
    `export function tile${rows}x${columns}(left: usize, leftStride: usize, right: usize, inner: i32, output: usize, outputStride: usize, add: i32): void {`,
    "  let a0 = left;",
    ...range(rows - 1).map((r) => `  let a${r + 1} = a${r} + leftStride;`),
    ...sums.map((s) => `  let ${s} = f32x4.splat(0.0);`),
    ...vectors.map((v) => `  let b${v}: v128;`),
    "  let x: v128;",
    `  for (let k = inner >> 2; k > 0; k--) {`,
    ...range(unroll)
      .flatMap(term)
      .concat(advance(unroll))
      .map((line) => `    ${line}`),
    "  }",
    `  for (let k = inner & ${unroll - 1}; k > 0; k--) {`,
    ...term(0)
      .concat(advance(1))
      .map((line) => `    ${line}`),
    "  }",
    "  if (add) {",
    ...range(rows).flatMap((r) => [
      ...vectors.map((v) => `    v128.store(output, f32x4.add(v128.load(output, ${16 * v}), s${r}${v}), ${16 * v});`),
      ...(r < rows - 1 ? ["    output += outputStride;"] : []),
    ]),
    "  } else {",
    ...range(rows).flatMap((r) => [
      ...vectors.map((v) => `    v128.store(output, s${r}${v}, ${16 * v});`),
      ...(r < rows - 1 ? ["    output += outputStride;"] : []),
    ]),
    "  }",
    "}",
  ].join("\n");
}

/** The AssemblyScript module of all tiles. */
export function tiles() {
  const list = "left, leftStride, right, inner, output, outputStride, add";
  return [
    "/** Written by the build: see tiles.mjs. */",
    'import { multiplyAdd } from "../vector";',
    ...widths.flatMap((columns) => rowCounts.map((rows) => tile(rows, columns))),
    [
      "export function tile(rows: i32, columns: i32, left: usize, leftStride: usize, right: usize, inner: i32, output: usize, outputStride: usize, add: i32): void {",
      "  if (columns === 8) {",
      "    switch (rows) {",
      ...rowCounts.map((rows) => `      case ${rows}: return tile${rows}x8(${list});`),
      "    }",
      "  } else {",
      "    switch (rows) {",
      ...rowCounts.map((rows) => `      case ${rows}: return tile${rows}x4(${list});`),
      "    }",
      "  }",
      "}",
      "",
    ].join("\n"),
  ].join("\n\n");
}
