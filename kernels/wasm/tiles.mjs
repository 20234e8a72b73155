/**
 * Writes the innermost loops of the matrix product: a function for each tile of a few rows by 8 (at a right edge 4)
 * columns that goes along a run of packed panels. Sums stay in registers: with fused multiply-add 6 x 8 of them,
 * without, where a product needs a register as well, 5 x 8. What limits them is how many instructions a cycle begins,
 * so the left side is packed, too: one address moves along it instead of one for each row. The loop is not unrolled: V8
 * does that where it pays.
 */
const range = (count) => Array.from({ length: count }, (_, i) => i);

/**
 * left: [inner, rows], `leftStep` bytes from one to the next; right: a packed panel [inner, columns]; sums go to, or
 * are added to, the output.
 */
function tile(rows, columns) {
  const vectors = range(columns / 4);
  const sums = range(rows).flatMap((r) => vectors.map((v) => `s${r}${v}`));
  const store = (value) =>
    range(rows).flatMap((r) => [
      ...(r > 0 ? ["    output += outputStride;"] : []),
      ...vectors.map((v) => `    v128.store(output, ${value(r, v)}, ${16 * v});`),
    ]);
  return [
    `export function tile${rows}x${columns}(left: usize, leftStep: usize, right: usize, inner: i32, output: usize, outputStride: usize, add: i32): void {`,
    ...sums.map((s) => `  let ${s} = f32x4.splat(0.0);`),
    `  const end = right + inner * ${4 * columns};`,
    "  while (right < end) {",
    ...vectors.map((v) => `    const b${v} = v128.load(right, ${16 * v});`),
    ...range(rows).flatMap((r) => [
      `    const x${r} = v128.load_splat<f32>(left, ${4 * r});`,
      ...vectors.map((v) => `    s${r}${v} = multiplyAdd(x${r}, b${v}, s${r}${v});`),
    ]),
    "    left += leftStep;",
    `    right += ${4 * columns};`,
    "  }",
    "  if (add) {",
    ...store((r, v) => `f32x4.add(v128.load(output, ${16 * v}), s${r}${v})`),
    "  } else {",
    ...store((r, v) => `s${r}${v}`),
    "  }",
    "}",
  ].join("\n");
}

/** Goes along whole panels; a function of its own, as V8 unrolls a loop within a loop. */
function tileRow(rows) {
  return [
    `function row${rows}(left: usize, leftStep: usize, right: usize, inner: i32, output: usize, outputStride: usize, panels: i32, add: i32): void {`,
    "  for (; panels > 0; panels--) {",
    `    tile${rows}x8(left, leftStep, right, inner, output, outputStride, add);`,
    "    right += inner << 5;",
    "    output += 32;",
    "  }",
    "}",
  ].join("\n");
}

/** The AssemblyScript module of all tiles of up to `height` rows. */
export function tiles(height) {
  const heights = range(height).map((r) => r + 1);
  const choice = (call) => [
    "  switch (rows) {",
    ...heights.map((rows) => `    case ${rows}: return ${call(rows)};`),
    "  }",
  ];
  return [
    "/** Written by the build: see tiles.mjs. */",
    'import { multiplyAdd } from "../vector";',
    `/** Rows of the highest tile. */\nexport const tileRows = ${height};`,
    ...[8, 4].flatMap((columns) => heights.map((rows) => tile(rows, columns))),
    ...heights.map(tileRow),
    [
      "export function row(rows: i32, left: usize, leftStep: usize, right: usize, inner: i32, output: usize, outputStride: usize, panels: i32, add: i32): void {",
      ...choice((rows) => `row${rows}(left, leftStep, right, inner, output, outputStride, panels, add)`),
      "}",
    ].join("\n"),
    [
      "/** One panel of four columns. */",
      "export function narrow(rows: i32, left: usize, leftStep: usize, right: usize, inner: i32, output: usize, outputStride: usize, add: i32): void {",
      ...choice((rows) => `tile${rows}x4(left, leftStep, right, inner, output, outputStride, add)`),
      "}",
      "",
    ].join("\n"),
  ].join("\n\n");
}
