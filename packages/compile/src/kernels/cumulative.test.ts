import * as tf from '@tensorflow/tfjs';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { bools, countsWithin, floats, ints, within } from '../test-support/tensors.js';

type Running = (x: tf.Tensor, axis: number, exclusive: boolean, reverse: boolean) => tf.Tensor;

const directions = [
  { exclusive: false, reverse: false },
  { exclusive: true, reverse: false },
  { exclusive: false, reverse: true },
  { exclusive: true, reverse: true },
];

/** TensorFlow.js has no gradient for cumprod, and one for cumsum that is right along the last axis only. */
const runningCases = (
  [
    ['cumsum', tf.cumsum],
    ['cumprod', tf.cumprod],
  ] as [string, Running][]
).flatMap(([name, fn]) =>
  directions.flatMap(({ exclusive, reverse }): KernelCase[] => {
    const how = `${exclusive ? ' exclusive' : ''}${reverse ? ' reverse' : ''}`;
    const gradients = name === 'cumsum' ? {} : { gradients: [] };
    return [
      { name: `${name}${how}`, fn: (x) => fn(x, 0, exclusive, reverse), inputs: [within(0.5, 1.5, [7])], ...gradients },
      {
        name: `${name}${how}, last axis`,
        fn: (x) => fn(x, 2, exclusive, reverse),
        inputs: [within(0.5, 1.5, [2, 1, 4])],
        ...gradients,
      },
      {
        name: `${name}${how}, first axis`,
        fn: (x) => fn(x, 0, exclusive, reverse),
        inputs: [within(0.5, 1.5, [3, 2])],
        gradients: [],
      },
      {
        name: `${name}${how}, axis of 1`,
        fn: (x) => fn(x, 1, exclusive, reverse),
        inputs: [within(0.5, 1.5, [2, 1])],
        ...gradients,
      },
      {
        name: `${name}${how} of integers`,
        fn: (x) => fn(x, 1, exclusive, reverse),
        inputs: [countsWithin(-3, 3, [2, 5])],
      },
    ];
  }),
);

describeKernels('cumulative kernels', [
  ...runningCases,
  { name: 'cumsum of a scalar', fn: (x) => tf.cumsum(x), inputs: [floats([3], [])], gradients: [] },
  { name: 'cumsum of an integer', fn: (x) => tf.cumsum(x, 0, true, true), inputs: [ints([3], [])] },
  { name: 'cumprod of a scalar', fn: (x) => tf.cumprod(x), inputs: [floats([3], [])], gradients: [] },
  { name: 'cumsum of booleans', fn: (x) => tf.cumsum(x), inputs: [bools([1, 0, 1, 1])] },
  { name: 'cumsum of nothing', fn: (x) => tf.cumsum(x, 1), inputs: [floats([], [2, 0])], gradients: [] },
  { name: 'cumprod of nothing', fn: (x) => tf.cumprod(x, 1), inputs: [floats([], [2, 0])], gradients: [] },
]);
