/** Numbers and tables of the page. */

/** Three digits; a dash for what is not a number. */
export const number = (value: number): string => {
  if (!Number.isFinite(value)) return "-";
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
};
export const percent = (value: number | undefined): string =>
  value === undefined ? "" : `${(100 * value).toFixed(0)} %`;

/** A table in Markdown: the first column to the left, the others to the right. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}
