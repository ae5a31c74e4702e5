/** Matrix products, plain and batched, alone and fused with bias and activation. */

import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { activated } from './activation.js';
import { combined } from './binary.js';
import { filled } from './fill.js';
import { flagAttribute, input, type Kernel, type KernelAttributes, type KernelInputs, range } from './kernel.js';

interface Factor {
  readonly value: Traced;
  readonly transposed: boolean;
}

const batchMatMul: Kernel = (g, inputs, attributes) => {
  const [a, b] = factors(inputs, attributes);
  return product(g, a, b);
};

const fusedMatMul: Kernel = (g, inputs, attributes) => {
  const [a, b] = factors(inputs, attributes);
  const { bias } = inputs;
  const shifted = bias === undefined ? product(g, a, b) : productWithBias(g, a, b, bias);
  return activated(g, shifted, inputs, attributes);
};

function factors(inputs: KernelInputs, attributes: KernelAttributes): [Factor, Factor] {
  return [
    { value: input(inputs, 'a'), transposed: flagAttribute(attributes, 'transposeA') },
    { value: input(inputs, 'b'), transposed: flagAttribute(attributes, 'transposeB') },
  ];
}

/** One product per pair of matrices; where one pair is left, a Gemm, which transposes for free. */
function product(g: GraphBuilder, a: Factor, b: Factor, bias?: Traced): Traced {
  const shape = shapeOf(a, b);
  const { dtype } = a.value;
  if (matrixOf(a)[1] === 0) return filled(g, shape, 0, dtype);
  const rows = sharedRows(g, a, b);
  if (rows === undefined || dtype !== 'float32') {
    return g.node('MatMul', [upright(g, a), upright(g, b)], shape, dtype);
  }
  const flatShape = [sizeOf(shape.slice(0, -1)), shape.at(-1) ?? 1];
  const terms = bias === undefined ? [rows, matrix(g, b.value)] : [rows, matrix(g, b.value), bias];
  const flat = g.node('Gemm', terms, flatShape, 'float32', {
    transA: a.transposed ? 1 : 0,
    transB: b.transposed ? 1 : 0,
  });
  return shape.length === 2 ? flat : g.reshape(flat, shape);
}

/** A Gemm adds a bias that is one row; any other is added afterwards. */
function productWithBias(g: GraphBuilder, a: Factor, b: Factor, bias: Traced): Traced {
  const columns = matrixOf(b)[1];
  const isRow = bias.shape.at(-1) === columns && sizeOf(bias.shape) === columns;
  const fits = isRow && a.value.dtype === 'float32' && sharedRows(g, a, b) !== undefined && matrixOf(a)[1] > 0;
  return fits ? product(g, a, b, g.reshape(bias, [columns])) : combined(g, 'Add', product(g, a, b), bias);
}

function shapeOf(a: Factor, b: Factor): number[] {
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchOf(a.value), batchOf(b.value));
  return [...batch, matrixOf(a)[0], matrixOf(b)[1]];
}

/** All rows of `a` as one matrix, where every one of them meets the same `b`. */
function sharedRows(g: GraphBuilder, a: Factor, b: Factor): Traced | undefined {
  if (sizeOf(batchOf(b.value)) !== 1) return undefined;
  if (sizeOf(batchOf(a.value)) === 1) return matrix(g, a.value);
  if (a.transposed) return undefined;
  return g.reshape(a.value, [sizeOf(a.value.shape.slice(0, -1)), a.value.shape.at(-1) ?? 1]);
}

function batchOf(value: Traced): number[] {
  return value.shape.slice(0, -2);
}

/** Rows and columns as the product sees them. */
function matrixOf({ value, transposed }: Factor): [rows: number, columns: number] {
  const [rows = 1, columns = 1] = value.shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

function matrix(g: GraphBuilder, value: Traced): Traced {
  return value.shape.length === 2 ? value : g.reshape(value, value.shape.slice(-2));
}

function upright(g: GraphBuilder, { value, transposed }: Factor): Traced {
  if (!transposed) return value;
  const rank = value.shape.length;
  return g.transpose(value, [...range(rank - 2), rank - 1, rank - 2]);
}

export const matmulKernels: Readonly<Record<string, Kernel>> = {
  _FusedMatMul: fusedMatMul,
  BatchMatMul: batchMatMul,
};
