/**
 * Strided 1-D convolution whose kernel is a multiple of its stride, as few large products.
 *
 * Cut the padded input into blocks of one stride: every output is then a function of `taps` blocks. There are two ways to
 * multiply them, `block-conv1d-blocks.ts` and `block-conv1d-frames.ts`; which moves less memory depends on the sizes, and
 * the arithmetic is the same. This file knows the sizes, chooses, and is what the rest of the package sees.
 *
 * Letters used for shapes here:
 *   B  batch        L  input length     I  input channels
 *   T  outputs      S  stride           O  output channels
 *   N  blocks = T + taps - 1            taps = kernel length / S
 */

import { CompileError } from '@cpc/base';
import * as tf from '@tensorflow/tfjs';
import type { TensorSpec } from '../graph.js';
import { productsOfBlocks } from './block-conv1d-blocks.js';
import { productsOfFrames } from './block-conv1d-frames.js';
import type { BlockProducts } from './block-products.js';
import { definePrimitive } from './define.js';

/** Stride and zero padding of a block convolution, in input samples. */
export interface BlockConv1dOptions {
  readonly stride: number;
  readonly padBefore: number;
  readonly padAfter: number;
}

type Attributes = { readonly stride: number; readonly padBefore: number; readonly padAfter: number };

const primitive = definePrimitive<Attributes>({
  name: 'BlockConv1d',
  spec: ([input, kernel], options) => {
    const { batch, outputs, outputChannels } = geometry(input, kernel, options);
    return { shape: [batch, outputs, outputChannels], dtype: 'float32' };
  },
  compute: ([input, kernel, bias], options) => {
    const sizes = geometry(input, kernel, options);
    return productsFor(sizes).forward(
      blocksOf(tensor(input), options, sizes),
      byTap(tensor(kernel), sizes),
      bias as tf.Tensor1D | undefined,
    );
  },
  gradient: (upstream, { inputs: [input, kernel, bias] }, options) => {
    const sizes = geometry(input, kernel, options);
    const { batch, length, blocks, stride, inputChannels } = sizes;
    const gradients = productsFor(sizes).gradients(
      blocksOf(tensor(input), options, sizes),
      byTap(tensor(kernel), sizes),
      upstream as tf.Tensor3D,
      bias !== undefined,
    );
    const padded = tf.reshape(gradients.blocks, [batch, blocks * stride, inputChannels]);
    return [
      cropped(padded, options.padBefore, length),
      tf.reshape(gradients.kernel, tensor(kernel).shape),
      ...(gradients.bias === undefined ? [] : [gradients.bias]),
    ];
  },
  export: (g, [input, kernel, bias], { stride, padBefore, padAfter }, result) => {
    if (input === undefined || kernel === undefined) throw new CompileError('blockConv1d: an input is missing.');
    const channelsFirst = g.transpose(input, [0, 2, 1]);
    const [batch = 0, outputs = 0, channels = 0] = result.shape;
    const convolved = g.node(
      'Conv',
      [channelsFirst, g.transpose(kernel, [2, 1, 0]), ...(bias === undefined ? [] : [bias])],
      [batch, channels, outputs],
      'float32',
      {
        kernel_shape: [kernel.shape[0] ?? 0],
        strides: [stride],
        pads: [padBefore, padAfter],
      },
    );
    return g.transpose(convolved, [0, 2, 1]);
  },
  /** Over two axes, the first of length 1: only such convolutions does ONNX Runtime compute in blocks of channels, 1.2 times as fast. */
  infer: (g, [input, kernel, bias], { stride, padBefore, padAfter }, result) => {
    if (input === undefined || kernel === undefined) throw new CompileError('blockConv1d: an input is missing.');
    const [kernelLength = 0, inputs = 0] = kernel.shape;
    const [, length = 0] = input.shape;
    const [batch = 0, outputs = 0, channels = 0] = result.shape;
    const image = g.transpose(g.reshape(input, [batch, 1, length, inputs]), [0, 3, 1, 2]); // [B, I, 1, L]
    const window = g.transpose(g.reshape(kernel, [1, kernelLength, inputs, channels]), [3, 2, 0, 1]); // [O, I, 1, K]
    const convolved = g.node(
      'Conv',
      [image, window, ...(bias === undefined ? [] : [bias])],
      [batch, channels, 1, outputs],
      'float32',
      { kernel_shape: [1, kernelLength], strides: [1, stride], pads: [0, padBefore, 0, padAfter] },
    );
    return g.reshape(g.transpose(convolved, [0, 2, 3, 1]), [batch, outputs, channels]);
  },
});

/**
 * Strided 1-D convolution (cross-correlation, as in neural networks).
 *
 * @param input - `[B, L, I]` float32.
 * @param kernel - `[K, I, O]` float32 with K a multiple of the stride.
 * @param bias - `[O]` float32, added to every output; none if left out.
 * @returns `[B, T, O]` with T = floor((L + padBefore + padAfter - K) / stride) + 1; the caller owns it.
 * @throws {CompileError} if ranks or channels do not fit, K is not a multiple of the stride, or L is too short for one output.
 *
 * @example
 * blockConv1d(tf.ones([1, 20, 1]), tf.ones([10, 1, 4]), { stride: 5, padBefore: 2, padAfter: 3 }); // [1, 4, 4]
 */
export function blockConv1d(
  input: tf.Tensor,
  kernel: tf.Tensor,
  options: BlockConv1dOptions,
  bias?: tf.Tensor,
): tf.Tensor3D {
  const { stride, padBefore, padAfter } = options;
  const { outputChannels } = geometry(input, kernel, options);
  if (bias !== undefined && (bias.rank !== 1 || bias.size !== outputChannels)) {
    throw new CompileError(
      `blockConv1d: expected a bias of shape [${outputChannels}], received [${bias.shape.join(', ')}].`,
    );
  }
  const inputs = bias === undefined ? [input, kernel] : [input, kernel, bias];
  return tf.tidy(() => primitive(inputs, { stride, padBefore, padAfter }) as tf.Tensor3D);
}

/** Frames copy every block `taps` times, products of blocks write every output `taps` times: whichever is the smaller. */
function productsFor({ stride, inputChannels, outputChannels }: Geometry): BlockProducts {
  return stride * inputChannels < outputChannels ? productsOfFrames : productsOfBlocks;
}

interface Geometry {
  readonly batch: number;
  readonly length: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly stride: number;
  readonly taps: number;
  readonly outputs: number;
  readonly blocks: number;
}

type Shaped = Pick<TensorSpec, 'shape'> | undefined;

function geometry(input: Shaped, kernel: Shaped, { stride, padBefore, padAfter }: BlockConv1dOptions): Geometry {
  const [batch, length, inputChannels] = dimensions(input, 'input [batch, length, channels]');
  const [kernelLength, kernelChannels, outputChannels] = dimensions(kernel, 'kernel [length, inputs, outputs]');
  if (inputChannels !== kernelChannels) {
    throw new CompileError(
      `blockConv1d: the input has ${inputChannels} channels and the kernel expects ${kernelChannels}.`,
    );
  }
  if (!Number.isInteger(stride) || stride < 1 || kernelLength % stride !== 0 || kernelLength === 0) {
    throw new CompileError(
      `blockConv1d: expected a kernel length that is a multiple of the stride, received kernel ${kernelLength} and stride ${stride}. Use tf.conv1d for other kernels.`,
    );
  }
  if (![padBefore, padAfter].every((padding) => Number.isInteger(padding) && padding >= 0)) {
    throw new CompileError(
      `blockConv1d: expected paddings that are whole numbers of at least 0, received ${padBefore} and ${padAfter}.`,
    );
  }
  const padded = length + padBefore + padAfter;
  if (padded < kernelLength) {
    throw new CompileError(
      `blockConv1d: expected an input of at least ${kernelLength - padBefore - padAfter} positions, received ${length}.`,
    );
  }
  const taps = kernelLength / stride;
  const outputs = Math.floor((padded - kernelLength) / stride) + 1;
  return { batch, length, inputChannels, outputChannels, stride, taps, outputs, blocks: outputs + taps - 1 };
}

function dimensions(value: Shaped, expected: string): [number, number, number] {
  const [first, second, third, ...rest] = value?.shape ?? [];
  if (first === undefined || second === undefined || third === undefined || rest.length > 0) {
    throw new CompileError(`blockConv1d: expected ${expected}, received shape [${value?.shape.join(', ') ?? ''}].`);
  }
  return [first, second, third];
}

/** The padded input as whole blocks `[B, N, S I]`; what no output reaches is cut off. */
function blocksOf(input: tf.Tensor, { padBefore, padAfter }: BlockConv1dOptions, sizes: Geometry): tf.Tensor3D {
  const { batch, length, blocks, stride, inputChannels } = sizes;
  const used = blocks * stride;
  const after = Math.min(padAfter, Math.max(0, used - length - padBefore));
  const padded =
    padBefore + after === 0
      ? input
      : tf.pad(input, [
          [0, 0],
          [padBefore, after],
          [0, 0],
        ]);
  return tf.reshape(cropped(padded, 0, used), [batch, blocks, stride * inputChannels]);
}

/** The kernel as `[taps, S I, O]`. */
function byTap(kernel: tf.Tensor, { taps, stride, inputChannels, outputChannels }: Geometry): tf.Tensor3D {
  return tf.reshape(kernel, [taps, stride * inputChannels, outputChannels]);
}

/** `length` positions from `start`; zeros stand for positions past the end. */
function cropped(value: tf.Tensor, start: number, length: number): tf.Tensor {
  const [batch = 0, positions = 0, channels = 0] = value.shape;
  const available = positions - start;
  if (available <= 0) return tf.zeros([batch, length, channels]); // no block reaches what lies behind the padding
  const kept = tf.slice(value, [0, start, 0], [-1, Math.min(length, available), -1]);
  return available >= length
    ? kept
    : tf.pad(kept, [
        [0, 0],
        [0, length - available],
        [0, 0],
      ]);
}

function tensor(value: tf.Tensor | undefined): tf.Tensor {
  if (value === undefined) throw new CompileError('blockConv1d: an input is missing.');
  return value;
}
