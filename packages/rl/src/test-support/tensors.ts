/** Host tensors as TensorFlow.js tensors, for tests that call layers directly. */
import type { HostTensor } from '@cpc/compile';
import { flatten, type HostArray, type TensorTree, type Tree, unflatten } from '@cpc/core';
import * as tf from '@tensorflow/tfjs';

export function tensorOf({ shape, data }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}

export function tensorTree(parameters: Tree<HostArray>): TensorTree {
  const leaves = Object.entries(flatten(parameters)).map(([path, leaf]) => [path, tensorOf(leaf)]);
  return unflatten(Object.fromEntries(leaves));
}
