/**
 * The picture of the design as rules on a map of files: who may import whom, and what no file may hold. Reads text
 * only.
 */

/** Text of each source file by its path from the repository's root. */
export type Files = Readonly<Record<string, string>>;

interface Import {
  readonly specifier: string;
  /** Nothing of it is left when types are erased. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
  /** `export ... from`. */
  readonly passedOn: boolean;
}

/** What the files of an area may import besides each other. */
interface Rights {
  readonly uses: readonly string[];
  /** Areas of which types alone may be imported. */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
}

/** The areas, bottom first. An area is a folder of src; what is none is named in `areaOf`. */
export const areas: Readonly<Record<string, Rights>> = {
  scalar: { uses: [] },
  kernels: { uses: ["scalar"] },
  errors: { uses: [] },
  random: { uses: ["errors"], packages: ["pure-rand"] },
  options: { uses: ["errors"], packages: ["valibot"] },
  engine: { uses: ["errors"], types: ["scalar"] },
  backends: { uses: ["kernels", "errors", "engine"], packages: ["#gpu.js"] },
  nn: { uses: ["errors", "engine"], types: ["random", "backends"] },
  models: { uses: ["errors", "options", "engine", "nn"], types: ["random"], packages: ["valibot"] },
  data: { uses: ["errors", "random"], packages: ["valibot", "fflate"] },
  metrics: { uses: ["errors", "random", "data"] },
  samplers: { uses: ["errors", "random", "options", "data"], packages: ["valibot"] },
  laws: { uses: ["errors", "random", "samplers"], types: ["data"], packages: ["valibot", "fast-check"] },
  saved: {
    uses: ["errors", "random", "engine", "nn", "models", "data", "metrics"],
    types: ["backends"],
    packages: ["valibot"],
  },
  training: {
    uses: ["errors", "random", "options", "engine", "backends", "nn", "models", "data", "metrics", "samplers", "saved"],
    packages: ["valibot"],
  },
  /** Plain data to SVG text; serves the report and the lab. */
  charts: { uses: [] },
  experiment: {
    uses: ["errors", "random", "options", "backends", "data", "metrics", "samplers", "training", "charts"],
    packages: ["valibot"],
  },
  files: { uses: ["errors", "experiment"], types: ["data"], packages: ["valibot"] },
  /** The public entries: they pass on what programs may use, and hold nothing of their own. */
  entry: {
    uses: [
      "errors",
      "random",
      "engine",
      "backends",
      "nn",
      "models",
      "data",
      "metrics",
      "samplers",
      "saved",
      "training",
      "experiment",
      "laws",
      "options",
    ],
  },
  /** The page: it uses what any program may use, and the charts. */
  lab: { uses: ["entry", "charts"], packages: ["lit-html"] },
  cli: {
    uses: [
      ...["errors", "random", "options", "engine", "backends", "data", "metrics", "models", "samplers", "saved"],
      ...["training", "experiment", "files", "laws"],
    ],
    packages: ["commander", "valibot"],
  },
};

/** Where static imports of Node's modules may stand: nothing else is loaded by a browser. */
const onNode = new Set(["files", "cli"]);

/** The area of a file, by its folder alone; undefined where it has none. */
export function areaOf(path: string): string | undefined {
  if (/^kernels\/(scalar|f32\.d)\.ts$/.test(path)) return "scalar";
  if (path.startsWith("kernels/")) return "kernels";
  if (/^src\/([^/]+\/)?index\.ts$/.test(path)) return "entry";
  const name = /^src\/(errors|random|options)\.ts$/.exec(path)?.[1] ?? /^src\/([^/]+)\//.exec(path)?.[1];
  return name !== undefined && Object.hasOwn(areas, name) ? name : undefined;
}

/** The text without comments; strings stay. */
function withoutComments(text: string): string {
  return text.replace(
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (part) => (part.startsWith("/") ? " " : part),
  );
}

export function imports(text: string): Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  const statement =
    /^[ \t]*(import|export)\s+(type\s+)?([^"'`;=()]*?)\bfrom\s*["']([^"']+)["']|^[ \t]*import\s*["']([^"']+)["']/gm;
  for (const [, keyword, type, clause = "", from, bare] of code.matchAll(statement)) {
    const named = /^\{([^}]*)\}\s*$/.exec(clause.trim());
    const names = named?.[1]
      .split(",")
      .map((each) => each.trim())
      .filter(Boolean);
    const typeOnly = type !== undefined || names?.every((name) => name.startsWith("type ")) === true;
    found.push({ specifier: from ?? bare, typeOnly, dynamic: false, passedOn: keyword === "export" });
  }
  for (const [, specifier] of code.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g)) {
    found.push({ specifier, typeOnly: false, dynamic: true, passedOn: false });
  }
  return found;
}

/** The path that a relative specifier of `from` means; AssemblyScript leaves the ending out. */
function resolve(from: string, specifier: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  const path = parts.join("/");
  return /\.[a-z]+$/.test(path) ? path : `${path}.ts`;
}

const isRelative = (specifier: string): boolean => specifier.startsWith(".");

/** How a file of `area` may take a thing of `other`. */
function rightTo(area: string, other: string): "all" | "types" | undefined {
  const { uses, types } = areas[area];
  if (area === other || uses.includes(other)) return "all";
  return types?.includes(other) ? "types" : undefined;
}

function wrongImport(path: string, area: string, { specifier, typeOnly, dynamic }: Import): string | undefined {
  if (specifier.startsWith("node:")) {
    if (onNode.has(area) || typeOnly || dynamic) return undefined;
    return `${path}: static import of ${specifier}, which no browser has: import it inside the function that needs it`;
  }
  if (!isRelative(specifier)) {
    const allowed = (areas[area].packages ?? []).some((name) => isOf(name, specifier));
    return allowed || typeOnly ? undefined : `${path}: ${area} may not use the package ${specifier}`;
  }
  const target = resolve(path, specifier);
  const other = areaOf(target);
  if (!other) return `${path}: imports ${target}, which belongs to no area`;
  const right = rightTo(area, other);
  if (right === "all" || (right === "types" && typeOnly)) return undefined;
  if (right) return `${path}: ${area} may import types of ${other} only, but imports ${target}`;
  return `${path}: ${area} may not import ${other} (${target})`;
}

const isOf = (name: string, specifier: string): boolean => specifier === name || specifier.startsWith(`${name}/`);

export function upwardImports(files: Files): string[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const area = areaOf(path);
    if (!area) return [`${path}: belongs to no area of the design`];
    return imports(text).flatMap((each) => wrongImport(path, area, each) ?? []);
  });
}

/**
 * Rights of `table` that no file makes use of; a right to types counts as used by any import, one to all by a value.
 */
export function unusedRights(files: Files, table: Readonly<Record<string, Rights>> = areas): string[] {
  const used = new Set<string>();
  for (const [path, text] of Object.entries(files)) {
    const area = areaOf(path);
    for (const { specifier, typeOnly } of imports(text)) {
      const target = isRelative(specifier) ? areaOf(resolve(path, specifier)) : specifier;
      used.add(`${area} types ${target}`);
      if (!typeOnly) used.add(`${area} uses ${target}`);
    }
  }
  return Object.entries(table).flatMap(([area, { uses, types = [], packages = [] }]) => [
    ...uses
      .filter((other) => !used.has(`${area} uses ${other}`))
      .map(
        (other) => `${area}: nothing in it uses ${other}${used.has(`${area} types ${other}`) ? " but its types" : ""}`,
      ),
    ...types
      .filter((other) => !used.has(`${area} types ${other}`))
      .map((other) => `${area}: nothing in it uses types of ${other}`),
    ...packages
      .filter((name) => ![...used].some((each) => each.startsWith(`${area} `) && isOf(name, each.split(" ")[2])))
      .map((name) => `${area}: nothing in it uses the package ${name}`),
  ]);
}

/** Cycles of imports, types aside. */
export function cycles(files: Files): string[] {
  const next = (path: string): string[] =>
    imports(files[path] ?? "")
      .filter(({ specifier, typeOnly }) => isRelative(specifier) && !typeOnly)
      .map(({ specifier }) => resolve(path, specifier));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    if (done.has(path)) return;
    done.add(path);
    for (const each of next(path)) visit(each, [...trail, path]);
  };
  for (const path of Object.keys(files)) visit(path, []);
  return found;
}

/** Lines, comments included. */
const longest = 300;

export function longFiles(files: Files): string[] {
  return Object.entries(files)
    .map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > longest)
    .map(({ path, lines }) => `${path}: ${lines} lines, at most ${longest}: split it by concept`);
}

/** Files other than public entries that hand on what another file exports, in one statement or in two. */
export function barrels(files: Files): string[] {
  // A module that asc compiles has to export what the host calls.
  const passes = ([path]: [string, string]): boolean => areaOf(path) !== "entry" && !path.startsWith("kernels/wasm/");
  return Object.entries(files)
    .filter(passes)
    .filter(([, text]) => imports(text).some(({ passedOn }) => passedOn) || exportsOfImports(text).length > 0)
    .map(([path]) => `${path}: passes on another file's exports; only public entries do`);
}

/** Names that are imported and then listed in an `export { ... }`. */
function exportsOfImports(text: string): string[] {
  const code = withoutComments(text);
  const names = (list: string, side: 0 | 1): string[] =>
    list.split(",").map((each) => {
      const parts = each
        .trim()
        .replace(/^type\s+/, "")
        .split(/\s+as\s+/);
      return parts[side] ?? parts[0];
    });
  const imported = new Set(
    [...code.matchAll(/^[ \t]*import\s+(?:type\s+)?\{([^}]*)\}\s*from/gm)].flatMap(([, list]) => names(list, 1)),
  );
  const exported = [...code.matchAll(/^[ \t]*export\s+(?:type\s+)?\{([^}]*)\}\s*(?:;|$)/gm)];
  return exported.flatMap(([, list]) => names(list, 0)).filter((name) => name !== "" && imported.has(name));
}

export function defaultExports(files: Files): string[] {
  return Object.entries(files)
    .filter(([, text]) => /^\s*export\s+default\b|\bas\s+default\b/m.test(withoutComments(text)))
    .map(([path]) => `${path}: default export`);
}

/** Lines of comments that are longer than 120 characters; the formatter breaks code alone. */
export function longComments(files: Files): string[] {
  return Object.entries(files).flatMap(([path, text]) =>
    text.split("\n").flatMap((line, i) => {
      const isComment = /^\s*(?:\/\*\*|\*|\/\/)/.test(line);
      return isComment && [...line].length > 120 ? [`${path}:${i + 1}: a comment of more than 120 characters`] : [];
    }),
  );
}

/** The type `any`, outside the one seam to an untyped library. */
export function anyTypes(files: Files): string[] {
  return Object.entries(files)
    .filter(([path]) => !/^src\/backends\/gpu(\/|\.ts$)/.test(path))
    .filter(([, text]) => {
      const code = withoutComments(text).replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, '""');
      return /(?:[:<,|&]|\bas)\s*any\b(?!\s*[(:.])|=>\s*any\s*[;,)\]}]|\bany\[\]/.test(code);
    })
    .map(([path]) => `${path}: the type any`);
}

/** Clocks and unseeded numbers, in the library. */
export function unseeded(files: Files): string[] {
  const outer = (path: string) => onNode.has(areaOf(path) ?? "");
  return Object.entries(files)
    .filter(
      ([path, text]) => !outer(path) && /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)/.test(withoutComments(text)),
    )
    .map(([path]) => `${path}: reads a clock or Math.random`);
}
