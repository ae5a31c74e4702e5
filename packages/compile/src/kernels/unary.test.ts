import * as tf from '@tensorflow/tfjs';
import { describeKernels, type KernelCase } from '../test-support/kernel-grid.js';
import { bools, floats, ints, within } from '../test-support/tensors.js';

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

/** Every function with the range on which it is smooth. */
const smooth: readonly [name: string, fn: (x: tf.Tensor) => tf.Tensor, from: number, to: number][] = [
  ['abs', tf.abs, 0.1, 2],
  ['acos', tf.acos, -0.9, 0.9],
  ['acosh', tf.acosh, 1.5, 4],
  ['asin', tf.asin, -0.9, 0.9],
  ['asinh', tf.asinh, -3, 3],
  ['atan', tf.atan, -3, 3],
  ['atanh', tf.atanh, -0.8, 0.8],
  ['cos', tf.cos, -4, 4],
  ['cosh', tf.cosh, -2, 2],
  ['erf', tf.erf, -2, 2],
  ['exp', tf.exp, -2, 2],
  ['expm1', tf.expm1, -2, 2],
  ['log', tf.log, 0.5, 4],
  ['log1p', tf.log1p, -0.5, 4],
  ['neg', tf.neg, -2, 2],
  ['reciprocal', tf.reciprocal, 0.5, 3],
  ['rsqrt', tf.rsqrt, 0.5, 3],
  ['sigmoid', tf.sigmoid, -4, 4],
  ['sin', tf.sin, -4, 4],
  ['sinh', tf.sinh, -2, 2],
  ['sqrt', tf.sqrt, 0.5, 4],
  ['square', tf.square, -2, 2],
  ['tan', tf.tan, -1, 1],
  ['tanh', tf.tanh, -2, 2],
];

const smoothCases = smooth.flatMap(([name, fn, from, to]): KernelCase[] => [
  { name: `${name} of a scalar`, fn, inputs: [within(from, to, [])] },
  { name: `${name} of [2, 1, 3]`, fn, inputs: [within(from, to, [2, 1, 3], 5)] },
  { name: `${name} of nothing`, fn, inputs: [within(from, to, [2, 0])], gradients: [] },
]);

const steps = [
  ['ceil', tf.ceil],
  ['floor', tf.floor],
  ['round', tf.round],
  ['sign', tf.sign],
] as const;

const stepCases = steps.map(
  ([name, fn]): KernelCase => ({
    name: `${name} at and between integers and halves`,
    fn,
    inputs: [floats([-2.5, -2, -1.5, -0.5, -0.2, 0, 0.2, 0.5, 1.5, 2, 2.5, 1e9])],
    finiteDifferences: false,
  }),
);

/** At the ends of the number line; functions that TensorFlow.js defines there. */
const extremeCases = (
  [
    ['abs', tf.abs],
    ['atan', tf.atan],
    ['ceil', tf.ceil],
    ['exp', tf.exp],
    ['expm1', tf.expm1],
    ['floor', tf.floor],
    ['log', tf.log],
    ['log1p', tf.log1p],
    ['neg', tf.neg],
    ['reciprocal', tf.reciprocal],
    ['round', tf.round],
    ['rsqrt', tf.rsqrt],
    ['sigmoid', tf.sigmoid],
    ['sqrt', tf.sqrt],
    ['square', tf.square],
    ['tanh', tf.tanh],
  ] as const
).map(
  ([name, fn]): KernelCase => ({
    name: `${name} of NaN, infinities, -1, 0 and 1e-9`,
    fn,
    inputs: [floats([nan, infinity, -infinity, -1, 0, 1e-9])],
    gradients: [],
  }),
);

const classes = [
  ['isFinite', tf.isFinite],
  ['isInf', tf.isInf],
  ['isNaN', tf.isNaN],
] as const;

const classCases = classes.flatMap(([name, fn]): KernelCase[] => [
  { name: `${name} of floats`, fn, inputs: [floats([nan, infinity, -infinity, 0, -3, 3e38])], gradients: [] },
  { name: `${name} of integers`, fn, inputs: [ints([-5, 0, 5])] },
]);

const integerCases: KernelCase[] = [
  { name: 'abs of integers', fn: tf.abs, inputs: [ints([-3, 0, 2 ** 30 + 1])] },
  { name: 'neg of integers', fn: tf.neg, inputs: [ints([-3, 0, 2 ** 30 + 1])] },
  { name: 'sign of integers', fn: tf.sign, inputs: [ints([-3, 0, 7])] },
  { name: 'square of integers', fn: tf.square, inputs: [ints([-3, 0, 30001])] },
  { name: 'square of booleans', fn: tf.square, inputs: [bools([0, 1, 1])] },
  { name: 'round of integers', fn: tf.round, inputs: [ints([-3, 0, 2 ** 30 + 1])] },
  { name: 'exp of integers, which is a float', fn: tf.exp, inputs: [ints([0, 1, 2, 3])] },
  { name: 'expm1 of integers, cut to integers', fn: tf.expm1, inputs: [ints([0, 1, 2, -3])] },
  { name: 'logicalNot', fn: tf.logicalNot, inputs: [bools([0, 1, 1, 0], [2, 2])] },
];

describeKernels('unary kernels', [...smoothCases, ...stepCases, ...extremeCases, ...classCases, ...integerCases]);
