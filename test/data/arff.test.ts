/** What the ARFF reader makes of valid files, in all the spellings that occur. */
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { parseArff } from "../../src/data/formats/arff.ts";
import { parseMulan } from "../../src/data/formats/mulan.ts";
import { type LabelSelection, parseLabelPosition } from "../../src/data/preparation/label-selection.ts";
import { UsageError } from "../../src/errors.ts";
import { denseRow, encode, isWellFormed } from "./file-laws.ts";

function read(text: string, labels?: LabelSelection): Dataset {
  const dataset = parseArff(encode(text), labels ? { file: "a.arff", labels } : { file: "a.arff" });
  isWellFormed(dataset);
  return dataset;
}

/** Feature and label rows as plain numbers. */
function table(dataset: Dataset): number[][] {
  const { features, labels } = dataset;
  return Array.from({ length: features.rows }, (_, i) => [
    ...denseRow(features, i),
    ...labels.values.subarray(i * labels.columns, (i + 1) * labels.columns),
  ]);
}

const body = "@attribute a numeric\n@attribute b {0,1}\n@attribute l {0,1}\n@data\n";

describe("the header", () => {
  it("keywords in any case, tabs, comments, blank lines", () => {
    const text =
      "% c\n@RELATION r\n\n@Attribute\ta\tREAL % c\n  @ATTRIBUTE b  { 0 ,\t1 } \n@attribute l{0,1}%\n@DATA % c\n\n% c\n 1 , 0 ,1 % c\n\n2,1,0";
    expect(table(read(text, parseLabelPosition("1")))).toEqual([
      [1, 0, 1],
      [2, 1, 0],
    ]);
  });

  it("quoted and odd names", () => {
    const text = `@relation "a 'b' % {"\n@attribute 'it\\'s, {50%}' numeric\n@attribute "two words" integer\n@attribute x-1_(y)[z]@'q numeric\n@attribute 'l\\u00e9' {0,1}\n@data\n1,2,3,1\n`;
    const { featureNames, labelNames } = read(text, parseLabelPosition("1"));
    expect(featureNames).toEqual(["it's, {50%}", "two words", "x-1_(y)[z]@'q"]);
    expect(labelNames).toEqual(["lé"]);
  });

  it.each(["\n", "\r\n", "\r"])("line ends %j", (end) => {
    const text = `@relation 'r: -C -1'\n${body}1,0,1\n\n2,1,0\n`.replaceAll("\n", end);
    expect(table(read(text))).toEqual([
      [1, 0, 1],
      [2, 1, 0],
    ]);
  });

  it("a byte order mark", () => {
    expect(read(`\ufeff@relation 'r: -C 1'\n@attribute é {0,1}\n@attribute b real\n@data\n1,2`).labelNames).toEqual([
      "é",
    ]);
  });
});

describe("labels", () => {
  const text = (relation: string): string =>
    `@relation ${relation}\n@attribute p {0,1}\n@attribute q numeric\n@attribute r {0,1}\n@data\n1,5,0\n`;

  it.each([
    ["'r: -C 1'", ["p"]],
    ["'r: -C -2'", ["q", "r"]],
    ['"r: -C  1 -t 3 "', ["p"]],
    ["r: -C 1", ["p"]],
    ["'a -C 2 b: -C 1'", ["p"]],
  ])("MEKA's option in %s", (relation, names) => {
    expect(read(text(relation).replace(",5,", ",1,")).labelNames).toEqual(names);
  });

  it.each([
    ["1", ["r"]],
    ["1:end", ["r"]],
    ["1:start", ["p"]],
    ["2:start", ["p", "q"]],
  ])("by position %s, whatever the relation says", (position, names) => {
    const parsed = read(text("'r: -C -1'").replace(",5,", ",1,"), parseLabelPosition(position));
    expect(parsed.labelNames).toEqual(names);
  });

  it.each(["", "x", "0", "-1", "1:middle", "1.5", "1:", "9999999999999"])("refuses the position %j", (position) => {
    expect(() => parseLabelPosition(position)).toThrow(UsageError);
  });

  it("by name, in the file's column order", () => {
    const labels = parseMulan(encode("<labels><label name='r'><label name=\"p\"/></label></labels>"), "a.xml");
    const parsed = read(text("r"), { kind: "names", labels });
    expect(parsed.labelNames).toEqual(["p", "r"]);
    expect(table(parsed)).toEqual([[5, 1, 0]]);
  });

  it("a name that is not there points into the XML", () => {
    const labels = parseMulan(encode("<labels>\n <label name='nobody'/></labels>"), "a.xml");
    expect(() => read(text("r"), { kind: "names", labels })).toThrow(
      /^a\.xml:2:14: the label "nobody" is not a column of a\.arff: expected/,
    );
  });

  it("more labels than columns are the caller's mistake", () => {
    expect(() => read(text("r"), parseLabelPosition("3"))).toThrow(UsageError);
  });

  it.each(["{NO,YES}", "{YES,NO}", "{no,yes}", "{No, Yes}"])("opposites %s", (values) => {
    const [no, yes] = /NO/.test(values) ? ["NO", "YES"] : /No/.test(values) ? ["No", "Yes"] : ["no", "yes"];
    const rows = `@relation 'r: -C -1'\n@attribute a real\n@attribute l ${values}\n@data\n`;
    expect([...read(`${rows}1,${yes}\n1,${no}\n1,'${yes}'\n`).labels.values]).toEqual([1, 0, 1]);
    // A sparse row that leaves the label out means its first value.
    const first = values.toLowerCase().startsWith("{yes") ? 1 : 0;
    expect([...read(`${rows}{0 1}\n{1 ${yes}}\n{1 ${no}}\n`).labels.values]).toEqual([first, 1, 0]);
  });

  it.each(["{1,0}", "{false,true}", "{-1,1}", "{T,F}"])("opposites %s", (values) => {
    const [first, second] = values.slice(1, -1).split(",");
    const parsed = read(
      `@relation 'r: -C -1'\n@attribute a real\n@attribute l ${values}\n@data\n1,${first}\n1,${second}\n`,
    );
    expect([...parsed.labels.values]).toEqual(["1", "T"].includes(first) ? [1, 0] : [0, 1]);
  });

  it("numeric labels of 0 and 1", () => {
    expect([
      ...read(`@relation 'r: -C -1'\n@attribute a real\n@attribute l real\n@data\n1,0\n1,1.0\n1,1e0\n`).labels.values,
    ]).toEqual([0, 1, 1]);
  });
});

describe("features", () => {
  const labelled = (attributes: string, rows: string): Dataset =>
    read(`@relation 'r: -C -1'\n${attributes}\n@attribute l {0,1}\n@data\n${rows}`);

  it("binary nominals are one column: the number, or the place in the list", () => {
    const attributes =
      "@attribute a {0,1}\n@attribute b {1,0}\n@attribute c {YES,NO}\n@attribute d {'x y',z}\n@attribute e {only}";
    const parsed = labelled(attributes, "0,0,YES,z,only,1\n1,1,NO,'x y',only,0\n");
    expect(table(parsed)).toEqual([
      [0, 0, 0, 1, 0, 1],
      [1, 1, 1, 0, 0, 0],
    ]);
    expect(parsed.featureNames).toEqual(["a", "b", "c", "d", "e"]);
    expect(parsed.declared[3]).toEqual({ name: "d", kind: "nominal", categories: ["x y", "z"] });
    expect(parsed.declared[0].kind).toBe("nominal");
  });

  it("nominals of more values are one column a value", () => {
    const parsed = labelled("@attribute a {x,'y z',10}\n@attribute b real", "10,5,1\nx,6,0\n'y z',7,0\n");
    expect(parsed.featureNames).toEqual(["a=x", "a=y z", "a=10", "b"]);
    expect(table(parsed)).toEqual([
      [0, 0, 1, 5, 1],
      [1, 0, 0, 6, 0],
      [0, 1, 0, 7, 0],
    ]);
  });

  it("finds each of many values", () => {
    const values = Array.from({ length: 300 }, (_, i) => `v${i * 7}`);
    const parsed = labelled(`@attribute a {${values.join(",")}}`, values.map((value) => `${value},1\n`).join(""));
    expect(table(parsed).map((row) => row.indexOf(1))).toEqual([...values.keys()]);
  });

  it("what sparse rows leave out is 0, or a nominal's first value", () => {
    const attributes = "@attribute a real\n@attribute b {1,0}\n@attribute c {x,y,z}\n@attribute d {NO,YES}";
    const parsed = labelled(attributes, "{}\n{ 0  2.5 , 2 z }\n{1 0,2\tx,3 YES,4 1}\n{3 NO}\n{0 0,1 1,2 'y'}\n");
    expect(parsed.features.kind).toBe("sparse");
    expect(table(parsed)).toEqual([
      [0, 1, 1, 0, 0, 0, 0],
      [2.5, 1, 0, 0, 1, 0, 0],
      [0, 0, 1, 0, 0, 1, 1],
      [0, 1, 1, 0, 0, 0, 0],
      [0, 1, 0, 1, 0, 0, 0],
    ]);
  });

  it("values separated by tabs or blanks", () => {
    expect(table(labelled("@attribute a real\n@attribute b {x,'y z'}", "1\tx\t0\n2   'y z' 1\n\t3,\tx ,0 \n"))).toEqual(
      [
        [1, 0, 0],
        [2, 1, 1],
        [3, 0, 0],
      ],
    );
  });

  it("numbers in quotes, with signs, points and exponents", () => {
    const rows = "'1.5',+.5,0\n-0.25,\"2\",1\n1e2,1E-2,0\n3.,-1.e+1,0\n1e-999,12345678901234567000,1\n";
    const parsed = labelled("@attribute a real\n@attribute b real", rows);
    expect([...parsed.features.values]).toEqual(
      [1.5, 0.5, -0.25, 2, 100, 0.01, 3, -10, 0, 12345678901234567000].map(Math.fround),
    );
  });

  it("a value that float32 rounds to 0 is not stored in a sparse row", () => {
    expect(labelled("@attribute a real", "{0 1e-60}\n").features.values.length).toBe(0);
  });

  it("the default name is the file's", () => {
    expect(read(`@relation 'r: -C -1'\n${body}1,0,1`).name).toBe("a.arff");
  });
});
