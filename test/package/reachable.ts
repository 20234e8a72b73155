/**
 * Which types a reader of the public entries comes upon: walks the declarations of all that they export, with the compiler's own
 * eyes, and names what is declared in this package but exported by no entry.
 */
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-compiler";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Entries {
  /** Names of types that exported declarations mention and no entry exports, each with where it was met. */
  readonly hidden: readonly string[];
  /** Names that each entry exports, types included. */
  readonly exported: ReadonlyMap<string, readonly string[]>;
}

/** @param entries paths of TypeScript files @param folder what is declared below it counts as this package's */
export function reachable(entries: readonly string[], folder = root): Entries {
  const config = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
  const program = ts.createProgram([...entries, `${root}/kernels/f32.d.ts`], options);
  const checker = program.getTypeChecker();
  const ours = (node: ts.Node): boolean => {
    const { fileName } = node.getSourceFile();
    return fileName.startsWith(folder) && !fileName.includes("/node_modules/");
  };
  const final = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

  const exported = new Map<string, readonly string[]>();
  const visible = new Set<ts.Symbol>();
  const collect = (module: ts.Symbol): string[] =>
    checker.getExportsOfModule(module).map((symbol) => {
      const target = final(symbol);
      visible.add(target);
      if (target.flags & ts.SymbolFlags.ValueModule) collect(target);
      return symbol.name;
    });
  for (const entry of entries) {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`${entry} is not a module`);
    exported.set(entry, collect(module));
  }

  const hidden = new Map<ts.Symbol, string>();
  const seen = new Set<ts.Symbol>();
  const queue = [...visible];
  for (let symbol = queue.pop(); symbol; symbol = queue.pop()) {
    if (seen.has(symbol)) continue;
    seen.add(symbol);
    const { name } = symbol;
    for (const declaration of symbol.declarations ?? []) {
      if (!ours(declaration) || ts.isSourceFile(declaration)) continue;
      for (const { symbol: mentioned, at } of mentionedTypes(declaration, checker)) {
        const target = final(mentioned);
        if (!(target.declarations ?? []).some(ours)) continue;
        if (target.flags & ts.SymbolFlags.TypeParameter) continue;
        queue.push(target);
        if (visible.has(target) || hidden.has(target)) continue;
        const place = relative(dirname(`${root}/x`), at.getSourceFile().fileName);
        hidden.set(target, `${target.name}, mentioned by ${name} (${place})`);
      }
    }
  }
  return { hidden: [...hidden.values()], exported };
}

/** Types by name in what a declaration shows: not in the bodies of functions, initial values or private members. */
function mentionedTypes(
  declaration: ts.Node,
  checker: ts.TypeChecker,
): { readonly symbol: ts.Symbol; readonly at: ts.Node }[] {
  const found: { readonly symbol: ts.Symbol; readonly at: ts.Node }[] = [];
  const add = (name: ts.Node): void => {
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol) found.push({ symbol, at: name });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node)) return;
    if (ts.isClassElement(node) && node.name && ts.isPrivateIdentifier(node.name)) return;
    if (ts.isTypeReferenceNode(node)) add(rightmost(node.typeName));
    else if (ts.isExpressionWithTypeArguments(node) && ts.isIdentifier(node.expression)) add(node.expression);
    const initial =
      ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isPropertyDeclaration(node)
        ? node.initializer
        : undefined;
    const body = ts.isArrowFunction(node) ? node.body : undefined;
    ts.forEachChild(node, (child) => {
      if (child !== body && (child !== initial || ts.isArrowFunction(child))) visit(child);
    });
  };
  visit(declaration);
  return found;
}

const rightmost = (name: ts.EntityName): ts.Identifier => (ts.isIdentifier(name) ? name : name.right);
