/** A data set as a visitor may bring it, with labels of any name. */

export const arff = (names: readonly string[]): string => {
  const head = ["@relation own", "@attribute x numeric", "@attribute y numeric"];
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${i % 2},${i % 3 === 0 ? 1 : 0}`);
  return [...head, ...names.map((name) => `@attribute '${name}' {0,1}`), "@data", ...rows, ""].join("\n");
};
export const xml = (names: readonly string[]): string =>
  `<labels xmlns="http://mulan.sourceforge.net/labels">${names.map((name) => `<label name="${name.replaceAll("<", "&lt;")}"></label>`).join("")}</labels>`;
export const hostile = "<img src=x onerror=alert(1)>";
