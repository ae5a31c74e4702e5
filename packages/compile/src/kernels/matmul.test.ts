import * as tf from '@tensorflow/tfjs';
import { values } from '../test-support/compare.js';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { countsWithin, floats, within } from '../test-support/tensors.js';

const both = [false, true];

/** Shapes of the two factors before any transpose. */
const shapes = [
  { a: [2, 3], b: [3, 4] },
  { a: [1, 3], b: [3, 1] },
  { a: [1, 2, 3], b: [1, 3, 2] },
  { a: [2, 2, 3], b: [2, 3, 1] },
  { a: [2, 1, 2, 3], b: [2, 1, 3, 2] },
];

const turned = (shape: readonly number[], transposed: boolean) =>
  transposed ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()] : shape;

const plainCases = shapes.flatMap(({ a, b }) =>
  both.flatMap((transposeA) =>
    both.map(
      (transposeB): KernelCase => ({
        name: `matMul of [${a}]${transposeA ? "'" : ''} and [${b}]${transposeB ? "'" : ''}`,
        fn: (x, y) => tf.matMul(x, y, transposeA, transposeB),
        inputs: [values(turned(a, transposeA)), values(turned(b, transposeB), 5)],
      }),
    ),
  ),
);

/** TensorFlow.js does not reduce gradients over broadcast batches. */
const broadcastCases = [
  { a: [3, 2, 4], b: [4, 2] },
  { a: [2, 4], b: [3, 4, 2] },
  { a: [1, 2, 4], b: [3, 4, 2] },
  { a: [3, 2, 4], b: [1, 4, 2] },
  { a: [2, 3, 2, 4], b: [4, 2] },
].flatMap(({ a, b }) =>
  both.map(
    (transposeB): KernelCase => ({
      name: `matMul of [${a}] and [${b}]${transposeB ? "'" : ''}, broadcast`,
      fn: (x, y) => tf.matMul(x, y, false, transposeB),
      inputs: [values(a), values(turned(b, transposeB), 5)],
      gradients: [],
    }),
  ),
);

const emptyCases: KernelCase[] = [
  {
    name: 'matMul of no rows',
    fn: (x, y) => tf.matMul(x, y),
    inputs: [floats([], [0, 3]), values([3, 2])],
    gradients: [],
  },
  {
    name: 'matMul over nothing',
    fn: (x, y) => tf.matMul(x, y),
    inputs: [floats([], [2, 0]), floats([], [0, 3])],
    gradients: [],
  },
  {
    name: 'matMul of an empty batch',
    fn: (x, y) => tf.matMul(x, y),
    inputs: [floats([], [0, 2, 3]), floats([], [0, 3, 2])],
    gradients: [],
  },
];

const integerCases: KernelCase[] = [
  {
    name: 'matMul of integers',
    fn: (x, y) => tf.matMul(x, y, false, true),
    inputs: [countsWithin(-9, 9, [2, 3]), countsWithin(-9, 9, [4, 3])],
  },
  { name: 'dot of vectors', fn: (x, y) => tf.dot(x, y), inputs: [values([3]), values([3], 5)] },
  {
    name: 'outerProduct',
    fn: (x, y) => tf.outerProduct(x as tf.Tensor1D, y as tf.Tensor1D),
    inputs: [values([3]), values([2], 5)],
  },
];

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const;

const fusedCases = activations.flatMap((activation): KernelCase[] => [
  {
    name: `fused matMul with ${activation}`,
    fn: (a, b, bias) =>
      tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: bias as tf.Tensor, activation }),
    inputs: [values([2, 3]), values([3, 4], 5), values([4], 9)],
  },
  {
    name: `fused batched matMul with ${activation} and a bias per matrix element`,
    fn: (a, b, bias) =>
      tf.fused.matMul({ a: a as tf.Tensor, b: b as tf.Tensor, bias: bias as tf.Tensor, activation, transposeA: true }),
    inputs: [values([2, 3, 2]), values([2, 3, 4], 5), within(1, 2, [2, 2, 4])],
  },
]);

const preluCase: KernelCase = {
  name: 'fused matMul with prelu',
  fn: (a, b, preluActivationWeights) =>
    tf.fused.matMul({
      a: a as tf.Tensor,
      b: b as tf.Tensor,
      activation: 'prelu',
      preluActivationWeights: preluActivationWeights as tf.Tensor,
    }),
  inputs: [values([2, 3]), values([3, 4], 5), values([4], 9)],
  gradients: [0, 1],
};

describeKernels('matmul kernels', [
  ...plainCases,
  ...broadcastCases,
  ...emptyCases,
  ...integerCases,
  ...fusedCases,
  preluCase,
]);
