import { expect, test } from "vitest";
import { printMarkdownTable, printTextTable } from "../../../src/experiment/report/table.ts";

const table = {
  columns: [{ title: "sampler" }, { title: "mean ± sd", align: "right" as const }, { title: "p" }],
  rows: [
    ["uniform", "0.81 ± 0.01"],
    ["a|b", "1", "0.3"],
  ],
};

test("as text: columns aligned, no trailing spaces, missing cells empty", () => {
  expect(printTextTable(table)).toBe(
    ["sampler    mean ± sd  p", "uniform  0.81 ± 0.01", "a|b                1  0.3"].join("\n"),
  );
});

test("as Markdown: bars are escaped", () => {
  expect(printMarkdownTable(table)).toBe(
    ["| sampler | mean ± sd | p |", "| --- | ---: | --- |", "| uniform | 0.81 ± 0.01 |  |", "| a\\|b | 1 | 0.3 |"].join(
      "\n",
    ),
  );
});

test("without rows, the header stands alone", () => {
  expect(printTextTable({ columns: table.columns, rows: [] })).toBe("sampler  mean ± sd  p");
});
