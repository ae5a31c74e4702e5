/**
 * A block convolution as one product of all blocks with all taps of the kernel, whose parts are then added in place: no block is
 * copied, every output is written `taps` times. For wide inputs.
 *
 * Letters used for shapes here:
 *   B  batch    N  blocks    C  values of a block    T  outputs    O  output channels
 */
import * as tf from '@tensorflow/tfjs';
import type { BlockProducts } from './block-products.js';

export const productsOfBlocks: BlockProducts = {
  forward: (blocks, kernel, bias) => {
    const [batch, count] = blocks.shape;
    const [taps, , channels] = kernel.shape;
    const outputs = count - taps + 1;
    const products = tf.reshape(tf.matMul(rowsOf(blocks), tapColumns(kernel)), [batch, count, taps * channels]);
    const parts = Array.from({ length: taps }, (_, tap) =>
      tf.slice(products, [0, tap, tap * channels], [batch, outputs, channels]),
    );
    const sum = parts.reduce((total, part) => tf.add(total, part)); // [B, T, O]
    return (bias === undefined ? sum : tf.add(sum, bias)) as tf.Tensor3D;
  },
  gradients: (blocks, kernel, upstream, hasBias) => {
    const [batch, count, size] = blocks.shape;
    const [taps, , channels] = kernel.shape;
    const shifted = Array.from({ length: taps }, (_, tap) =>
      tf.pad(upstream, [
        [0, 0],
        [tap, taps - 1 - tap],
        [0, 0],
      ]),
    );
    const ofProducts = tf.reshape(tf.concat(shifted, 2), [batch * count, taps * channels]);
    const ofColumns = tf.matMul(rowsOf(blocks), ofProducts, true, false); // [C, taps O]
    const ofRows = tf.matMul(ofProducts, tapColumns(kernel), false, true); // [B N, C]
    return {
      blocks: tf.reshape(ofRows, [batch, count, size]),
      kernel: tf.transpose(tf.reshape(ofColumns, [size, taps, channels]), [1, 0, 2]),
      bias: hasBias ? tf.sum<tf.Tensor1D>(upstream, [0, 1]) : undefined,
    };
  },
};

function rowsOf(blocks: tf.Tensor3D): tf.Tensor2D {
  const [batch, count, size] = blocks.shape;
  return tf.reshape(blocks, [batch * count, size]);
}

/** The kernel as `[C, taps O]`: one product serves all taps. */
function tapColumns(kernel: tf.Tensor3D): tf.Tensor2D {
  const [taps, size, channels] = kernel.shape;
  return tf.reshape(tf.transpose(kernel, [1, 0, 2]), [size, taps * channels]);
}
