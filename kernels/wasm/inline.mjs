/**
 * A step of the AssemblyScript compiler: functions that take or return a vector are inlined. (The compiler's own mark
 * for it is a decorator on a function, which TypeScript's tools refuse.)
 */
import { Node, NodeKind, SourceKind } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

const isVector = (type) => type?.name?.identifier?.text === "v128";

export default class InlineVectors extends Transform {
  afterParse({ sources }) {
    for (const { sourceKind, statements } of sources) {
      if (sourceKind !== SourceKind.User && sourceKind !== SourceKind.UserEntry) continue;
      for (const statement of statements) {
        if (statement.kind !== NodeKind.FunctionDeclaration) continue;
        const { parameters, returnType } = statement.signature;
        if (!isVector(returnType) && !parameters.some(({ type }) => isVector(type))) continue;
        const name = Node.createIdentifierExpression("inline", statement.range);
        statement.decorators = [...(statement.decorators ?? []), Node.createDecorator(name, null, statement.range)];
      }
    }
  }
}
