/**
 * What a node makes of constants: rearrangement of elements, and arithmetic whose result a runtime rounds
 * to the same bits (so no exponentials).
 */
import { type Constant, type DataType, type Node, numbersOf, sizeOf } from '../../graph.js';
import { onnxDataType } from '../../graph-builder.js';

/** The node's result, of the given shape; undefined for what is not evaluated here. */
export function evaluated(node: Node, inputs: readonly Constant[], shape: readonly number[]): Constant | undefined {
  const [first] = inputs;
  if (first === undefined || node.domain !== undefined) return undefined;
  switch (node.op) {
    case 'Identity':
      return first;
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze':
      return { ...first, shape };
    case 'Transpose':
      return transposed(first, orderOf(node.attributes.perm, shape.length));
    case 'Slice':
      return sliced(inputs, shape);
    case 'Expand':
      return read(first, shape, 0, broadcastSteps(first, shape));
    case 'Concat':
      return joined(inputs, Number(node.attributes.axis), shape);
    case 'Cast':
      return converted(first, dataTypeNumbered(Number(node.attributes.to)));
    default:
      return computed(node.op, inputs, shape);
  }
}

/** The constant with its axes in another order. */
export function transposed(constant: Constant, perm: readonly number[]): Constant {
  const steps = strides(constant.shape);
  const along = (values: readonly number[], otherwise: number) => perm.map((axis) => values[axis] ?? otherwise);
  return read(constant, along(constant.shape, 1), 0, along(steps, 0));
}

function sliced([data, starts, , axes, steps]: readonly Constant[], shape: readonly number[]): Constant | undefined {
  if (data === undefined || starts === undefined) return undefined;
  const elementSteps = strides(data.shape);
  const readSteps = [...elementSteps];
  let offset = 0;
  for (const [index, value] of numbersOf(starts).entries()) {
    const axis = Number(axes?.data[index] ?? index);
    const length = data.shape[axis] ?? 0;
    const step = Number(steps?.data[index] ?? 1);
    const start = value < 0 ? value + length : value;
    const first = Math.min(Math.max(start, 0), step < 0 ? length - 1 : length);
    offset += first * (elementSteps[axis] ?? 0);
    readSteps[axis] = step * (elementSteps[axis] ?? 0);
  }
  return read(data, shape, offset, readSteps);
}

function joined(parts: readonly Constant[], axis: number, shape: readonly number[]): Constant | undefined {
  const [first] = parts;
  if (first === undefined || axis < 0) return undefined;
  const data = emptyData(first.dtype, sizeOf(shape));
  const outer = sizeOf(shape.slice(0, axis));
  const row = sizeOf(shape.slice(axis));
  let offset = 0;
  for (const part of parts) {
    const width = sizeOf(part.shape.slice(axis));
    for (let index = 0; index < outer * width; index++) {
      put(data, Math.floor(index / width) * row + offset + (index % width), part.data[index] ?? 0);
    }
    offset += width;
  }
  return { data, shape, dtype: first.dtype };
}

function converted(constant: Constant, dtype: DataType | undefined): Constant | undefined {
  if (dtype === undefined) return undefined;
  const data = emptyData(dtype, constant.data.length);
  for (const [index, number] of numbersOf(constant).entries()) {
    // What becomes of these is the runtime's business.
    if (dtype !== 'float32' && dtype !== 'bool' && !(Math.abs(number) < 2 ** 31)) return undefined;
    put(data, index, dtype === 'bool' ? Number(number !== 0) : dtype === 'float32' ? number : Math.trunc(number));
  }
  return { data, shape: constant.shape, dtype };
}

type Arithmetic = (a: number, b: number) => number;

/** Operators on numbers; those of one number ignore the second. */
const arithmetic: Readonly<Record<string, Arithmetic>> = {
  Abs: (a) => Math.abs(a),
  Add: (a, b) => a + b,
  Ceil: (a) => Math.ceil(a),
  Div: (a, b) => a / b,
  Floor: (a) => Math.floor(a),
  Max: (a, b) => Math.max(a, b),
  Min: (a, b) => Math.min(a, b),
  Mul: (a, b) => a * b,
  Neg: (a) => -a,
  Reciprocal: (a) => 1 / a,
  Sqrt: (a) => Math.sqrt(a),
  Sub: (a, b) => a - b,
};

/** Doubles hold what two float32 make exactly enough that rounding once more gives the runtime's float32. */
function computed(op: string, inputs: readonly Constant[], shape: readonly number[]): Constant | undefined {
  const [a, b] = inputs;
  const compute = Object.hasOwn(arithmetic, op) ? arithmetic[op] : undefined;
  if (compute === undefined || a === undefined || inputs.length > 2) return undefined;
  if (a.dtype !== 'float32') return undefined;
  const left = numbersOf(read(a, shape, 0, broadcastSteps(a, shape)));
  const right = b === undefined ? left : numbersOf(read(b, shape, 0, broadcastSteps(b, shape)));
  const data = Float32Array.from(left, (value, index) => compute(value, right[index] ?? value));
  return { data, shape, dtype: 'float32' };
}

/** Steps that read one element again and again along axes of length 1. */
function broadcastSteps({ shape: own }: Constant, shape: readonly number[]): number[] {
  const steps = strides(own);
  const missing = shape.length - own.length;
  return shape.map((_, axis) => (axis < missing || own[axis - missing] === 1 ? 0 : (steps[axis - missing] ?? 0)));
}

/** Elements read at `offset` plus `steps` times the place along each axis of `shape`. */
function read(constant: Constant, shape: readonly number[], offset: number, steps: readonly number[]): Constant {
  const size = sizeOf(shape);
  const data = emptyData(constant.dtype, size);
  const place = new Array<number>(shape.length).fill(0);
  let source = offset;
  for (let target = 0; target < size; target++) {
    put(data, target, constant.data[source] ?? 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (place[axis] ?? 0) + 1;
      source += steps[axis] ?? 0;
      place[axis] = next;
      if (next < (shape[axis] ?? 0)) break;
      source -= next * (steps[axis] ?? 0);
      place[axis] = 0;
    }
  }
  return { data, shape, dtype: constant.dtype };
}

function emptyData(dtype: DataType, size: number): Constant['data'] {
  if (dtype === 'float32') return new Float32Array(size);
  if (dtype === 'int32') return new Int32Array(size);
  return dtype === 'bool' ? new Uint8Array(size) : new BigInt64Array(size);
}

function put(target: Constant['data'], index: number, value: number | bigint): void {
  if (target instanceof BigInt64Array) target[index] = BigInt(value);
  else target[index] = Number(value);
}

function strides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** A Transpose that names no order reverses the axes. */
function orderOf(perm: unknown, rank: number): readonly number[] {
  return Array.isArray(perm) ? perm : Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
}

function dataTypeNumbered(number: number): DataType | undefined {
  const types: readonly DataType[] = ['float32', 'int32', 'int64', 'bool'];
  return types.find((dtype) => onnxDataType[dtype] === number);
}
