import * as tf from '@tensorflow/tfjs';
import { values } from '../test-support/compare.js';
import { describeKernels } from '../test-support/kernel-grid.js';
import { countsWithin, flags, floats } from '../test-support/tensors.js';

describeKernels('padding kernels', [
  { name: 'pad a vector', fn: (x) => tf.pad(x, [[1, 2]]), inputs: [values([3])] },
  {
    name: 'pad with 7',
    fn: (x) =>
      tf.pad(
        x,
        [
          [0, 1],
          [2, 0],
        ],
        7,
      ),
    inputs: [values([2, 3])],
  },
  {
    name: 'pad nowhere',
    fn: (x) =>
      tf.pad(x, [
        [0, 0],
        [0, 0],
      ]),
    inputs: [values([2, 3])],
  },
  {
    name: 'pad 4 axes',
    fn: (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 1],
        [2, 0],
        [0, 1],
      ]),
    inputs: [values([2, 1, 2, 3])],
  },
  {
    name: 'pad 5 axes',
    fn: (x) =>
      tf.pad(x, [
        [0, 1],
        [0, 0],
        [1, 0],
        [0, 0],
        [0, 1],
      ]),
    inputs: [values([1, 2, 1, 2, 2])],
  },
  { name: 'pad integers with 3', fn: (x) => tf.pad(x, [[1, 1]], 3), inputs: [countsWithin(-9, 9, [3])] },
  { name: 'pad booleans', fn: (x) => tf.pad(x, [[1, 1]]), inputs: [flags([3])] },
  {
    name: 'pad nothing',
    fn: (x) =>
      tf.pad(
        x,
        [
          [1, 1],
          [0, 0],
        ],
        2,
      ),
    inputs: [floats([], [0, 2])],
    gradients: [],
  },
  // The gradient in TensorFlow.js forgets what the mirrored border adds.
  {
    name: 'mirrorPad reflect',
    fn: (x) =>
      tf.mirrorPad(
        x,
        [
          [2, 1],
          [0, 2],
        ],
        'reflect',
      ),
    inputs: [values([3, 4])],
    finiteDifferences: false,
  },
  {
    name: 'mirrorPad symmetric',
    fn: (x) =>
      tf.mirrorPad(
        x,
        [
          [3, 1],
          [0, 2],
        ],
        'symmetric',
      ),
    inputs: [values([3, 4])],
    finiteDifferences: false,
  },
  { name: 'mirrorPad integers', fn: (x) => tf.mirrorPad(x, [[1, 1]], 'reflect'), inputs: [countsWithin(-9, 9, [3])] },
]);
