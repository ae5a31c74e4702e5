/**
 * A fully connected layer: y = x W + b.
 */

import type { Random } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { HostArray } from '../parameter-tree.js';
import { heNormal, zerosArray } from './initialisers.js';

/** `kernel` `[inputs, outputs]`, `bias` `[outputs]`. */
export interface DenseParameters<Leaf> {
  readonly [name: string]: Leaf;
  readonly kernel: Leaf;
  readonly bias: Leaf;
}

/** Kernel by He initialisation, bias zero. */
export function initialiseDense(
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
  random: Random,
): DenseParameters<HostArray> {
  return { kernel: heNormal([inputs, outputs], inputs, random.fold('kernel')), bias: zerosArray([outputs]) };
}

/**
 * @param input - `[..., inputs]` float32.
 * @returns `[..., outputs]`; the caller owns it.
 */
export function dense(parameters: DenseParameters<tf.Tensor>, input: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [inputs = 0, outputs = 0] = parameters.kernel.shape;
    const rows = tf.reshape(input, [-1, inputs]);
    const products = tf.add(tf.matMul(rows, parameters.kernel), parameters.bias);
    return tf.reshape(products, [...input.shape.slice(0, -1), outputs]);
  });
}
