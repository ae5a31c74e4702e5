/** Matrix products, plain and batched. */
import * as tf from '@tensorflow/tfjs';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { flagAttribute, input, type Kernel, range, sizeOf } from './kernel.js';

interface Factor {
  readonly value: Traced;
  readonly transposed: boolean;
}

const batchMatMul: Kernel = (g, inputs, attributes) =>
  product(
    g,
    { value: input(inputs, 'a'), transposed: flagAttribute(attributes, 'transposeA') },
    { value: input(inputs, 'b'), transposed: flagAttribute(attributes, 'transposeB') },
  );

/** One product per pair of matrices; a batch of one becomes a Gemm, which transposes for free. */
function product(g: GraphBuilder, a: Factor, b: Factor): Traced {
  const batch = tf.broadcast_util.assertAndGetBroadcastShape(batchOf(a.value), batchOf(b.value));
  const shape = [...batch, matrixOf(a)[0], matrixOf(b)[1]];
  if (sizeOf(batch) !== 1) return g.node('MatMul', [upright(g, a), upright(g, b)], shape, 'float32');
  const flat = g.node('Gemm', [flattened(g, a.value), flattened(g, b.value)], shape.slice(-2), 'float32', {
    transA: a.transposed ? 1 : 0,
    transB: b.transposed ? 1 : 0,
  });
  return shape.length === 2 ? flat : g.reshape(flat, shape);
}

function batchOf(value: Traced): number[] {
  return value.shape.slice(0, -2);
}

/** Rows and columns as the product sees them. */
function matrixOf({ value, transposed }: Factor): [rows: number, columns: number] {
  const [rows = 1, columns = 1] = value.shape.slice(-2);
  return transposed ? [columns, rows] : [rows, columns];
}

function flattened(g: GraphBuilder, value: Traced): Traced {
  return value.shape.length === 2 ? value : g.reshape(value, value.shape.slice(-2));
}

function upright(g: GraphBuilder, { value, transposed }: Factor): Traced {
  if (!transposed) return value;
  const rank = value.shape.length;
  return g.transpose(value, [...range(rank - 2), rank - 1, rank - 2]);
}

export const matmulKernels: Readonly<Record<string, Kernel>> = { BatchMatMul: batchMatMul };
