/** How the malformed ARFF files are put together. */

/** Two features and two labels at the end. */
export const header =
  "@relation 'r: -C -2'\n@attribute a numeric\n@attribute c {x,'y z'}\n@attribute l {0,1}\n@attribute m {0,1}\n@data\n";
export const rows = (text: string): string => header + text;
export const file = (attributes: string, data = "1,1\n", relation = "'r: -C -1'"): string =>
  `@relation ${relation}\n${attributes}\n@data\n${data}`;
