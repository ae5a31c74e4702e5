/**
 * Computes at export what only rearranges constants: a weight that is transposed, cut or joined at run time becomes a
 * plain weight. The old one goes with the dead code.
 */
import type { Constant, Graph, Node } from '../../graph.js';
import type { Pass } from '../../passes/pass.js';

export const foldConstants: Pass = { name: 'fold-constants', apply: folded };

function folded(graph: Graph): Graph {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.filter((node) => {
    const [name] = node.outputs;
    const inputs = node.inputs.flatMap((input) => constants.get(input) ?? []);
    const isOutput = graph.outputs.some((output) => output.name === name);
    if (name === undefined || isOutput || inputs.length !== node.inputs.length) return true;
    const shape = graph.values.get(name)?.shape.flatMap((length) => (typeof length === 'number' ? [length] : []));
    const constant = shape === undefined ? undefined : evaluated(node, inputs, shape);
    if (constant !== undefined) constants.set(name, constant);
    return constant === undefined;
  });
  return { ...graph, nodes, constants };
}

/** What a node makes of constants; undefined for operators that are not folded. */
function evaluated(node: Node, inputs: readonly Constant[], shape: readonly number[]): Constant | undefined {
  const [first] = inputs;
  if (first === undefined) return undefined;
  switch (node.op) {
    case 'Identity':
      return first;
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze':
      return { ...first, shape };
    case 'Transpose':
      return permuted(first, numbers(node.attributes.perm) ?? shape.map((_, axis) => shape.length - 1 - axis));
    case 'Slice':
      return sliced(inputs, shape);
    case 'Concat':
      return joined(inputs, Number(node.attributes.axis), shape);
    default:
      return undefined;
  }
}

/** The constant with its axes in another order. */
export function permuted(constant: Constant, perm: readonly number[]): Constant {
  const steps = strides(constant.shape);
  const shape = perm.map((axis) => constant.shape[axis] ?? 1);
  return gathered(
    constant,
    shape,
    0,
    perm.map((axis) => steps[axis] ?? 0),
  );
}

function sliced([data, starts, , axes, steps]: readonly Constant[], shape: readonly number[]): Constant | undefined {
  if (data === undefined || starts === undefined || steps !== undefined) return undefined;
  const step = strides(data.shape);
  const offset = Array.from(starts.data, Number).reduce((sum, start, index) => {
    const axis = Number(axes?.data[index] ?? index);
    return sum + (start < 0 ? start + (data.shape[axis] ?? 0) : start) * (step[axis] ?? 0);
  }, 0);
  return gathered(data, shape, offset, step);
}

function joined(parts: readonly Constant[], axis: number, shape: readonly number[]): Constant | undefined {
  const [first] = parts;
  if (first === undefined || axis < 0) return undefined;
  const data = emptyLike(first, sizeOf(shape));
  const outer = sizeOf(shape.slice(0, axis));
  const row = sizeOf(shape.slice(axis));
  let offset = 0;
  for (const part of parts) {
    const width = sizeOf(part.shape.slice(axis));
    for (let index = 0; index < outer; index++) {
      for (let column = 0; column < width; column++)
        copy(data, index * row + offset + column, part.data, index * width + column);
    }
    offset += width;
  }
  return { data, shape, dtype: first.dtype };
}

/** Elements read at `offset` plus `steps` times the position along each axis of `shape`. */
function gathered(constant: Constant, shape: readonly number[], offset: number, steps: readonly number[]): Constant {
  const size = sizeOf(shape);
  const data = emptyLike(constant, size);
  const position = new Array<number>(shape.length).fill(0);
  let source = offset;
  for (let target = 0; target < size; target++) {
    copy(data, target, constant.data, source);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (position[axis] ?? 0) + 1;
      source += steps[axis] ?? 0;
      if (next < (shape[axis] ?? 0)) {
        position[axis] = next;
        break;
      }
      position[axis] = 0;
      source -= next * (steps[axis] ?? 0);
    }
  }
  return { data, shape, dtype: constant.dtype };
}

function emptyLike({ data }: Constant, size: number): Constant['data'] {
  if (data instanceof Float32Array) return new Float32Array(size);
  if (data instanceof Int32Array) return new Int32Array(size);
  if (data instanceof Uint8Array) return new Uint8Array(size);
  return new BigInt64Array(size);
}

function copy(target: Constant['data'], to: number, source: Constant['data'], from: number): void {
  const value = source[from] ?? 0;
  if (target instanceof BigInt64Array) target[to] = BigInt(value);
  else target[to] = Number(value);
}

function strides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function numbers(attribute: unknown): readonly number[] | undefined {
  return Array.isArray(attribute) ? attribute : undefined;
}
