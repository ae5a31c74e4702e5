/**
 * What actions and observations of a world look like: name, type, shape and range of each tensor.
 *
 * Ranges come as one number each (deprecated) or as arrays; both are read, arrays are written.
 */
import {
  decodeValues,
  encodeValues,
  shapeIn,
  spend,
  type TensorType,
  tensorTypes,
  type ValueBudget,
  valueBudget,
} from './tensors.js';
import { bytesOf, damaged, fieldsOf, requireWireType, textOf, varintsOf } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

export interface TensorSpec {
  readonly name: string;
  readonly type: TensorType;
  /** -1 for a length that varies. */
  readonly shape: readonly number[];
  /** Inclusive: one for all values, or one for each. Left out where the protocol's message says none. */
  readonly min?: readonly number[];
  readonly max?: readonly number[];
}

/**
 * @param budget - is lowered by the numbers of its range.
 * @throws {CpcError} if the bytes are no such message, or the budget is exceeded.
 */
export function decodeTensorSpec(bytes: Uint8Array, budget: ValueBudget = valueBudget()): TensorSpec {
  const fields = fieldsOf(bytes);
  const typeNumber = varintsOf(fields, 3).lows.at(-1) ?? 0;
  const type = tensorTypes[typeNumber - 1];
  if (type === undefined) throw damaged(`a data type from 1 to ${tensorTypes.length}`, String(typeNumber));
  const [min, max] = [bytesOf(fields, 4), bytesOf(fields, 5)].map((range) => decodeRange(range, budget));
  return {
    name: textOf(bytesOf(fields, 1)),
    type,
    shape: shapeIn(fields, 2),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

/** Which deprecated field holds one number of a type. */
const scalarFields: Readonly<Record<number, TensorType>> = {
  1: 'float',
  2: 'double',
  3: 'int32',
  4: 'int64',
  5: 'uint32',
  6: 'uint64',
  7: 'int32', // an int8
  8: 'uint32', // a uint8
};
const firstArrayField = 9;
const lastArrayField = 16;

function decodeRange(bytes: Uint8Array | undefined, budget: ValueBudget): number[] | undefined {
  const field = bytes === undefined ? undefined : fieldsOf(bytes).at(-1);
  if (field === undefined) return undefined;
  const scalarType = scalarFields[field.number];
  if (scalarType !== undefined) return Array.from(decodeValues(scalarType, [{ ...field, number: 1 }]), Number);
  if (field.number < firstArrayField || field.number > lastArrayField) return undefined;
  requireWireType(field, 2);
  const type = tensorTypes[field.number - firstArrayField] ?? 'float';
  const values = decodeValues(type, fieldsOf(field.bytes));
  spend(budget, values.length);
  return Array.from(values, Number);
}

export function encodeTensorSpec({ name, type, shape, min, max }: TensorSpec): WireWriter {
  const writer = new WireWriter()
    .text(1, name)
    .integers(2, shape)
    .integer(3, tensorTypes.indexOf(type) + 1);
  if (min !== undefined) writer.message(4, encodeRange(type, min));
  if (max !== undefined) writer.message(5, encodeRange(type, max));
  return writer;
}

function encodeRange(type: TensorType, range: readonly number[]): WireWriter {
  const place = tensorTypes.indexOf(type);
  return new WireWriter().message(firstArrayField + place, encodeValues(type, numbersAs(type, range)));
}

/**
 * Numbers as values of a numeric type.
 *
 * @throws {CpcError} for the types bool, string and proto.
 */
export function numbersAs(type: TensorType, numbers: readonly number[]) {
  switch (type) {
    case 'float':
      return Float32Array.from(numbers);
    case 'double':
      return Float64Array.from(numbers);
    case 'int8':
      return Int8Array.from(numbers);
    case 'int32':
      return Int32Array.from(numbers);
    case 'int64':
      return BigInt64Array.from(numbers, (number) => BigInt(number));
    case 'uint8':
      return Uint8Array.from(numbers);
    case 'uint32':
      return Uint32Array.from(numbers);
    case 'uint64':
      return BigUint64Array.from(numbers, (number) => BigInt(number));
    default:
      throw damaged('a numeric type', type);
  }
}
