import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { floats } from '../test-support/tensors.js';
import { trace } from '../trace.js';

type Padding = 'same' | 'valid' | number;

interface Grid {
  readonly x: readonly number[];
  readonly filter: readonly number[];
  readonly strides: number | [number, number];
  readonly pad: Padding;
  readonly dilations?: number | [number, number];
}

const grids: Grid[] = [
  { x: [2, 5, 4, 3], filter: [3, 3, 3, 2], strides: 1, pad: 'same' },
  { x: [2, 5, 4, 3], filter: [3, 2, 3, 2], strides: 1, pad: 'valid' },
  { x: [1, 6, 7, 2], filter: [3, 3, 2, 3], strides: 2, pad: 'same' },
  { x: [1, 6, 7, 2], filter: [3, 3, 2, 1], strides: 2, pad: 'valid' },
  { x: [1, 5, 6, 2], filter: [3, 3, 2, 2], strides: 2, pad: 1 },
  { x: [1, 7, 7, 1], filter: [2, 2, 1, 2], strides: 3, pad: 'valid' },
  { x: [2, 3, 4, 3], filter: [1, 1, 3, 4], strides: 1, pad: 'same' },
  { x: [2, 4, 5, 3], filter: [1, 1, 3, 2], strides: 2, pad: 'same' },
  { x: [1, 1, 9, 2], filter: [1, 4, 2, 3], strides: [1, 2], pad: 'same' },
  { x: [1, 3, 3, 70], filter: [2, 2, 70, 2], strides: 1, pad: 'same' },
];

const conv2d =
  ({ strides, pad, dilations = 1 }: Grid, format: 'NHWC' | 'NCHW' = 'NHWC') =>
  (x: tf.Tensor, filter: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad, format, dilations);

const named = ({ x, filter, strides, pad }: Grid) => `[${x}] with [${filter}], stride ${strides}, pad ${pad}`;

const plainCases = grids.map(
  (grid): KernelCase => ({
    name: `conv2d of ${named(grid)}`,
    fn: conv2d(grid),
    inputs: [values(grid.x), values(grid.filter, 5)],
  }),
);

const channelsFirst = (shape: readonly number[]) => [0, 3, 1, 2].map((axis) => shape[axis] ?? 1);

/** TensorFlow.js pads channels-first input 'same' as if it were channels-last only when differentiating; 'valid' is sound. */
const formatCases = [0, 3, 4].map((index): KernelCase => {
  const grid = grids[index] as Grid;
  return {
    name: `conv2d, channels first, of ${named(grid)}`,
    fn: conv2d(grid, 'NCHW'),
    inputs: [values(channelsFirst(grid.x)), values(grid.filter, 5)],
  };
});

/** TensorFlow.js has no gradient for dilated convolutions. */
const dilatedCases = (['same', 'valid'] as const).map((pad): KernelCase => {
  const grid: Grid = { x: [1, 7, 8, 2], filter: [3, 2, 2, 2], strides: 1, pad, dilations: [2, 3] };
  return {
    name: `conv2d, dilated, pad ${pad}`,
    fn: conv2d(grid),
    inputs: [values(grid.x), values(grid.filter, 5)],
    gradients: [],
  };
});

const otherCases: KernelCase[] = [
  {
    name: 'conv2d with explicit padding',
    fn: (x, filter) =>
      tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, [
        [0, 0],
        [1, 0],
        [0, 2],
        [0, 0],
      ]),
    inputs: [values([1, 5, 5, 2]), values([3, 3, 2, 2], 5)],
  },
  ...[1, 2].map(
    (stride): KernelCase => ({
      name: `conv2d, channels first, with explicit padding, stride ${stride}`,
      fn: (x, filter) =>
        tf.conv2d(
          x as tf.Tensor4D,
          filter as tf.Tensor4D,
          stride,
          [
            [0, 0],
            [0, 0],
            [1, 0],
            [0, 2],
          ],
          'NCHW',
        ),
      inputs: [values([1, 2, 5, 5]), values([3, 3, 2, 2], 5)],
    }),
  ),
  {
    name: 'conv2d rounding up',
    fn: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 0, 'NHWC', 1, 'ceil'),
    inputs: [values([1, 6, 6, 1]), values([3, 3, 1, 1], 5)],
    gradients: [],
  },
  {
    name: 'conv2d of one image without a batch axis',
    fn: (x, filter) => tf.conv2d(x as tf.Tensor3D, filter as tf.Tensor4D, 1, 'same'),
    inputs: [values([4, 4, 2]), values([3, 3, 2, 1], 5)],
  },
  {
    name: 'conv2d of an empty batch',
    fn: (x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'),
    inputs: [floats([], [0, 4, 4, 2]), values([3, 3, 2, 1])],
    gradients: [],
  },
  ...(['same', 'valid'] as const).flatMap((pad): KernelCase[] => [
    {
      name: `conv1d, stride 2, pad ${pad}`,
      fn: (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 2, pad),
      inputs: [values([2, 9, 3]), values([4, 3, 2], 5)],
    },
    {
      name: `conv1d, dilated, pad ${pad}`,
      fn: (x, filter) => tf.conv1d(x as tf.Tensor3D, filter as tf.Tensor3D, 1, pad, 'NWC', 2),
      inputs: [values([1, 9, 2]), values([3, 2, 2], 5)],
      gradients: [],
    },
    {
      name: `conv2dTranspose, stride 2, pad ${pad}`,
      fn: (x, filter) =>
        tf.conv2dTranspose(
          x as tf.Tensor4D,
          filter as tf.Tensor4D,
          pad === 'same' ? [1, 6, 8, 2] : [1, 7, 9, 2],
          2,
          pad,
        ),
      inputs: [values([1, 3, 4, 3]), values([3, 3, 2, 3], 5)],
    },
  ]),
];

const activations = ['linear', 'relu', 'sigmoid', 'elu', 'leakyrelu'] as const;

const fusedCases = activations.flatMap((activation): KernelCase[] =>
  [1, 3].map((size) => ({
    name: `fused ${size} x ${size} conv2d with bias and ${activation}`,
    fn: (x, filter, bias) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        bias: bias as tf.Tensor,
        strides: 1,
        pad: 'same',
        activation,
        leakyreluAlpha: 0.3,
      }),
    inputs: [values([1, 3, 4, 2]), values([size, size, 2, 3], 5), values([3], 9)],
  })),
);

const biasCases: KernelCase[] = [
  {
    name: 'fused conv2d with one bias for all channels and prelu',
    fn: (x, filter, bias, alpha) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        bias: bias as tf.Tensor,
        strides: 1,
        pad: 'valid',
        activation: 'prelu',
        preluActivationWeights: alpha as tf.Tensor,
      }),
    inputs: [values([1, 4, 4, 2]), values([3, 3, 2, 3], 5), values([1], 9), values([3], 2)],
    gradients: [],
  },
];

describeKernels('convolution kernels', [
  ...plainCases,
  ...formatCases,
  ...dilatedCases,
  ...otherCases,
  ...fusedCases,
  ...biasCases,
]);

describe('a window that is not square, padded by one number', () => {
  it('is refused, as TensorFlow.js makes it 3 columns wide where 6 fit', () => {
    const convolve = ({ x, filter }: Readonly<Record<string, tf.Tensor>>) => ({
      y: tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 1], 1),
    });
    const specs = {
      x: { shape: [1, 5, 6, 2], dtype: 'float32' },
      filter: { shape: [3, 3, 2, 2], dtype: 'float32' },
    } as const;
    expect(() => trace(convolve, specs)).toThrow(/3 x 3 window with strides 2 and 1 .*Pad by/);
  });
});

describe("the filter's gradient", () => {
  const productsFor = (batch: number) => {
    const step = ({ x, filter }: Readonly<Record<string, tf.Tensor>>) => ({
      d: tf.grad((taps: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, taps as tf.Tensor4D, 1, 'same'))(filter as tf.Tensor),
    });
    const graph = trace(step, {
      x: { shape: [batch, 64, 64, 64], dtype: 'float32' },
      filter: { shape: [3, 3, 64, 8], dtype: 'float32' },
    });
    return graph.nodes.filter(({ op }) => op === 'Gemm').length;
  };

  it('is 1 product for 9 taps of 2 ** 19 elements, 5 products where 2 taps fill 64 MiB', () => {
    expect([productsFor(2), productsFor(32)]).toEqual([1, 5]);
  });
});
