import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import { scan } from '../primitives/scan.js';
import { applied, countOf, linesOf } from '../test-support/passes.js';
import { trace } from '../trace.js';
import { constantFolding } from './constant-folding.js';
import { deadCode } from './dead-code.js';
import { expands } from './expands.js';

it('leaves broadcasting to the sum that reads an Expand', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2, 3], dtype: 'float32' });
  const row = g.input('row', { shape: [3], dtype: 'float32' });
  const rows = g.node('Expand', [row, g.int64([2, 3])], [2, 3], 'float32');
  const after = await applied(expands, g.finish([['y', g.node('Add', [x, rows], [2, 3], 'float32')]]));
  expect(linesOf(after).slice(2)).toEqual([
    't2: float32[2, 3] = Add(x, row)',
    'y: float32[2, 3] = Identity(t2)',
    'output y: float32[2, 3]',
  ]);
});

it('halves and squares 1 number before it is repeated 6 times', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [1], dtype: 'float32' });
  const many = g.node('Expand', [x, g.int64([2, 3])], [2, 3], 'float32');
  const half = g.node('Mul', [many, g.scalar(0.5)], [2, 3], 'float32');
  const squared = g.node('Mul', [half, half], [2, 3], 'float32');
  const after = await applied(expands, g.finish([['y', squared]]));
  expect(linesOf(after).slice(1)).toEqual([
    't3_small: float32[1] = Mul(x, 0.5)',
    't4_small: float32[1] = Mul(t3_small, t3_small)',
    't4: float32[2, 3] = Expand(t4_small, [2, 3])',
    'y: float32[2, 3] = Identity(t4)',
    'output y: float32[2, 3]',
  ]);
});

it('takes a product with ones, and a quotient by them, for the other operand', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [2, 1], dtype: 'float32' });
  const ones = g.node('Expand', [g.scalar(1), g.int64([2, 3])], [2, 3], 'float32');
  const wide = g.node('Mul', [ones, x], [2, 3], 'float32');
  const same = g.node('Div', [x, g.scalar(1)], [2, 1], 'float32');
  const graph = g.finish([
    ['wide', wide],
    ['same', same],
    ['inverse', g.node('Div', [ones, x], [2, 3], 'float32')],
  ]);
  const after = await applied(expands, graph);
  expect([countOf(after, 'Mul'), countOf(after, 'Div')]).toEqual([0, 1]);
});

it('writes an Expand where a matrix product, an output or a Scan body reads it', async () => {
  const graph = trace(
    ({ x, row }) => {
      const rows = tf.broadcastTo(row as tf.Tensor, [2, 2]);
      const body = ([state]: tf.Tensor[], [now]: tf.Tensor[]) => {
        const next = tf.add(tf.matMul(state as tf.Tensor2D, rows as tf.Tensor2D), now as tf.Tensor);
        return { state: [next], results: [next] };
      };
      const { state } = scan(body, [tf.zeros([1, 2])], [x as tf.Tensor]);
      return { y: state[0] as tf.Tensor, product: tf.matMul(rows as tf.Tensor2D, rows as tf.Tensor2D), rows };
    },
    { x: { shape: [3, 1, 2], dtype: 'float32' }, row: { shape: [2], dtype: 'float32' } },
  );
  const after = await applied(expands, graph);
  expect([countOf(graph, 'Expand'), countOf(after, 'Expand')]).toEqual([1, 1]);
});

it('computes the gradient of a mean of 3,000 squares in 2 nodes as large as x, where it had 5', async () => {
  const loss = (x: tf.Tensor) => tf.mean<tf.Scalar>(tf.square(x));
  const graph = trace(({ x }) => ({ d: tf.grad(loss)(x as tf.Tensor) }), { x: { shape: [3000], dtype: 'float32' } });
  const after = deadCode.apply(constantFolding.apply(await applied(expands, graph)));
  const large = (of: typeof graph) =>
    of.nodes.filter((node) => of.values.get(node.outputs[0] ?? '')?.shape[0] === 3000);
  expect(large(deadCode.apply(graph)).map(({ op }) => op)).toEqual(['Expand', 'Mul', 'Div', 'Mul', 'Mul', 'Identity']);
  expect(large(after).map(({ op }) => op)).toEqual(['Mul', 'Mul', 'Identity']);
});
