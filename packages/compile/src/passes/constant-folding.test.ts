import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import type { Constant } from '../graph.js';
import { GraphBuilder, type Traced } from '../graph-builder.js';
import { scan } from '../primitives/scan.js';
import { applied, countOf, linesOf } from '../test-support/passes.js';
import { trace } from '../trace.js';
import { constantFolding } from './constant-folding.js';
import { deadCode } from './dead-code.js';

const matrix = (g: GraphBuilder) => g.constant(Float32Array.from([1, 2, 3, 4, 5, 6]), [2, 3], 'float32');

/** Every operator that is folded, on constants. */
const folded: readonly [name: string, make: (g: GraphBuilder) => Traced][] = [
  ['Identity', (g) => g.node('Identity', [matrix(g)], [2, 3], 'float32')],
  ['Reshape', (g) => g.reshape(matrix(g), [3, 2])],
  ['Unsqueeze', (g) => g.node('Unsqueeze', [matrix(g), g.int64([1])], [2, 1, 3], 'float32')],
  ['Squeeze', (g) => g.node('Squeeze', [g.reshape(matrix(g), [1, 6]), g.int64([0])], [6], 'float32')],
  ['Transpose', (g) => g.transpose(matrix(g), [1, 0])],
  ['Transpose of 3 axes', (g) => g.transpose(g.reshape(matrix(g), [1, 2, 3]), [2, 0, 1])],
  ['Slice', (g) => g.node('Slice', [matrix(g), g.int64([1]), g.int64([3]), g.int64([1])], [2, 2], 'float32')],
  [
    'Slice from the end, backwards',
    (g) => g.node('Slice', [matrix(g), g.int64([-1]), g.int64([-4]), g.int64([1]), g.int64([-2])], [2, 2], 'float32'),
  ],
  [
    'Slice past the end',
    (g) => g.node('Slice', [matrix(g), g.int64([-9]), g.int64([9]), g.int64([0])], [2, 3], 'float32'),
  ],
  ['Concat', (g) => g.node('Concat', [matrix(g), g.reshape(matrix(g), [2, 3])], [2, 6], 'float32', { axis: 1 })],
  ['Expand', (g) => g.node('Expand', [g.reshape(matrix(g), [2, 1, 3]), g.int64([2, 2, 3])], [2, 2, 3], 'float32')],
  ['Cast', (g) => g.cast(g.constant(Float32Array.from([-1.7, 0, 2.5]), [3], 'float32'), 'int32')],
  ['Cast to bool', (g) => g.cast(g.constant(Float32Array.from([-1.7, 0, 2.5]), [3], 'float32'), 'bool')],
  ...(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'] as const).map((op): [string, (g: GraphBuilder) => Traced] => [
    op,
    (g) => g.node(op, [matrix(g), g.constant(Float32Array.from([0.1, 3, -7]), [3], 'float32')], [2, 3], 'float32'),
  ]),
  ...(['Neg', 'Sqrt', 'Reciprocal', 'Abs', 'Floor', 'Ceil'] as const).map(
    (op): [string, (g: GraphBuilder) => Traced] => [op, (g) => g.node(op, [matrix(g)], [2, 3], 'float32')],
  ),
];

it(`folds ${folded.length} operators on constants and gives the runtime's results`, async () => {
  const g = new GraphBuilder();
  const outputs = folded.map(([name, make]) => [name, make(g)] as const);
  const after = await applied(constantFolding, g.finish(outputs));
  expect(after.nodes.map((node) => node.op)).toEqual(folded.map(() => 'Identity'));
});

it('leaves one node of a chain that ends at an input', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [3, 2], dtype: 'float32' });
  const turned = g.transpose(g.node('Mul', [matrix(g), g.scalar(2)], [2, 3], 'float32'), [1, 0]);
  const after = await applied(constantFolding, g.finish([['y', g.node('Add', [x, turned], [3, 2], 'float32')]]));
  expect(linesOf(deadCode.apply(after))).toEqual([
    'input x: float32[3, 2]',
    't4: float32[3, 2] = Add(x, [2, 8, 4, 10, 6, 12])',
    'y: float32[3, 2] = Identity(t4)',
    'output y: float32[3, 2]',
  ]);
});

it('expands 1 number to 1,024 and no further, so that files stay small', async () => {
  const g = new GraphBuilder();
  const expanded = (size: number) => g.node('Expand', [g.scalar(1), g.int64([size])], [size], 'float32');
  const graph = g.finish([
    ['small', g.node('Exp', [expanded(1024)], [1024], 'float32')],
    ['large', g.node('Exp', [expanded(1025)], [1025], 'float32')],
  ]);
  const after = await applied(constantFolding, graph);
  expect(countOf(after, 'Expand')).toBe(1);
});

it('computes 1,024 sums of constants and no more', async () => {
  const g = new GraphBuilder();
  const sum = (size: number) => {
    const numbers = g.constant(new Float32Array(size).fill(2), [size], 'float32');
    return g.node('Exp', [g.node('Add', [numbers, g.scalar(1)], [size], 'float32')], [size], 'float32');
  };
  const graph = g.finish([
    ['small', sum(1024)],
    ['large', sum(1025)],
  ]);
  expect(countOf(await applied(constantFolding, graph), 'Add')).toBe(1);
});

it('keeps a division by 0 of integers, and a cast of infinity to an integer, for the runtime', () => {
  const g = new GraphBuilder();
  const quotient = g.node('Div', [g.scalar(1, 'int32'), g.scalar(0, 'int32')], [], 'int32');
  const cast = g.cast(g.scalar(Number.POSITIVE_INFINITY), 'int32');
  const sum = g.node('Add', [quotient, cast], [], 'int32');
  expect(constantFolding.apply(g.finish([['y', sum]])).nodes.map(({ op }) => op)).toEqual([
    'Div',
    'Cast',
    'Add',
    'Identity',
  ]);
});

it('folds inside the body of a Scan, constants from around it included', async () => {
  const graph = trace(
    ({ x }) => {
      const weights = tf.transpose(tf.tensor2d([1, 2, 3, 4], [2, 2]));
      const { results } = scan(
        ([state], [now]) => {
          const shifted = tf.add(tf.matMul(state as tf.Tensor2D, tf.transpose(weights)), tf.neg(tf.tensor1d([1, 2])));
          const next = tf.add(shifted, now as tf.Tensor);
          return { state: [next], results: [next] };
        },
        [tf.zeros([1, 2])],
        [x as tf.Tensor],
      );
      return { y: results[0] as tf.Tensor };
    },
    { x: { shape: [3, 1, 2], dtype: 'float32' } },
  );
  const after = await applied(constantFolding, graph);
  const body = (of: typeof graph) =>
    of.nodes.flatMap(({ attributes: { body: inner } }) =>
      typeof inner === 'object' && 'graph' in inner ? inner.graph.nodes.map(({ op }) => op) : [],
    );
  expect(body(graph)).toEqual(expect.arrayContaining(['Transpose', 'Neg']));
  expect(body(after)).toEqual(body(graph).filter((op) => op !== 'Transpose' && op !== 'Neg'));
});

it('shares no data with the graph it was given', () => {
  const g = new GraphBuilder();
  const graph = g.finish([['y', g.node('Exp', [g.transpose(matrix(g), [1, 0])], [3, 2], 'float32')]]);
  const given = new Set<Constant['data']>([...graph.constants.values()].map(({ data }) => data));
  const made = [...constantFolding.apply(graph).constants].filter(([name]) => !graph.constants.has(name));
  expect(made).toHaveLength(1);
  expect(made.some(([, { data }]) => given.has(data))).toBe(false);
});
