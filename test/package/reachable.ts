/**
 * Which types a reader of the public entries comes upon: walks the declarations of all that they export, with the
 * compiler's own eyes, and names what is declared in this package but exported by no entry.
 */
import { relative } from "node:path";
import ts from "typescript-compiler";

/**
 * Names of types that the exported declarations of `entries` mention and none of them exports, each with where it was
 * met.
 * @param entries files of `program`
 * @param folder what is declared in a file below it, outside `node_modules` there, counts as the package's own
 */
export function hiddenTypes(program: ts.Program, entries: readonly string[], folder: string): readonly string[] {
  const checker = program.getTypeChecker();
  const ours = (node: ts.Node): boolean => {
    const { fileName } = node.getSourceFile();
    return fileName.startsWith(folder) && !fileName.slice(folder.length).includes("/node_modules/");
  };
  const final = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

  const visible = new Set<ts.Symbol>();
  const collect = (module: ts.Symbol): void => {
    for (const symbol of checker.getExportsOfModule(module)) {
      const target = final(symbol);
      if (visible.has(target)) continue;
      visible.add(target);
      if (target.flags & ts.SymbolFlags.ValueModule) collect(target);
    }
  };
  for (const entry of entries) {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`${entry} is not a module`);
    collect(module);
  }

  const hidden = new Map<ts.Symbol, string>();
  const seen = new Set<ts.Symbol>();
  const queue = [...visible];
  for (let symbol = queue.pop(); symbol; symbol = queue.pop()) {
    if (seen.has(symbol)) continue;
    seen.add(symbol);
    for (const declaration of symbol.declarations ?? []) {
      if (!ours(declaration) || ts.isSourceFile(declaration)) continue;
      for (const name of mentionedTypes(declaration)) {
        const mentioned = checker.getSymbolAtLocation(name);
        const target = mentioned && final(mentioned);
        if (!target?.declarations?.some(ours) || target.flags & ts.SymbolFlags.TypeParameter) continue;
        queue.push(target);
        if (visible.has(target) || hidden.has(target)) continue;
        hidden.set(
          target,
          `${target.name}, mentioned by ${symbol.name} (${relative(folder, name.getSourceFile().fileName)})`,
        );
      }
    }
  }
  return [...hidden.values()];
}

/** Types by name in what a declaration file shows of a declaration. */
function mentionedTypes(declaration: ts.Node): readonly ts.Identifier[] {
  const found: ts.Identifier[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) found.push(rightmost(node.typeName));
    else if (ts.isExpressionWithTypeArguments(node) && ts.isIdentifier(node.expression)) found.push(node.expression);
    else if (ts.isImportTypeNode(node) && node.qualifier) found.push(rightmost(node.qualifier));
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

const rightmost = (name: ts.EntityName): ts.Identifier => (ts.isIdentifier(name) ? name : name.right);
