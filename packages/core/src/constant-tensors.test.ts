import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { constantTensors } from './constant-tensors.js';

const leaf = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
const parameters = { encoder: { conv1: { kernel: leaf(1) } }, context: { bias: leaf(2) }, predictors: { W1: leaf(3) } };

it('makes 2 tensors of 3 parameters: predictors are not exported', () => {
  const before = tf.memory().numTensors;
  const tree = constantTensors(parameters);
  expect(Object.keys(tree)).toEqual(['encoder', 'context']);
  expect(tf.memory().numTensors - before).toBe(2);
  tf.dispose(tree);
});

it('makes 1 tensor of the branch encoder/, with its value', () => {
  const tree = constantTensors(parameters, 'encoder/');
  expect(tree).toHaveProperty('encoder.conv1.kernel');
  expect(tree).not.toHaveProperty('context');
  tf.dispose(tree);
});
