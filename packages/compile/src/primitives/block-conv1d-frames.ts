/**
 * A block convolution as one product of frames, all that an output sees in a row, with the whole kernel: every block is copied
 * `taps` times, every output is written once. For narrow inputs, such as a waveform's one channel.
 *
 * The bias is one more row of the kernel, for which every frame has a 1: neither it nor its gradient takes a pass over the
 * outputs of its own.
 *
 * Letters used for shapes here:
 *   B  batch    N  blocks    C  values of a block    T  outputs    O  output channels
 *   F  values of a frame: taps C, and 1 more where there is a bias
 */
import * as tf from '@tensorflow/tfjs';
import type { BlockProducts } from './block-products.js';

export const productsOfFrames: BlockProducts = {
  forward: (blocks, kernel, bias) => {
    const frames = framesOf(blocks, kernel.shape[0], bias !== undefined);
    const [batch, outputs, values] = frames.shape;
    const [taps, size, channels] = kernel.shape;
    const whole = tf.reshape(kernel, [taps * size, channels]);
    const rows = bias === undefined ? whole : tf.concat([whole, tf.reshape(bias, [1, channels])], 0); // [F, O]
    return tf.reshape(tf.matMul(tf.reshape(frames, [batch * outputs, values]), rows), [batch, outputs, channels]);
  },
  gradients: (blocks, kernel, upstream, hasBias) => {
    const frames = framesOf(blocks, kernel.shape[0], hasBias);
    const [batch, outputs, values] = frames.shape;
    const [taps, size, channels] = kernel.shape;
    const ofOutputs = tf.reshape(upstream, [batch * outputs, channels]);
    const ofRows = tf.matMul(tf.reshape(frames, [batch * outputs, values]), ofOutputs, true, false); // [F, O]
    const ofFrames = tf.matMul(ofOutputs, tf.reshape(kernel, [taps * size, channels]), false, true);
    return {
      blocks: overlapped(tf.reshape(ofFrames, [batch, outputs, taps * size]), taps),
      kernel: tf.reshape(tf.slice(ofRows, [0, 0], [taps * size, channels]), kernel.shape),
      bias: hasBias ? tf.reshape(tf.slice(ofRows, [taps * size, 0], [1, channels]), [channels]) : undefined,
    };
  },
};

/** `[B, T, F]`. */
function framesOf(blocks: tf.Tensor3D, taps: number, withOnes: boolean): tf.Tensor3D {
  const [batch, count, size] = blocks.shape;
  const outputs = count - taps + 1;
  const parts = Array.from({ length: taps }, (_, tap) => tf.slice(blocks, [0, tap, 0], [batch, outputs, size]));
  return tf.concat(withOnes ? [...parts, tf.ones<tf.Rank.R3>([batch, outputs, 1])] : parts, 2);
}

/** The sum of frames `[B, T, taps C]` laid over one another as they were cut: `[B, N, C]`. */
function overlapped(frames: tf.Tensor3D, taps: number): tf.Tensor3D {
  const [batch, outputs, values] = frames.shape;
  const size = values / taps;
  const parts = Array.from({ length: taps }, (_, tap) =>
    tf.pad(tf.slice(frames, [0, 0, tap * size], [batch, outputs, size]), [
      [0, 0],
      [tap, taps - 1 - tap],
      [0, 0],
    ]),
  );
  return parts.reduce((sum, part) => tf.add(sum, part));
}
