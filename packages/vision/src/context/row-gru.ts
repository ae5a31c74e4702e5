/**
 * g_ar as a recurrent network that goes down the rows: a GRU whose state is a whole row, and whose products are convolutions over
 * three columns ("row-GRU PixelCNN", section 3.2; the row LSTM of van den Oord, Kalchbrenner & Kavukcuoglu, 2016,
 * arXiv:1601.06759, with a GRU's gates). A context knows its row and those above as a fan that widens by a column per row.
 *
 * Letters used for shapes here:
 *   B  images    G  patches of the grid's side    D  size of z    H  size of c
 */
import {
  conv2d,
  type HostArray,
  layerAt,
  lecunNormal,
  type Random,
  type TensorTree,
  type Tree,
  zerosArray,
} from '@cpc/core';
import * as tf from '@tensorflow/tfjs';

/** Columns that a gate sees: its own and both beside it. */
const columns = 3;

/** `input/kernel` `[3, 1, D, 3H]`, `state/kernel` `[3H, 3H]`; gates in the order reset, update, candidate. */
export function initialiseRowGru(
  { inputs, units }: { readonly inputs: number; readonly units: number },
  random: Random,
): Tree<HostArray> {
  const gates = 3 * units;
  return {
    input: {
      kernel: lecunNormal([columns, 1, inputs, gates], columns * inputs, random.fold('input')),
      bias: zerosArray([gates]),
    },
    state: {
      kernel: lecunNormal([columns * units, gates], columns * units, random.fold('state')),
      bias: zerosArray([gates]),
    },
  };
}

/**
 * @param path - where the parameters lie, such as `context`.
 * @param latents - `[B, G, G, D]`: image, column, row.
 * @returns `[B, G, G, H]`; row r has seen rows up to r. The caller owns it.
 */
export function rowGru(parameters: TensorTree, path: string, latents: tf.Tensor4D, units: number): tf.Tensor4D {
  return tf.tidy(() => {
    const [, grid, rows] = latents.shape;
    const input = layerAt(parameters, `${path}/input`, ['kernel', 'bias']);
    const padding = { top: 1, bottom: 1, left: 0, right: 0 };
    const seen = conv2d(input, latents, { stride: 1, padding }); // [B, G, G, 3H]
    let state: tf.Tensor3D | undefined;
    const states: tf.Tensor3D[] = [];
    for (let row = 0; row < rows; row++) {
      const own = tf.reshape(tf.slice(seen, [0, 0, row, 0], [-1, -1, 1, -1]), [-1, grid, 3 * units]); // [B, G, 3H]
      state = nextState(parameters, `${path}/state`, own as tf.Tensor3D, state, units);
      states.push(state);
    }
    return tf.stack(states, 2) as tf.Tensor4D; // [B, G, G, H]
  });
}

/** Reset after the product, as in core's GRU. The state above the first row is 0. */
function nextState(
  parameters: TensorTree,
  path: string,
  seen: tf.Tensor3D,
  above: tf.Tensor3D | undefined,
  units: number,
): tf.Tensor3D {
  const before = above ?? tf.mul<tf.Tensor3D>(tf.slice(seen, [0, 0, 0], [-1, -1, units]), 0); // [B, G, H]
  const { kernel, bias } = layerAt(parameters, path, ['kernel', 'bias']);
  const products = tf.matMul(besideEachOther(before, units), kernel as tf.Tensor2D); // [B G, 3H]
  const remembered = tf.add(tf.reshape(products, [-1, seen.shape[1], 3 * units]), bias); // [B, G, 3H]
  const part = (of: tf.Tensor, gate: number) => tf.slice(of, [0, 0, gate * units], [-1, -1, units]);
  const reset = tf.sigmoid(tf.add(part(seen, 0), part(remembered, 0)));
  const update = tf.sigmoid(tf.add(part(seen, 1), part(remembered, 1)));
  const candidate = tf.tanh(tf.add(part(seen, 2), tf.mul(reset, part(remembered, 2))));
  return tf.add(tf.mul(update, before), tf.mul(tf.sub(1, update), candidate)) as tf.Tensor3D;
}

/** The state of a column and of both beside it, zeros beyond the grid: `[B G, 3H]`. */
function besideEachOther(state: tf.Tensor3D, units: number): tf.Tensor2D {
  const [, grid] = state.shape;
  const framed = tf.pad(state, [
    [0, 0],
    [1, 1],
    [0, 0],
  ]); // [B, G + 2, H]
  const shifted = [0, 1, 2].map((first) => tf.slice(framed, [0, first, 0], [-1, grid, -1]));
  return tf.reshape(tf.concat(shifted, 2), [-1, columns * units]);
}
