/**
 * From the scalar functions to their vector form: reads kernels/scalar.ts and writes AssemblyScript in which every
 * float is four of them, with a loop for each function. The language it accepts is that file's; anything else is an
 * error with its place. `Math.log(1 + x)` and `Math.exp(x) - 1` become functions of their own, as 32 bits would lose
 * what 64 keep.
 */
import ts from "typescript-compiler";

/** Math functions with a vector form in vector.ts or an instruction. */
const instructions = new Map([
  ["abs", "f32x4.abs"],
  ["sqrt", "f32x4.sqrt"],
  ["floor", "f32x4.floor"],
  ["ceil", "f32x4.ceil"],
  ["trunc", "f32x4.trunc"],
  ["exp", "vector.exp"],
  ["log", "vector.log"],
  ["tanh", "vector.tanh"],
  ["expm1", "vector.expMinusOne"],
  ["log1p", "vector.logOnePlus"],
]);

const arithmetic = new Map([
  [ts.SyntaxKind.PlusToken, "f32x4.add"],
  [ts.SyntaxKind.MinusToken, "f32x4.sub"],
  [ts.SyntaxKind.AsteriskToken, "f32x4.mul"],
  [ts.SyntaxKind.SlashToken, "f32x4.div"],
]);

const comparisons = new Map([
  [ts.SyntaxKind.LessThanToken, "f32x4.lt"],
  [ts.SyntaxKind.LessThanEqualsToken, "f32x4.le"],
  [ts.SyntaxKind.GreaterThanToken, "f32x4.gt"],
  [ts.SyntaxKind.GreaterThanEqualsToken, "f32x4.ge"],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "f32x4.eq"],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "f32x4.ne"],
  [ts.SyntaxKind.AmpersandAmpersandToken, "v128.and"],
  [ts.SyntaxKind.BarBarToken, "v128.or"],
]);

/**
 * The text of scalar.ts as `{ names, source }`: the functions in their order and the AssemblyScript module of their
 * vector forms, with loops for them and then for the fusions (fusions.mjs), numbered in this order.
 */
export function translate(text, fusions, fileName = "scalar.ts") {
  const file = ts.createSourceFile(fileName, text, ts.ScriptTarget.ES2022, true);
  const functions = file.statements.map((statement) => {
    if (!ts.isFunctionDeclaration(statement)) throw refusal(file, statement, "a function");
    return statement;
  });
  const names = functions.map(({ name }) => name.text);
  const numbers = [];
  const bodies = functions.map((definition) => vectorFunction(file, definition, names, numbers));
  const source = [
    "/** Written by the build from kernels/scalar.ts. */",
    'import * as vector from "../vector";',
    "// In memory, as a vector constant would be made anew by three instructions wherever it is used.",
    `const numbers = memory.data<f32>([${numbers.join(", ")}]);`,
    ...bodies,
    ...functions.map(({ name, parameters }) => spanFunction(loopOver(name.text, parameters.length))),
    ...fusions.map((fusion) => spanFunction(fusedLoop(fusion))),
    dispatch([...names, ...fusions.map(({ name }) => name)]),
  ].join("\n\n");
  return { names, source };
}

function refusal(file, node, expected) {
  const { line, character } = file.getLineAndCharacterOfPosition(node.getStart());
  return new Error(`${file.fileName}:${line + 1}:${character + 1}: "${node.getText()}": expected ${expected}`);
}

/** The function over vectors. */
function vectorFunction(file, { name, parameters, body }, names, numbers) {
  const translated = body.statements.map((statement) => {
    if (ts.isReturnStatement(statement)) return `  return ${expression(statement.expression)};`;
    if (!ts.isVariableStatement(statement)) throw refusal(file, statement, "a constant or the return");
    return statement.declarationList.declarations
      .map((declaration) => `  const ${declaration.name.text} = ${expression(declaration.initializer)};`)
      .join("\n");
  });
  const list = parameters.map((parameter) => `${parameter.name.text}: v128`).join(", ");
  return `function ${name.text}(${list}): v128 {\n${translated.join("\n")}\n}`;

  function expression(node) {
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return expression(node.expression);
    if (ts.isIdentifier(node)) return node.text;
    if (ts.isNumericLiteral(node)) return number(node.text);
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
      if (ts.isNumericLiteral(node.operand)) return number(`-${node.operand.text}`);
      const magnitude = mathArgument(node.operand, "abs");
      if (magnitude) return `vector.negativeAbsolute(${expression(magnitude)})`;
      return `f32x4.neg(${expression(node.operand)})`;
    }
    if (ts.isConditionalExpression(node)) {
      const parts = [node.condition, node.whenTrue, node.whenFalse].map(expression);
      return `vector.choose(${parts.join(", ")})`;
    }
    if (ts.isBinaryExpression(node)) return binary(node);
    if (ts.isCallExpression(node)) return call(node);
    throw refusal(file, node, "arithmetic, a comparison, a conditional or a call");
  }

  function number(text) {
    const literal = /[.e]/.test(text) ? text : `${text}.0`;
    if (Number(text) === 0) return `f32x4.splat(${literal})`;
    if (!numbers.includes(literal)) numbers.push(literal);
    return `v128.load_splat<f32>(numbers + ${4 * numbers.indexOf(literal)})`;
  }

  function binary({ left, right, operatorToken }) {
    const operator = arithmetic.get(operatorToken.kind) ?? comparisons.get(operatorToken.kind);
    if (!operator) throw refusal(file, operatorToken, "an operator of arithmetic or comparison");
    const exponent = mathArgument(left, "exp");
    if (operatorToken.kind === ts.SyntaxKind.MinusToken && exponent && isOne(right)) {
      return `vector.expMinusOne(${expression(exponent)})`;
    }
    return `${operator}(${expression(left)}, ${expression(right)})`;
  }

  function call(node) {
    const { expression: callee, arguments: given } = node;
    if (ts.isIdentifier(callee) && names.includes(callee.text)) {
      return `${callee.text}(${given.map(expression).join(", ")})`;
    }
    const argument = mathArgument(node, "log");
    if (argument && ts.isBinaryExpression(argument) && isOne(argument.left)) {
      if (argument.operatorToken.kind === ts.SyntaxKind.PlusToken) {
        const exponent = mathArgument(argument.right, "exp");
        const magnitude = exponent && mathArgument(negated(exponent), "abs");
        if (magnitude) return `vector.logOnePlusExpNegative(${expression(magnitude)})`;
        return `vector.logOnePlus(${expression(argument.right)})`;
      }
    }
    const instruction = ts.isPropertyAccessExpression(callee) && instructions.get(callee.name.text);
    if (!instruction) throw refusal(file, callee, `a function of this file or Math.${[...instructions.keys()]}`);
    return `${instruction}(${given.map(expression).join(", ")})`;
  }
}

/** What is inside parentheses and `as f32`. */
function inside(node) {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ? inside(node.expression) : node;
}

/** What the minus stands before; undefined where there is none. */
function negated(node) {
  const inner = inside(node);
  const isNegated = ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.MinusToken;
  return isNegated ? inner.operand : undefined;
}

/** The argument of a call of this Math function. */
function mathArgument(node, name) {
  const inner = node && inside(node);
  if (!inner) return undefined;
  return ts.isCallExpression(inner) && inner.expression.getText() === `Math.${name}` ? inner.arguments[0] : undefined;
}

const isOne = (node) => ts.isNumericLiteral(node) && Number(node.text) === 1;

/** One scalar function as what `spanFunction` makes a loop of. */
function loopOver(name, arity) {
  const operands = Array.from({ length: arity }, (_, i) => `x${i}`);
  return { name, operands, singles: [], calls: [{ op: name, operands, output: "y" }] };
}

/** A fusion likewise; what no step of it puts out is an operand. */
function fusedLoop({ name, steps, singles }) {
  const made = steps.map(({ output }) => output);
  const operands = [...new Set(steps.flatMap((step) => step.operands))].filter((operand) => !made.includes(operand));
  return { name, operands, singles, calls: steps };
}

/**
 * The loop over `count` floats, a multiple of four: the list holds an (address, step in bytes) pair for each operand
 * and then for each output; a step of 0 reads the same four again.
 */
function spanFunction({ name, operands, singles, calls }) {
  const outputs = calls.map(({ output }) => output);
  const entry = (name) => 8 * [...operands, ...outputs].indexOf(name);
  const moving = operands.filter((operand) => !singles.includes(operand));
  const steps = Object.fromEntries(moving.map((operand) => [operand, `load<usize>(list, ${entry(operand) + 4})`]));
  // More of them than fit in registers are better read again each time than spilled.
  const inRegisters = moving.length <= 3;
  return [
    `export function ${name}Span(count: i32, list: usize): void {`,
    ...singles.map((operand) => `  const ${operand} = v128.load(load<usize>(list, ${entry(operand)}));`),
    ...[...moving, ...outputs].map((name) => `  let ${name}At = load<usize>(list, ${entry(name)});`),
    ...(inRegisters ? moving.map((operand) => `  const ${operand}Step = ${steps[operand]};`) : []),
    `  for (const end = ${outputs[0]}At + (count << 2); ${outputs[0]}At < end; ) {`,
    ...moving.map((operand) => `    const ${operand} = v128.load(${operand}At);`),
    ...calls.map(({ op, operands, output }) => `    const ${output} = ${op}(${operands.join(", ")});`),
    ...outputs.map((output) => `    v128.store(${output}At, ${output});`),
    ...moving.map((operand) => `    ${operand}At += ${inRegisters ? `${operand}Step` : steps[operand]};`),
    ...outputs.map((output) => `    ${output}At += 16;`),
    "  }",
    "}",
  ].join("\n");
}

function dispatch(names) {
  return [
    "export function span(number: i32, count: i32, list: usize): void {",
    "  switch (number) {",
    ...names.map((name, i) => `    case ${i}: return ${name}Span(count, list);`),
    "  }",
    "}",
    "",
  ].join("\n");
}
