import * as tf from '@tensorflow/tfjs';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { bools, countsWithin, floats, ints } from '../test-support/tensors.js';

type Place = (x: tf.Tensor, axis?: number) => tf.Tensor;

const places = (
  [
    ['argMax', tf.argMax],
    ['argMin', tf.argMin],
  ] as [string, Place][]
).flatMap(([name, fn]): KernelCase[] => [
  { name: `${name} of a vector`, fn: (x) => fn(x), inputs: [values([5])], gradients: [] },
  { name: `${name} along the last axis`, fn: (x) => fn(x, -1), inputs: [values([2, 3, 4])], gradients: [] },
  { name: `${name} along an axis of 1`, fn: (x) => fn(x, 1), inputs: [values([2, 1, 2])], gradients: [] },
  {
    name: `${name} takes the first of ties`,
    fn: (x) => fn(x, 1),
    inputs: [floats([2, 3, 3, 2, 2, 3], [2, 3])],
    gradients: [],
  },
  { name: `${name} of integers`, fn: (x) => fn(x, 0), inputs: [countsWithin(-9, 9, [4, 2])] },
  { name: `${name} of booleans`, fn: (x) => fn(x, 0), inputs: [bools([0, 1, 1, 0])] },
  { name: `${name} of infinities`, fn: (x) => fn(x), inputs: [floats([-Infinity, 1, Infinity])], gradients: [] },
  { name: `${name} to nothing`, fn: (x) => fn(x, 1), inputs: [floats([], [0, 3])], gradients: [] },
]);

const best = (x: tf.Tensor, k: number, sorted = true) => Object.values(tf.topk(x, k, sorted));

describeKernels('order kernels', [
  ...places,
  { name: 'topk', fn: (x) => best(x, 3), inputs: [values([2, 5])], gradients: [] },
  { name: 'topk keeps the order of ties', fn: (x) => best(x, 4), inputs: [floats([1, 3, 2, 3, 3, 1])], gradients: [] },
  { name: 'topk of all', fn: (x) => best(x, 4), inputs: [values([2, 1, 4])], gradients: [] },
  { name: 'topk of none', fn: (x) => best(x, 0), inputs: [values([2, 4])], gradients: [] },
  { name: 'topk of integers', fn: (x) => best(x, 2), inputs: [ints([4, -1, 7, 7])] },
]);
