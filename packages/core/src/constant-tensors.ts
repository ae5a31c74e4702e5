/** Trained parameters inside a traced function: what an exported file holds as its constants. */
import * as tf from '@tensorflow/tfjs';
import { flatten, type HostArray, type Tree, unflatten } from './parameter-tree.js';
import { withoutPredictors } from './training/loss.js';

/**
 * Encoder and context as tensors, for a function that `exportOnnx` traces: made inside it, they become constants of the file.
 *
 * @param branch - only parameters whose path begins with it, such as `encoder/`; all but the predictors if omitted.
 * @returns tensors that the caller owns.
 *
 * @example
 * exportOnnx(({ x }) => ({ z: encode(constantTensors(parameters, 'encoder/'), x) }), inputs, options);
 */
export function constantTensors(parameters: Tree<HostArray>, branch = ''): Tree<tf.Tensor> {
  const kept = Object.entries(withoutPredictors(flatten(parameters))).filter(([path]) => path.startsWith(branch));
  return unflatten(
    Object.fromEntries(kept.map(([path, { shape, data }]) => [path, tf.tensor(data, [...shape], 'float32')])),
  );
}
