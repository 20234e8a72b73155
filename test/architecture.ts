/**
 * The picture of the design as rules on a map of files: who may import whom, and what no file may hold. Reads text only.
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

/** A part of the design, bottom first: the files it holds, and the parts and packages that those may import besides themselves. */
interface Area {
  readonly name: string;
  readonly holds: RegExp;
  readonly uses: readonly string[];
  /** Parts of which types alone may be imported. */
  readonly types?: readonly string[];
  readonly packages?: readonly string[];
}

const leaves = ["errors", "random", "options", "safetensors"];
const engine = ["tensor", "ops", "gradient", "program"];
const learning = [...leaves, ...engine, "backends", "nn", "models", "data", "metrics", "samplers"];

const areas: readonly Area[] = [
  { name: "scalar", holds: /^kernels\/(scalar|f32\.d)\.ts$/, uses: [] },
  { name: "kernels", holds: /^kernels\//, uses: ["scalar"] },
  { name: "errors", holds: /^src\/errors\.ts$/, uses: [] },
  { name: "random", holds: /^src\/random\.ts$/, uses: ["errors"], packages: ["pure-rand"] },
  { name: "options", holds: /^src\/options\.ts$/, uses: ["errors"], packages: ["valibot"] },
  { name: "safetensors", holds: /^src\/safetensors\.ts$/, uses: ["errors"] },
  { name: "tensor", holds: /^src\/tensor\.ts$/, uses: ["errors"] },
  { name: "ops", holds: /^src\/ops\//, uses: ["errors", "tensor"], types: ["scalar"] },
  { name: "gradient", holds: /^src\/gradient\.ts$/, uses: ["errors", "tensor", "ops"] },
  { name: "program", holds: /^src\/program\.ts$/, uses: ["errors", "tensor", "ops", "gradient"], types: ["random"] },
  {
    name: "backends",
    holds: /^src\/backends\//,
    uses: ["scalar", "kernels", "errors", ...engine],
    packages: ["gpu.js", "webgpu"],
  },
  { name: "nn", holds: /^src\/nn\//, uses: ["errors", "random", ...engine], types: ["backends"] },
  {
    name: "models",
    holds: /^src\/models\//,
    uses: [...leaves, ...engine, "nn"],
    types: ["data"],
    packages: ["valibot"],
  },
  { name: "data", holds: /^src\/data\//, uses: [...leaves, "kernels"], packages: ["valibot"] },
  { name: "metrics", holds: /^src\/metrics\//, uses: ["errors", "random", "data"] },
  { name: "samplers", holds: /^src\/samplers\//, uses: ["errors", "random", "options", "data"], packages: ["valibot"] },
  { name: "index", holds: /^src\/index\.ts$/, uses: [...learning, "training", "experiment"] },
  { name: "experiment", holds: /^src\/experiment\//, uses: [...learning, "training"], packages: ["valibot"] },
  {
    name: "cli",
    holds: /^src\/cli\//,
    uses: [...learning, "training", "experiment"],
    packages: ["commander", "valibot"],
  },
  // What joins the engine's side and the data's side: train.ts and the files it is made of.
  { name: "training", holds: /^src\/[^/]+\.ts$/, uses: learning, packages: ["valibot"] },
];

const areaOf = (path: string): Area | undefined => areas.find(({ holds }) => holds.test(path));

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
    const typeOnly = type !== undefined || names?.every((each) => each.startsWith("type ")) === true;
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

function wrongImport(path: string, area: Area, each: Import): string | undefined {
  const { specifier, typeOnly } = each;
  if (specifier.startsWith("node:")) {
    const outer = area.name === "cli" || area.name === "experiment";
    if (outer || typeOnly || each.dynamic) return undefined;
    return `${path}: static import of ${specifier}, which no browser has: import it inside the function that needs it`;
  }
  if (!isRelative(specifier)) {
    const allowed = (area.packages ?? []).some((name) => specifier === name || specifier.startsWith(`${name}/`));
    return allowed || typeOnly ? undefined : `${path}: ${area.name} may not use the package ${specifier}`;
  }
  const target = resolve(path, specifier);
  const other = areaOf(target);
  if (!other) return `${path}: imports ${target}, which is outside src and kernels`;
  if (other === area || area.uses.includes(other.name)) return undefined;
  if (area.types?.includes(other.name)) {
    return typeOnly ? undefined : `${path}: ${area.name} may import types of ${other.name} only, but imports ${target}`;
  }
  return `${path}: ${area.name} may not import ${other.name} (${target})`;
}

export function upwardImports(files: Files): string[] {
  return Object.entries(files).flatMap(([path, text]) => {
    const area = areaOf(path);
    if (!area) return [`${path}: belongs to no part of the design`];
    return imports(text).flatMap((each) => wrongImport(path, area, each) ?? []);
  });
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

const longest = 300;

export function longFiles(files: Files): string[] {
  return Object.entries(files)
    .map(([path, text]) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > longest)
    .map(({ path, lines }) => `${path}: ${lines} lines, at most ${longest}: split it by concept`);
}

export function barrels(files: Files): string[] {
  // A module that asc compiles has to export what the host calls.
  const entry = (path: string) => path === "src/index.ts" || path.startsWith("kernels/wasm/");
  return Object.entries(files)
    .filter(([path, text]) => !entry(path) && imports(text).some(({ passedOn }) => passedOn))
    .map(([path]) => `${path}: passes on another file's exports; only src/index.ts does`);
}

export function defaultExports(files: Files): string[] {
  return Object.entries(files)
    .filter(([, text]) => /^\s*export\s+default\b|\bas\s+default\b/m.test(withoutComments(text)))
    .map(([path]) => `${path}: default export`);
}

/** The type `any`, outside the one seam to an untyped library. */
export function anyTypes(files: Files): string[] {
  return Object.entries(files)
    .filter(([path]) => !path.startsWith("src/backends/gpu"))
    .filter(([, text]) => {
      const code = withoutComments(text).replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g, '""');
      return /(?:[:<,|&]|\bas)\s*any\b(?!\s*[(:.])|=>\s*any\s*[;,)\]}]|\bany\[\]/.test(code);
    })
    .map(([path]) => `${path}: the type any`);
}

/** Clocks and unseeded numbers, in the library. */
export function unseeded(files: Files): string[] {
  const outer = (path: string) => path.startsWith("src/cli/") || path.startsWith("src/experiment/");
  return Object.entries(files)
    .filter(
      ([path, text]) => !outer(path) && /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)/.test(withoutComments(text)),
    )
    .map(([path]) => `${path}: reads a clock or Math.random`);
}
