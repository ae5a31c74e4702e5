import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../graph.js';
import { GraphBuilder } from '../graph-builder.js';
import { scan } from '../primitives/scan.js';
import { applied, countOf, linesOf } from '../test-support/passes.js';
import { type NamedTensors, trace } from '../trace.js';
import { commonSubexpressions } from './common-subexpressions.js';
import { deadCode } from './dead-code.js';
import { identities } from './identities.js';
import { applyPasses } from './index.js';
import { transposedElements, transposes } from './transposes.js';

/** As the standard passes have it before Transposes move. */
const tidied = (graph: Graph) => applyPasses(graph, [identities, commonSubexpressions, deadCode]);

it('brings two opposite Transposes together over a bias and an activation', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [1, 2, 3, 4], dtype: 'float32' });
  const bias = g.input('bias', { shape: [2], dtype: 'float32' });
  const last = g.transpose(x, [0, 2, 3, 1]);
  const active = g.node('Relu', [g.node('Add', [last, bias], [1, 3, 4, 2], 'float32')], [1, 3, 4, 2], 'float32');
  const first = g.transpose(active, [0, 3, 1, 2]);
  const after = await applied(transposes, g.finish([['y', first]]));
  expect(linesOf(after)).toEqual([
    'input x: float32[1, 2, 3, 4]',
    'input bias: float32[2]',
    'bias_moved: float32[1, 2, 1, 1] = Reshape(bias, [1, 2, 1, 1], allowzero=1)',
    't1_moved: float32[1, 2, 3, 4] = Add(x, bias_moved)',
    't2_moved: float32[1, 2, 3, 4] = Relu(t1_moved)',
    'y: float32[1, 2, 3, 4] = Identity(t2_moved)',
    'output y: float32[1, 2, 3, 4]',
  ]);
});

it('adds two transposed values before it transposes their sum', async () => {
  const g = new GraphBuilder();
  const a = g.input('a', { shape: [2, 3], dtype: 'float32' });
  const b = g.input('b', { shape: [2, 3], dtype: 'float32' });
  const sum = g.node('Add', [g.transpose(a, [1, 0]), g.transpose(b, [1, 0])], [3, 2], 'float32');
  const after = await applied(transposes, g.finish([['y', sum]]));
  expect(linesOf(after).slice(2)).toEqual([
    't2_moved: float32[2, 3] = Add(a, b)',
    't2: float32[3, 2] = Transpose(t2_moved, perm=[1, 0])',
    'y: float32[3, 2] = Identity(t2)',
    'output y: float32[3, 2]',
  ]);
});

describe('a sum over axes of a transposed value', () => {
  const summed = (axes: number[], shape: number[], keepdims: number) => {
    const g = new GraphBuilder();
    const x = g.input('x', { shape: [2, 3, 4, 5], dtype: 'float32' });
    const last = g.transpose(x, [0, 2, 3, 1]); // [2, 4, 5, 3]
    return g.finish([['y', g.node('ReduceSum', [last, g.int64(axes)], shape, 'float32', { keepdims })]]);
  };

  it('needs no Transpose where what is left is in order', async () => {
    const after = await applied(transposes, summed([0, 1, 2], [3], 0));
    expect(countOf(after, 'Transpose')).toBe(0);
  });

  it('transposes 30 sums instead of 120 elements, axes kept', async () => {
    const after = await applied(transposes, summed([1], [2, 1, 5, 3], 1));
    expect(transposedElements(after)).toBe(30);
  });

  it('transposes 30 sums instead of 120 elements, axes dropped and counted from the end', async () => {
    const after = await applied(transposes, summed([-3], [2, 5, 3], 0));
    expect(transposedElements(after)).toBe(30);
  });
});

it('leaves a graph alone in which moving would transpose more', async () => {
  const g = new GraphBuilder();
  const x = g.input('x', { shape: [1, 3], dtype: 'float32' });
  const tall = g.input('tall', { shape: [3, 4], dtype: 'float32' });
  const column = g.transpose(x, [1, 0]);
  const outputs = [g.node('Exp', [column], [3, 1], 'float32'), g.node('MatMul', [column, x], [3, 3], 'float32')];
  const graph = g.finish([
    ['a', outputs[0] ?? column],
    ['b', outputs[1] ?? column],
    ['c', g.node('Mul', [column, tall], [3, 4], 'float32')],
  ]);
  expect(await applied(transposes, graph)).toBe(graph);
});

/** Two convolutions with bias and activation, as a layer or a gradient of one uses them. */
const network = ({ x, first, bias, second }: NamedTensors): tf.Tensor => {
  const hidden = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, first as tf.Tensor4D, 1, 'same'), bias as tf.Tensor));
  return tf.relu(tf.conv2d(hidden as tf.Tensor4D, second as tf.Tensor4D, 2, 'same'));
};

const networkSpecs = {
  x: { shape: [2, 8, 6, 3], dtype: 'float32' },
  first: { shape: [3, 3, 3, 4], dtype: 'float32' },
  bias: { shape: [4], dtype: 'float32' },
  second: { shape: [3, 3, 4, 5], dtype: 'float32' },
} as const;

describe('a net of convolution, bias, relu, convolution and relu', () => {
  it('keeps 2 Transposes of pictures forward: one in, one out, where it had 4', async () => {
    const graph = tidied(trace((inputs) => ({ y: network(inputs) }), networkSpecs));
    const after = await applied(transposes, graph);
    expect(countOf(graph, 'Transpose') - 2).toBe(4); // 2 of filters
    expect(countOf(after, 'Transpose') - 2).toBe(2);
  });

  it('transposes 1,584 elements with gradients, where it transposed 1,968', async () => {
    const step = (inputs: NamedTensors) => {
      const names = ['first', 'bias', 'second'] as const;
      const loss = (first: tf.Tensor, bias: tf.Tensor, second: tf.Tensor) =>
        tf.mean<tf.Scalar>(tf.square(network({ ...inputs, first, bias, second })));
      const gradients = tf.grads(loss)(names.map((name) => inputs[name] as tf.Tensor));
      return Object.fromEntries(gradients.map((gradient, index) => [`d ${names[index]}`, gradient]));
    };
    const graph = tidied(trace(step, networkSpecs));
    const after = await applied(transposes, graph);
    const counts = { before: countOf(graph, 'Transpose'), after: countOf(after, 'Transpose') };
    const elements = { before: transposedElements(graph), after: transposedElements(after) };
    expect({ counts, elements }).toEqual({
      counts: { before: 8, after: 7 },
      elements: { before: 1968, after: 1584 },
    });
  });
});

it('writes a value that only the body of a Scan reads', async () => {
  const graph = trace(
    ({ x, weights }) => {
      const turned = tf.relu(tf.transpose(weights as tf.Tensor2D));
      const body = ([state]: tf.Tensor[], [now]: tf.Tensor[]) => {
        const next = tf.add(tf.matMul(state as tf.Tensor2D, turned as tf.Tensor2D), now as tf.Tensor);
        return { state: [next], results: [next] };
      };
      const { state } = scan(body, [tf.zeros([1, 2])], [x as tf.Tensor]);
      return { y: state[0] as tf.Tensor, z: tf.transpose(turned) };
    },
    { x: { shape: [3, 1, 2], dtype: 'float32' }, weights: { shape: [2, 2], dtype: 'float32' } },
  );
  const after = await applied(transposes, graph);
  expect(countOf(graph, 'Transpose')).toBe(2);
  expect(countOf(after, 'Transpose')).toBe(1);
});
