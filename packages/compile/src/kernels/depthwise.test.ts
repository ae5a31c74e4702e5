import * as tf from '@tensorflow/tfjs';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';

const plainCases = (
  [
    { x: [2, 5, 4, 3], filter: [3, 3, 3, 1], strides: 1, pad: 'same' },
    { x: [2, 5, 4, 3], filter: [3, 2, 3, 2], strides: 1, pad: 'valid' },
    { x: [1, 6, 7, 2], filter: [3, 3, 2, 2], strides: 2, pad: 'same' },
    { x: [2, 6, 7, 2], filter: [2, 3, 2, 1], strides: 2, pad: 'valid' },
    { x: [1, 6, 6, 1], filter: [3, 3, 1, 3], strides: 2, pad: 1 },
    { x: [1, 3, 3, 2], filter: [1, 1, 2, 2], strides: 1, pad: 'same' },
  ] as const
).map(
  ({ x, filter, strides, pad }): KernelCase => ({
    name: `depthwiseConv2d of [${x}] with [${filter}], stride ${strides}, pad ${pad}`,
    fn: (image, taps) => tf.depthwiseConv2d(image as tf.Tensor4D, taps as tf.Tensor4D, strides, pad),
    inputs: [values(x), values(filter, 5)],
  }),
);

const otherCases: KernelCase[] = [
  {
    name: 'depthwiseConv2d, dilated',
    fn: (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same', 'NHWC', [2, 2]),
    inputs: [values([1, 6, 5, 2]), values([3, 2, 2, 2], 5)],
    gradients: [],
  },
  {
    name: 'separableConv2d',
    fn: (x, depthwise, pointwise) =>
      tf.separableConv2d(x as tf.Tensor4D, depthwise as tf.Tensor4D, pointwise as tf.Tensor4D, 1, 'same'),
    inputs: [values([2, 4, 4, 2]), values([3, 3, 2, 2], 5), values([1, 1, 4, 3], 9)],
  },
];

const fusedCases = (['linear', 'relu6', 'sigmoid'] as const).map(
  (activation): KernelCase => ({
    name: `fused depthwiseConv2d with bias and ${activation}`,
    fn: (x, filter, bias) =>
      tf.fused.depthwiseConv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        bias: bias as tf.Tensor,
        strides: 1,
        pad: 'same',
        activation,
      }),
    inputs: [values([1, 4, 4, 2]), values([3, 3, 2, 2], 5), values([4], 9)],
  }),
);

describeKernels('depthwise kernels', [...plainCases, ...otherCases, ...fusedCases]);
