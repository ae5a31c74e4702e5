/**
 * Tensors of dm_env_rpc: an array of one of eleven types, flat in row-major order, and its shape.
 *
 * A shape may leave one length open (-1), and a single value stands for an array full of it: both are resolved when a tensor is read.
 * Source: the protocol's `Tensor` message, version 1.
 */
import { CpcArgumentError } from '@cpc/base';
import {
  allBytesOf,
  bytesOf,
  damaged,
  type Field,
  fieldsOf,
  fixedOf,
  requireWireType,
  textOf,
  type Varints,
  varintsOf,
} from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

/** A message of any type, as it came. */
export interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** The array that each type of tensor holds. */
export interface TensorValues {
  readonly float: Float32Array;
  readonly double: Float64Array;
  readonly int8: Int8Array;
  readonly int32: Int32Array;
  readonly int64: BigInt64Array;
  readonly uint8: Uint8Array;
  readonly uint32: Uint32Array;
  readonly uint64: BigUint64Array;
  readonly bool: readonly boolean[];
  readonly string: readonly string[];
  readonly proto: readonly AnyMessage[];
}

export type TensorType = keyof TensorValues;

/** In the protocol's order: a type's place from 1 on is its number, and the field that holds its values. */
export const tensorTypes: readonly TensorType[] = [
  ...(['float', 'double', 'int8', 'int32', 'int64', 'uint8', 'uint32', 'uint64', 'bool', 'string', 'proto'] as const),
];

export type Tensor = {
  [Type in TensorType]: {
    readonly type: Type;
    /** Empty for a single value. */
    readonly shape: readonly number[];
    readonly values: TensorValues[Type];
  };
}[TensorType];

const shapeField = 15;
const mostLengths = 32;
const mostValues = 2 ** 24; // no damaged shape asks for more memory than that

/** Values that the tensors of one message may have together, and those that are left of them. */
export interface ValueBudget {
  readonly most: number;
  left: number;
}

/** Of a whole message: a few bytes may stand for an array full of one value, so that each tensor by itself is no bound. */
export function valueBudget(values = mostValues): ValueBudget {
  return { most: values, left: values };
}

/** @throws {CpcError} if a message has no room for so many values more. */
export function spend(budget: ValueBudget, values: number): void {
  if (values > budget.left) throw damaged(`at most ${budget.most} values in a message`, 'more');
  budget.left -= values;
}

/**
 * @param budget - is lowered by what the tensor holds.
 * @throws {CpcError} if the bytes are no tensor, its shape does not go with its values, or the budget is exceeded.
 */
export function decodeTensor(bytes: Uint8Array, budget: ValueBudget = valueBudget()): Tensor {
  const fields = fieldsOf(bytes);
  const payload = fields.filter(({ number }) => number <= tensorTypes.length).at(-1);
  const type = tensorTypes[(payload?.number ?? 0) - 1];
  if (payload === undefined || type === undefined) throw damaged('a tensor with values');
  requireWireType(payload, 2);
  const lengths = shapeIn(fields, shapeField);
  return shaped(type, decodeValues(type, fieldsOf(payload.bytes)), lengths, budget);
}

/** The lengths of a shape, -1 for one that is open. */
export function shapeIn(fields: readonly Field[], number: number): number[] {
  const { lows } = varintsOf(fields, number);
  if (lows.length > mostLengths) throw damaged(`a shape of at most ${mostLengths} lengths`, String(lows.length));
  return Array.from(lows, (low) => low | 0);
}

/** Values of a type, in field 1 of a message. */
export function decodeValues<Type extends TensorType>(type: Type, fields: readonly Field[]): TensorValues[Type];
export function decodeValues(type: TensorType, fields: readonly Field[]): TensorValues[TensorType] {
  switch (type) {
    case 'float':
      return new Float32Array(fixedOf(fields, 1, 4).buffer);
    case 'double':
      return new Float64Array(fixedOf(fields, 1, 8).buffer);
    case 'int8':
      return Int8Array.from(bytesOf(fields, 1) ?? []);
    case 'uint8':
      return Uint8Array.from(bytesOf(fields, 1) ?? []);
    case 'int32':
      return new Int32Array(varintsOf(fields, 1).lows.buffer);
    case 'uint32':
      return varintsOf(fields, 1).lows;
    case 'int64':
      return new BigInt64Array(joinedHalves(varintsOf(fields, 1)));
    case 'uint64':
      return new BigUint64Array(joinedHalves(varintsOf(fields, 1)));
    case 'bool':
      return booleans(fields);
    case 'string':
      return allBytesOf(fields, 1).map(textOf);
    case 'proto':
      return allBytesOf(fields, 1).map((bytes) => decodeAny(fieldsOf(bytes)));
  }
}

/** Integers of 64 bits as the bytes of an array, little-endian, and not one by one: a BigInt takes 24 bytes. */
function joinedHalves({ lows, highs }: Varints): ArrayBuffer {
  const halves = new Uint32Array(2 * lows.length);
  for (let index = 0; index < lows.length; index++) {
    halves[2 * index] = lows[index] ?? 0;
    halves[2 * index + 1] = highs[index] ?? 0;
  }
  return halves.buffer;
}

function booleans(fields: readonly Field[]): boolean[] {
  const { lows, highs } = varintsOf(fields, 1);
  return Array.from(lows, (low, index) => low !== 0 || highs[index] !== 0);
}

function decodeAny(fields: readonly Field[]): AnyMessage {
  return { typeUrl: textOf(bytesOf(fields, 1)), value: Uint8Array.from(bytesOf(fields, 2) ?? []) };
}

/** A tensor whose shape holds as many values as there are. */
function shaped(
  type: TensorType,
  values: TensorValues[TensorType],
  lengths: readonly number[],
  budget: ValueBudget,
): Tensor {
  const open = lengths.filter((length) => length < 0).length;
  const known = lengths.filter((length) => length >= 0).reduce((product, length) => product * length, 1);
  if (open > 1) throw damaged('a shape with at most one open length', `[${lengths}]`);
  if (known > mostValues) throw damaged(`at most ${mostValues} values`, `the shape [${lengths}]`);
  const missing = open === 0 || known === 0 ? 1 : Math.floor(values.length / known);
  const shape = lengths.map((length) => (length < 0 ? missing : length));
  const size = known * (open === 0 ? 1 : missing);
  spend(budget, size);
  if (values.length === size) return tensorOf(type, shape, values);
  if (values.length === 1 && size > 0) return tensorOf(type, shape, repeated(values, size));
  throw damaged(`${size} values for the shape [${lengths}]`, `${values.length}`);
}

/** The type says which array it is: both come from one place. */
export function tensorOf(type: TensorType, shape: readonly number[], values: TensorValues[TensorType]): Tensor {
  return { type, shape, values } as Tensor;
}

function repeated(values: TensorValues[TensorType], size: number): TensorValues[TensorType] {
  if (values instanceof BigInt64Array) return new BigInt64Array(size).fill(values[0] ?? 0n);
  if (values instanceof BigUint64Array) return new BigUint64Array(size).fill(values[0] ?? 0n);
  if (ArrayBuffer.isView(values)) {
    const [first = 0] = values;
    const Values = values.constructor as new (size: number) => Float32Array;
    return new Values(size).fill(first);
  }
  return Array.from({ length: size }, () => values[0]) as TensorValues['bool'];
}

/** A tensor as a message. */
export function encodeTensor({ type, shape, values }: Tensor): WireWriter {
  const field = tensorTypes.indexOf(type) + 1;
  return new WireWriter().message(field, encodeValues(type, values)).integers(shapeField, shape);
}

/** Values of a type, in field 1 of a message. */
export function encodeValues(type: TensorType, values: TensorValues[TensorType]): WireWriter {
  const writer = new WireWriter();
  if (type === 'string') for (const value of values) writer.text(1, String(value));
  else if (type === 'proto') for (const value of values) writer.message(1, encodeAny(value));
  else if (type === 'bool') writer.integers(1, Array.from(values, Number));
  else if (ArrayBuffer.isView(values)) encodeNumbers(writer, values);
  return writer;
}

function encodeNumbers(writer: WireWriter, values: Extract<TensorValues[TensorType], ArrayBufferView>): void {
  const isWhole = values instanceof Int32Array || values instanceof Uint32Array;
  if (isWhole || values instanceof BigInt64Array || values instanceof BigUint64Array) writer.integers(1, values);
  else if (values.length > 0) writer.bytes(1, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function encodeAny(value: unknown): WireWriter {
  const isAny = typeof value === 'object' && value !== null && 'typeUrl' in value && 'value' in value;
  if (!isAny || !(value.value instanceof Uint8Array)) {
    const expected = 'messages with typeUrl and value';
    throw new CpcArgumentError({ where: 'encodeTensor', argument: 'values', expected, received: value });
  }
  return new WireWriter().text(1, String(value.typeUrl)).bytes(2, value.value);
}
