import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type Graph, sizeOf } from '../graph.js';
import { GraphBuilder } from '../graph-builder.js';
import { applied, countOf } from '../test-support/passes.js';
import { trace } from '../trace.js';
import { convolutionProducts } from './convolution-products.js';
import { applyPasses, standardPasses } from './index.js';

/** A 3 x 3 window over 5 rows of 6 positions with a border of 1. */
const window = (stride: number) => ({
  kernel_shape: [3, 3],
  strides: [stride, stride],
  dilations: [1, 1],
  pads: [1, 1, 1, 1],
});
const [wide, narrow] = [
  [2, 3, 5, 6],
  [2, 4, 3, 3],
];

/** A Conv of [2, 3, 5, 6] to 4 channels, and a ConvTranspose back. */
function thereAndBack(stride: number, group = 1): Graph {
  const g = new GraphBuilder();
  const narrowShape = stride === 1 ? [2, 4, 5, 6] : narrow;
  const x = g.input('x', { shape: wide, dtype: 'float32' });
  const dy = g.input('dy', { shape: narrowShape, dtype: 'float32' });
  const filter = g.input('filter', { shape: [4, 3, 3, 3], dtype: 'float32' });
  const back = { ...window(stride), output_padding: [0, stride === 1 ? 0 : 1], group };
  return g.finish([
    ['y', g.node('Conv', [x, filter], narrowShape, 'float32', window(stride))],
    ['dx', g.node('ConvTranspose', [dy, filter], wide, 'float32', back)],
  ]);
}

describe('a convolution and its gradient', () => {
  it.each([1, 2])('with stride %d are one product each, with the same results', async (stride) => {
    const after = await applied(convolutionProducts, thereAndBack(stride));
    const counts = ['Conv', 'ConvTranspose', 'Gemm', 'Gather'].map((op) => countOf(after, op));
    expect(counts).toEqual([0, 0, 2, 2]);
  });

  it('adds up what several windows hand back to a position only where they skip positions', async () => {
    const sums = [1, 2].map(async (stride) =>
      countOf(await applied(convolutionProducts, thereAndBack(stride)), 'ReduceSum'),
    );
    expect(await Promise.all(sums)).toEqual([0, 1]);
  });
});

it('multiplies single positions as they lie, however many, and their channels back by the matrix that is there', async () => {
  const layer = ({ x, filter, dy }: Readonly<Record<string, tf.Tensor>>) => {
    const { value, grads } = tf.valueAndGrads((input, taps) =>
      tf.sum(tf.mul(tf.conv2d(input as tf.Tensor4D, taps as tf.Tensor4D, 1, 'same'), dy as tf.Tensor)),
    )([x as tf.Tensor, filter as tf.Tensor]);
    return { value, dx: grads[0] as tf.Tensor, gradient: grads[1] as tf.Tensor };
  };
  const graphOf = (count: number) =>
    trace(layer, {
      x: { shape: [count, 4, 4, 16], dtype: 'float32' },
      filter: { shape: [1, 1, 16, 8], dtype: 'float32' },
      dy: { shape: [count, 4, 4, 8], dtype: 'float32' },
    });
  await applied(convolutionProducts, graphOf(2));
  const after = applyPasses(graphOf(2 ** 17), standardPasses('train')); // 2^25 elements
  const counts = ['Conv', 'ConvTranspose', 'Gemm', 'Gather', 'Transpose'].map((op) => countOf(after, op));
  expect(counts).toEqual([0, 0, 3, 0, 0]);
});

it('leaves convolutions of single positions to the runtime where parameters are constants: it computes them with what surrounds them', () => {
  const layers = ({ x, wide, narrow, bias }: Readonly<Record<string, tf.Tensor>>) => {
    const first = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, wide as tf.Tensor4D, 1, 'same'), bias as tf.Tensor));
    return { y: tf.add(x as tf.Tensor, tf.conv2d(first as tf.Tensor4D, narrow as tf.Tensor4D, 1, 'same')) };
  };
  const graph = trace(layers, {
    x: { shape: [2, 4, 4, 8], dtype: 'float32' },
    wide: { shape: [3, 3, 8, 8], dtype: 'float32' },
    narrow: { shape: [1, 1, 8, 8], dtype: 'float32' },
    bias: { shape: [8], dtype: 'float32' },
  });
  const counts = (purpose: 'train' | 'infer') =>
    ['Conv', 'Gemm'].map((op) => countOf(applyPasses(graph, standardPasses(purpose)), op));
  expect({ train: counts('train'), infer: counts('infer') }).toEqual({ train: [0, 2], infer: [2, 0] });
});

it('turns the filter around where a transposed convolution without strides is too large, with the same results', async () => {
  const g = new GraphBuilder();
  const [dyShape, dxShape] = [
    [3000, 64, 5, 6],
    [3000, 2, 5, 7],
  ];
  const dy = g.input('dy', { shape: dyShape, dtype: 'float32' });
  const filter = g.input('filter', { shape: [64, 2, 3, 4], dtype: 'float32' });
  const back = {
    kernel_shape: [3, 4],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [1, 0, 1, 2],
    output_padding: [0, 0],
    group: 1,
  };
  const graph = g.finish([['dx', g.node('ConvTranspose', [dy, filter], dxShape, 'float32', back)]]);
  const after = await applied(convolutionProducts, graph);
  expect(['ConvTranspose', 'Conv', 'Gemm'].map((op) => countOf(after, op))).toEqual([0, 1, 0]);
});

describe('windows that fill more than 64 MiB, of pictures with fewer positions than channels', () => {
  const [pictures, inputs, outputs] = [39_001, 12, 20]; // of 9 taps, 4 x 4 and 2 x 2 positions: from 64 to 257 MiB

  const graphOf = (op: 'Conv' | 'ConvTranspose', stride: 1 | 2) => {
    const g = new GraphBuilder();
    const wide = [pictures, op === 'Conv' ? inputs : outputs, 4, 4];
    const narrow = [pictures, op === 'Conv' ? outputs : inputs, 4 / stride, 4 / stride];
    const [from, to] = op === 'Conv' ? [wide, narrow] : [narrow, wide];
    const filter = g.input('filter', {
      shape: op === 'Conv' ? [outputs, inputs, 3, 3] : [inputs, outputs, 3, 3],
      dtype: 'float32',
    });
    const attributes = op === 'Conv' ? window(stride) : { ...window(stride), output_padding: [stride - 1, stride - 1] };
    return g.finish([
      ['y', g.node(op, [g.input('x', { shape: from, dtype: 'float32' }), filter], to, 'float32', attributes)],
    ]);
  };

  it.each([
    { op: 'Conv', stride: 1, groups: 5 },
    { op: 'Conv', stride: 2, groups: 2 },
    { op: 'ConvTranspose', stride: 1, groups: 5 },
    { op: 'ConvTranspose', stride: 2, groups: 2 },
  ] as const)('are $groups products for $op with stride $stride, with the same results', async (each) => {
    const after = await applied(convolutionProducts, graphOf(each.op, each.stride));
    expect(['Conv', 'ConvTranspose', 'Gemm'].map((op) => countOf(after, op))).toEqual([0, 0, each.groups]);
  });
});

describe('what stays as it is', () => {
  const convolution = (x: number[], filter: number[], y: number[], biases: number[], attributes = window(1)) => {
    const g = new GraphBuilder();
    const terms = [x, filter, ...(biases.length > 0 ? [biases] : [])].map((shape, index) =>
      g.input(`x${index}`, { shape, dtype: 'float32' }),
    );
    return g.finish([['y', g.node('Conv', terms, y, 'float32', attributes)]]);
  };
  const isKept = (graph: Graph) => countOf(convolutionProducts.apply(graph), 'Conv') === 1;

  it('is a convolution whose windows fill more than 64 MiB', () => {
    const ofPictures = (count: number) => convolution([count, 64, 16, 16], [8, 64, 3, 3], [count, 8, 16, 16], []);
    expect([113, 114].map((count) => isKept(ofPictures(count)))).toEqual([false, true]);
    expect(113 * sizeOf([16, 16, 9, 64])).toBeLessThan(2 ** 24);
  });

  it('is one in groups, with a bias, or along one axis', () => {
    const inGroups = { ...window(1), group: 2 };
    expect(isKept(convolution([1, 2, 4, 4], [2, 1, 3, 3], [1, 2, 4, 4], [], inGroups))).toBe(true);
    expect(isKept(convolution([1, 2, 4, 4], [2, 2, 3, 3], [1, 2, 4, 4], [2]))).toBe(true);
    const alongOne = { kernel_shape: [3], strides: [1], dilations: [1], pads: [1, 1] };
    expect(isKept(convolution([1, 2, 4], [2, 2, 3], [1, 2, 4], [], alongOne))).toBe(true);
  });
});

it('puts windows side by side once for a layer and for the gradient of its filter', () => {
  const step = ({ x, filter }: Readonly<Record<string, tf.Tensor>>) => {
    const layer = (taps: tf.Tensor) => tf.square(tf.conv2d(x as tf.Tensor4D, taps as tf.Tensor4D, 1, 'same'));
    const { value, grad } = tf.valueAndGrad(layer)(filter as tf.Tensor);
    return { value, grad };
  };
  const graph = trace(step, {
    x: { shape: [1400, 5, 5, 3], dtype: 'float32' }, // more zeros around than constants are compared by
    filter: { shape: [3, 3, 3, 4], dtype: 'float32' },
  });
  const counts = (purpose: 'train' | 'infer') => {
    const after = applyPasses(graph, standardPasses(purpose));
    return { gathers: countOf(after, 'Gather'), convolutions: countOf(after, 'Conv') };
  };
  expect(counts('train')).toEqual({ gathers: 1, convolutions: 0 });
  expect(counts('infer')).toEqual({ gathers: 1, convolutions: 1 });
});
