/**
 * g_ar as a PixelCNN: the vertical stack of masked convolutions, with gated residual blocks. Every block sees its own row and the
 * one above, three columns wide; so a context knows its row and the rows above as a widening fan. The paper goes row by row, not
 * patch by patch: what is predicted lies in rows below, and the whole own row is known.
 *
 * Letters used for shapes here:
 *   B  images    G  patches of the grid's side    D  size of z    H  size of c
 *
 * Source: van den Oord, Li & Vinyals, 2018, arXiv:1807.03748, section 3.2; van den Oord et al., 2016, arXiv:1606.05328,
 * equation 2: tanh(a) sigmoid(b). Theirs has no way around a vertical block; ours adds one, so that depth costs no signal.
 */
import {
  type Conv2dParameters,
  conv2d,
  dense,
  type HostArray,
  initialiseDense,
  layerAt,
  lecunNormal,
  type Random,
  type TensorTree,
  type Tree,
  zerosArray,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';

export interface MaskedConvolutionShape {
  /** D. */
  readonly inputs: number;
  /** H. */
  readonly units: number;
  readonly blocks: number;
}

/** Columns that a block sees: its own and both beside it; and rows: its own and the one above. */
const window = { columns: 3, rows: 2 } as const;

/** Columns lie along the first axis of a batch's grid and rows along the second: nothing is transposed on the way. */
const margins = { top: 1, bottom: 1, left: window.rows - 1, right: 0 } as const;

export function initialiseMaskedConvolutions(
  { inputs, units, blocks }: MaskedConvolutionShape,
  random: Random,
): Tree<HostArray> {
  const block = (index: number): Tree<HostArray> => ({
    gated: initialiseGated(units, random.fold('gated', index)),
    output: initialiseDense({ inputs: units, outputs: units }, random.fold('output', index)),
  });
  return {
    input: initialiseDense({ inputs, outputs: units }, random.fold('input')),
    ...Object.fromEntries(Array.from({ length: blocks }, (_, index) => [`block${index + 1}`, block(index)])),
  };
}

/** `kernel` `[3, 2, H, 2 H]`: the first half of the outputs goes through tanh, the second gates it. */
function initialiseGated(units: number, random: Random): Conv2dParameters<HostArray> {
  const fanIn = window.columns * window.rows * units;
  return {
    kernel: lecunNormal([window.columns, window.rows, units, 2 * units], fanIn, random),
    bias: zerosArray([2 * units]),
  };
}

/**
 * @param path - where the parameters lie, such as `context`.
 * @param latents - `[B, G, G, D]`: image, column, row.
 * @returns `[B, G, G, H]`; row r has seen rows up to r. The caller owns it.
 */
export function maskedConvolutions(
  parameters: TensorTree,
  path: string,
  latents: tf.Tensor4D,
  { units, blocks }: Pick<MaskedConvolutionShape, 'units' | 'blocks'>,
): tf.Tensor4D {
  return tf.tidy(() => {
    let features = denseAt(parameters, `${path}/input`, latents); // [B, G, G, H]
    for (let block = 1; block <= blocks; block++) {
      features = tf.add(features, gatedBlock(parameters, `${path}/block${block}`, features, units));
    }
    return features;
  });
}

function gatedBlock(parameters: TensorTree, path: string, features: tf.Tensor4D, units: number): tf.Tensor4D {
  const layer = layerAt(parameters, `${path}/gated`, ['kernel', 'bias']);
  const convolved = conv2d(layer, features, { stride: 1, padding: margins }); // [B, G, G, 2 H]
  const signal = tf.tanh(tf.slice(convolved, [0, 0, 0, 0], [-1, -1, -1, units]));
  const gate = tf.sigmoid(tf.slice(convolved, [0, 0, 0, units], [-1, -1, -1, units]));
  return denseAt(parameters, `${path}/output`, tf.mul(signal, gate));
}

function denseAt(parameters: TensorTree, path: string, input: tf.Tensor4D): tf.Tensor4D {
  return dense(layerAt(parameters, path, ['kernel', 'bias']), input) as tf.Tensor4D;
}
