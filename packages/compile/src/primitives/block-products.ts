/** What the two ways to compute a block convolution have in common. Shape letters as in `block-conv1d.ts`. */
import type * as tf from '@tensorflow/tfjs';

/** One way to compute a block convolution from the padded input. */
export interface BlockProducts {
  /**
   * @param blocks - `[B, N, S I]`.
   * @param kernel - `[taps, S I, O]`.
   * @param bias - `[O]`.
   * @returns `[B, T, O]`.
   */
  readonly forward: (blocks: tf.Tensor3D, kernel: tf.Tensor3D, bias: tf.Tensor1D | undefined) => tf.Tensor3D;
  /** The same three, each given the gradient of the result, `[B, T, O]`; of the bias only where `hasBias`. */
  readonly gradients: (
    blocks: tf.Tensor3D,
    kernel: tf.Tensor3D,
    upstream: tf.Tensor3D,
    hasBias: boolean,
  ) => { readonly blocks: tf.Tensor3D; readonly kernel: tf.Tensor3D; readonly bias: tf.Tensor1D | undefined };
}
