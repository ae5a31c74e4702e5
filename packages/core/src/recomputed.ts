/**
 * Less memory for more time: a part of a model of which the backward pass keeps what goes in, and makes the rest again when it gets there.
 *
 * Source: Chen et al., 2016, arXiv:1604.06174.
 */
import * as tf from '@tensorflow/tfjs';
import { flatten, unflatten } from './parameter-tree.js';
import type { TensorTree } from './training/domain.js';

/** A part of a model. */
export type ModelPart<Input extends tf.Tensor, Output extends tf.Tensor> = (
  input: Input,
  parameters: TensorTree,
) => Output;

/**
 * What `part` makes, with the same gradients. Memory for what lies inside is needed for one such part at a time, and the time of its
 * forward pass once more.
 *
 * @param part - computes the same whenever it is called, and depends on the input and on every parameter; captures no other tensor that
 *   needs a gradient.
 * @param parameters - those of the part alone, whose leaves it gets back in the same tree.
 * @returns what `part` returns; the caller owns it.
 * @throws {Error} of TensorFlow.js when gradients are asked for, if the part does not depend on one of them.
 *
 * @example
 * const features = recomputed((x, block) => residualBlock(block, x), input, parameters);
 */
export function recomputed<Input extends tf.Tensor, Output extends tf.Tensor>(
  part: ModelPart<Input, Output>,
  input: Input,
  parameters: TensorTree,
): Output {
  const leaves = flatten(parameters);
  const names = Object.keys(leaves);
  const apply = ([first, ...others]: readonly tf.Tensor[]) =>
    part(first as Input, unflatten(Object.fromEntries(others.map((leaf, index) => [names[index] ?? '', leaf]))));
  const run = tf.customGrad((...args) => {
    const tensors = args.filter((argument) => argument instanceof tf.Tensor);
    const save = args.at(-1) as tf.GradSaveFunc;
    save(tensors);
    return { value: apply(tensors), gradFunc: (upstream, saved) => gradients(apply, saved, upstream) };
  });
  return run(input, ...Object.values(leaves)) as Output;
}

/** Of every tensor, of a value that is computed now. */
function gradients(apply: (tensors: readonly tf.Tensor[]) => tf.Tensor, tensors: tf.Tensor[], upstream: tf.Tensor) {
  const [first = upstream, ...others] = tensors;
  const { state } = tf.engine();
  const around = state.activeTape; // TensorFlow.js drops it at the end of any gradient but those of gradients
  try {
    return tf.grads((...again) => apply(again))([after(upstream, first), ...others], upstream);
  } finally {
    state.activeTape = around;
  }
}

/**
 * The tensor, to be had no sooner than `upstream`: a compiler that looks for the same computation twice, or for what can be done early, would
 * keep in memory what is to be made again.
 */
function after(upstream: tf.Tensor, tensor: tf.Tensor): tf.Tensor {
  return tf.add(tensor, tf.mul(tf.slice(tf.reshape(upstream, [-1]), 0, 1), 0));
}
