/**
 * The messages of an ONNX file under the field numbers of onnx.proto: model, graph, nodes, tensors. Knows nothing of
 * our programs. Source: github.com/onnx/onnx, onnx/onnx.proto (IR version 7).
 */
import { encodeMessage, type Fields, float, bytes as inBytes, integer, message, text } from "./protobuf.ts";

const irVersion = 7;
/** The operators that nodes may be of: those of ONNX 1.8, which every runtime in use knows. */
export const onnxOpset = 13;

const elementTypes = { float: 1, int64: 7 } as const;
const attributeTypes = { float: 1, integer: 2, integers: 7 } as const;

/** A size of an axis: a number, or the name of what is known only when the graph runs. */
export type Dimension = number | string;

export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly Dimension[];
  /** For people. */
  readonly description: string;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}

export type OnnxAttribute =
  | { readonly float: number }
  | { readonly integer: number }
  | { readonly integers: readonly number[] };

export interface OnnxNode {
  readonly kind: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxModel {
  readonly producer: string;
  readonly version: string;
  /** For people. */
  readonly description: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly tensors: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
}

/** @throws UsageError for a model of more bytes than the format has */
export function encodeOnnx(model: OnnxModel): Uint8Array<ArrayBuffer> {
  const graph = [
    ...model.nodes.flatMap((node) => message(1, nodeFields(node))),
    ...text(2, model.name),
    ...model.tensors.flatMap((tensor) => message(5, tensorFields(tensor))),
    ...model.inputs.flatMap((value) => message(11, valueFields(value))),
    ...model.outputs.flatMap((value) => message(12, valueFields(value))),
  ];
  return encodeMessage([
    ...integer(1, irVersion),
    ...text(2, model.producer),
    ...text(3, model.version),
    ...text(6, model.description),
    ...message(7, graph),
    ...message(8, [...text(1, ""), ...integer(2, onnxOpset)]),
    ...[...model.metadata].flatMap(([key, value]) => message(14, [...text(1, key), ...text(2, value)])),
  ]);
}

function nodeFields({ kind, inputs, output, attributes }: OnnxNode): Fields {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, output),
    ...text(3, output),
    ...text(4, kind),
    ...Object.entries(attributes).flatMap(([name, value]) => message(5, attributeFields(name, value))),
  ];
}

function attributeFields(name: string, attribute: OnnxAttribute): Fields {
  if ("float" in attribute) {
    return [...text(1, name), ...float(2, attribute.float), ...integer(20, attributeTypes.float)];
  }
  if ("integer" in attribute) {
    return [...text(1, name), ...integer(3, attribute.integer), ...integer(20, attributeTypes.integer)];
  }
  const values = attribute.integers.flatMap((value) => integer(8, value));
  return [...text(1, name), ...values, ...integer(20, attributeTypes.integers)];
}

function tensorFields({ name, shape, values }: OnnxTensor): Fields {
  const type = values instanceof Float32Array ? elementTypes.float : elementTypes.int64;
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return [...shape.flatMap((length) => integer(1, length)), ...integer(2, type), ...text(8, name), ...inBytes(9, raw)];
}

function valueFields({ name, shape, description }: OnnxValue): Fields {
  const dimensions = shape.flatMap((length) =>
    message(1, typeof length === "number" ? integer(1, length) : text(2, length)),
  );
  const tensor = [...integer(1, elementTypes.float), ...message(2, dimensions)];
  return [...text(1, name), ...message(2, message(1, tensor)), ...text(3, description)];
}
