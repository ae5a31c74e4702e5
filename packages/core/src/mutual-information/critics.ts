/**
 * Critics: functions with parameters that score how well an x and a y belong together.
 *
 * Letters used for shapes here:
 *   N  pairs    d  dimensions of x and y    H  hidden units    E  size of an embedding
 */

import type { Random } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import { dense, initialiseDense } from '../layers/dense.js';
import { lecunNormal, zerosArray } from '../layers/initialisers.js';
import { layerAt } from '../layers/layer-at.js';
import type { HostArray, Tree } from '../parameter-tree.js';
import type { TensorTree } from '../training/domain.js';

export interface Critic {
  /** For tables, such as `bilinear`. */
  readonly name: string;
  /** @param dimensions - d. */
  readonly initialise: (dimensions: number, random: Random) => Tree<HostArray>;
  /** `[N, d]` and `[N, d]` to `[N, N]`, row i for x_i; the caller owns it. */
  readonly scores: (parameters: TensorTree, x: tf.Tensor2D, y: tf.Tensor2D) => tf.Tensor2D;
}

/** x' W y, as the predictors of CPC (equation 3) without encoders. It cannot say that a y is rare, only that it fits x. */
export const bilinearCritic: Critic = {
  name: 'bilinear',
  initialise: (dimensions, random) => ({
    pair: { kernel: lecunNormal([dimensions, dimensions], dimensions, random.fold('pair')) },
  }),
  scores: (parameters, x, y) => {
    const { kernel } = layerAt(parameters, 'pair', ['kernel']);
    return tf.tidy(() => tf.matMul<tf.Tensor2D>(tf.matMul(x, kernel), y, false, true));
  },
};

export interface SeparableCriticOptions {
  /** H >= 1; default 128. */
  readonly hiddenUnits?: number;
  /** E >= 1; default 32. */
  readonly embeddingSize?: number;
}

/**
 * g(x)' h(y) with a network of one hidden layer each: what CPC is, encoders under a product. One pass over each side scores all
 * pairs. h starts at 0, and so do all scores: NWJ's e^f does not forgive a wild start.
 */
export function separableCritic({ hiddenUnits = 128, embeddingSize = 32 }: SeparableCriticOptions = {}): Critic {
  const shape = [hiddenUnits, embeddingSize];
  const network = (inputs: number, random: Random, kernel: HostArray): Tree<HostArray> => ({
    hidden: initialiseDense({ inputs, outputs: hiddenUnits }, random.fold('hidden')),
    output: { kernel, bias: zerosArray([embeddingSize]) },
  });
  return {
    name: `separable(${hiddenUnits}, ${embeddingSize})`,
    initialise: (dimensions, random) => ({
      x: network(dimensions, random.fold('x'), lecunNormal(shape, hiddenUnits, random.fold('x', 'output'))),
      y: network(dimensions, random.fold('y'), zerosArray(shape)),
    }),
    scores: (parameters, x, y) =>
      tf.tidy(() => tf.matMul<tf.Tensor2D>(embed(parameters, 'x', x), embed(parameters, 'y', y), false, true)),
  };
}

/** `[N, d]` to `[N, E]`. */
function embed(parameters: TensorTree, side: 'x' | 'y', values: tf.Tensor2D): tf.Tensor {
  const layer = (name: string) => layerAt(parameters, `${side}/${name}`, ['kernel', 'bias']);
  return dense(layer('output'), tf.relu(dense(layer('hidden'), values)));
}
