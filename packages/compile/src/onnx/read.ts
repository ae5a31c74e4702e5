/**
 * What an ONNX file says about itself: names, shapes, metadata, operators; not its weights.
 * Field numbers are those of onnx.proto3.
 */
import { CompileError } from '@cpc/base';
import type { AxisLength, DataType, TensorSpec } from '../graph.js';
import { onnxDataType } from '../graph-builder.js';
import { type Field, fieldsOf, textOf } from './protobuf-reader.js';

export interface OnnxDescription {
  /** Name of the graph inside the file. */
  readonly name: string;
  /** Key-value pairs stored with the file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Inputs that must be fed; a string in a shape names an axis of any length, '?' one without a name. */
  readonly inputs: Readonly<Record<string, TensorSpec<AxisLength>>>;
  readonly outputs: Readonly<Record<string, TensorSpec<AxisLength>>>;
  /** The operator of every node, in the order in which they run; bodies of loops are left out. */
  readonly operators: readonly string[];
}

/**
 * Describes an ONNX file without loading it into a runtime.
 *
 * @throws {CompileError} if the bytes are not an ONNX file, or an input or output is neither float32, int32, int64 nor bool.
 *
 * @example
 * readOnnx(file).metadata; // { trained: '2024-05-01' }
 */
export function readOnnx(model: Uint8Array): OnnxDescription {
  const fields = [...fieldsOf(model)];
  const graph = fields.find(({ number }) => number === 7);
  if (graph === undefined) throw new CompileError('readOnnx: the file holds no graph; it is not an ONNX model.');
  const graphFields = [...fieldsOf(graph.bytes)];
  const initialisers = new Set(numbered(graphFields, 5).map((tensor) => text(tensor, 8)));
  const specs = (number: number) => numbered(graphFields, number).map(describedValue);
  return {
    name: text(graph, 2),
    metadata: Object.fromEntries(numbered(fields, 14).map((entry) => [text(entry, 1), text(entry, 2)])),
    inputs: Object.fromEntries(specs(11).filter(([name]) => !initialisers.has(name))),
    outputs: Object.fromEntries(specs(12)),
    operators: numbered(graphFields, 1).map((node) => text(node, 4)),
  };
}

function describedValue(value: Field): [string, TensorSpec<AxisLength>] {
  const name = text(value, 1);
  const tensor = message(message(value, 2), 1);
  const elementType = Number([...fieldsOf(tensor.bytes)].find(({ number }) => number === 1)?.integer ?? 0n);
  const dtype = dataTypes.get(elementType);
  if (dtype === undefined) {
    throw new CompileError(
      `readOnnx: "${name}" has ONNX element type ${elementType}; float32, int32, int64 and bool are known.`,
    );
  }
  const axes = numbered([...fieldsOf(message(tensor, 2).bytes)], 1);
  return [name, { shape: axes.map(axisLength), dtype }];
}

const dataTypes: ReadonlyMap<number, DataType> = new Map([
  [onnxDataType.float32, 'float32'],
  [onnxDataType.int32, 'int32'],
  [onnxDataType.int64, 'int64'],
  [onnxDataType.bool, 'bool'],
]);

/** What an axis is called that the file gives neither a length nor a name; two of them need not be equally long. */
export const unnamedAxis = '?';

function axisLength(axis: Field): AxisLength {
  for (const field of fieldsOf(axis.bytes)) {
    if (field.number === 1) return Number(field.integer);
    if (field.number === 2) return textOf(field) || unnamedAxis;
  }
  return unnamedAxis;
}

function numbered(fields: readonly Field[], number: number): Field[] {
  return fields.filter((field) => field.number === number);
}

function message(parent: Field, number: number): Field {
  for (const field of fieldsOf(parent.bytes)) if (field.number === number) return field;
  return { number, integer: 0n, bytes: new Uint8Array() };
}

function text(parent: Field, number: number): string {
  return textOf(message(parent, number));
}
