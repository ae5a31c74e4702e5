/**
 * Two-dimensional convolutions and their gradients. One-dimensional ones arrive here with a height of 1,
 * transposed ones as the gradient of their input.
 *
 * Letters used for shapes here:
 *   B  batch    H, W  input height, width    I  input channels
 *   O  output channels    P, Q  output height, width    h, w  filter height, width
 */
import { sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { activated } from './activation.js';
import { combined } from './binary.js';
import { input, type Kernel, type KernelAttributes, numbersAttribute } from './kernel.js';
import { padded } from './padding.js';
import { concatenated, stridden } from './slicing.js';
import {
  convolutionWindow,
  type DataFormat,
  dataFormatAttribute,
  fromChannelsFirst,
  isPointwise,
  toChannelsFirst,
  toChannelsLast,
  type Window,
  windowAttributes,
} from './window.js';
import { columnsAtOnce, columnsFit, windowColumns } from './window-columns.js';

const conv2d: Kernel = (g, inputs, attributes) =>
  convolution(g, input(inputs, 'x'), input(inputs, 'filter'), undefined, attributes);

const fusedConv2d: Kernel = (g, inputs, attributes) => {
  const { bias } = inputs;
  const filter = input(inputs, 'filter');
  const format = dataFormatAttribute(attributes);
  const perChannel = bias !== undefined && sizeOf(bias.shape) === filter.shape[3] && bias.shape.length === 1;
  const convolved = convolution(g, input(inputs, 'x'), filter, perChannel ? bias : undefined, attributes);
  const shifted = bias === undefined || perChannel ? convolved : combined(g, 'Add', convolved, bias);
  return activated(g, shifted, alongChannels(g, inputs, format), attributes);
};

/** PReLU weights [O] lie along the channels, wherever those are. */
function alongChannels(g: GraphBuilder, inputs: Readonly<Record<string, Traced>>, format: DataFormat) {
  const { preluActivationWeights: weights } = inputs;
  if (format === 'NHWC' || weights?.shape.length !== 1) return inputs;
  return { ...inputs, preluActivationWeights: g.reshape(weights, [...weights.shape, 1, 1]) };
}

function convolution(
  g: GraphBuilder,
  x: Traced,
  filter: Traced,
  bias: Traced | undefined,
  attributes: KernelAttributes,
): Traced {
  const format = dataFormatAttribute(attributes);
  const window = convolutionWindow(x.shape, filter.shape, attributes);
  if (isPointwise(window) && format === 'NHWC') return pointwise(g, x, filter, bias, false);
  const first = toChannelsFirst(g, x, format); // [B, I, H, W]
  const weights = g.transpose(filter, [3, 2, 0, 1]); // [O, I, h, w]
  const shape = [x.shape[0] ?? 0, filter.shape[3] ?? 0, ...window.output];
  const terms = bias === undefined ? [first, weights] : [first, weights, bias];
  return fromChannelsFirst(g, g.node('Conv', terms, shape, 'float32', windowAttributes(window)), format);
}

/** A 1 x 1 filter is a product of all positions' channels with one matrix, or with its transpose. */
function pointwise(g: GraphBuilder, x: Traced, filter: Traced, bias: Traced | undefined, transposed: boolean): Traced {
  const [, , inputs = 0, outputs = 0] = filter.shape;
  const [from, to] = transposed ? [outputs, inputs] : [inputs, outputs];
  const positions = sizeOf(x.shape.slice(0, -1));
  const terms = [g.reshape(x, [positions, from]), g.reshape(filter, [inputs, outputs])];
  const product = g.node('Gemm', bias === undefined ? terms : [...terms, bias], [positions, to], 'float32', {
    transB: transposed ? 1 : 0,
  });
  return g.reshape(product, [...x.shape.slice(0, -1), to]);
}

const conv2dBackpropInput: Kernel = (g, inputs, attributes) => {
  const dy = input(inputs, 'dy');
  const filter = input(inputs, 'filter');
  const format = dataFormatAttribute(attributes);
  const inputShape = numbersAttribute(attributes, 'inputShape');
  const window = convolutionWindow(inputShape, filter.shape, attributes);
  if (isPointwise(window) && format === 'NHWC') return pointwise(g, dy, filter, undefined, true);
  const weights = g.transpose(filter, [3, 2, 0, 1]); // [O, I, h, w]
  const shape = [inputShape[0] ?? 0, filter.shape[2] ?? 0, ...window.input];
  const spread = spreadBack(g, toChannelsFirst(g, dy, format), weights, window, shape, 1);
  return fromChannelsFirst(g, spread, format);
};

/** Every output position hands its value back to the input positions its window covered. */
export function spreadBack(
  g: GraphBuilder,
  dy: Traced,
  weights: Traced,
  window: Window,
  shape: readonly number[],
  group: number,
): Traced {
  return g.node('ConvTranspose', [dy, weights], shape, 'float32', {
    ...windowAttributes(window),
    output_padding: window.unread,
    group,
  });
}

/**
 * The filter's gradient: for every tap, the product of the input positions which that tap read, with dy.
 * Taps stand side by side in one product, as many as memory allows: one wide product is faster than many.
 */
const conv2dBackpropFilter: Kernel = (g, inputs, attributes) => {
  const format = dataFormatAttribute(attributes);
  const filterShape = numbersAttribute(attributes, 'filterShape');
  const window = convolutionWindow(input(inputs, 'x').shape, filterShape, attributes);
  const x = toChannelsLast(g, input(inputs, 'x'), format);
  const dy = toChannelsLast(g, input(inputs, 'dy'), format);
  const [positions, outputs] = [sizeOf(dy.shape.slice(0, 3)), dy.shape[3] ?? 0];
  const rows = g.reshape(dy, [positions, outputs]);
  if (columnsFit(positions, window, x))
    return g.reshape(leftTransposed(g, windowColumns(g, x, window), rows), filterShape);
  const taps = tapsOf(g, withBorder(g, x, window), window);
  const together = Math.max(1, Math.floor(columnsAtOnce / Math.max(1, sizeOf(taps[0]?.shape ?? []))));
  const products: Traced[] = [];
  for (let start = 0; start < taps.length; start += together) {
    const columns = concatenated(g, taps.slice(start, start + together), 3);
    products.push(leftTransposed(g, g.reshape(columns, [positions, columns.shape[3] ?? 0]), rows));
  }
  return g.reshape(concatenated(g, products, 0), filterShape);
};

/** [N, C] and [N, O] to [C, O]. */
function leftTransposed(g: GraphBuilder, columns: Traced, rows: Traced): Traced {
  const shape = [columns.shape[1] ?? 0, rows.shape[1] ?? 0];
  return g.node('Gemm', [columns, rows], shape, 'float32', { transA: 1 });
}

function withBorder(g: GraphBuilder, x: Traced, { padBefore, padAfter }: Window): Traced {
  return padded(
    g,
    x,
    [
      [0, 0],
      [padBefore[0], padAfter[0]],
      [padBefore[1], padAfter[1]],
      [0, 0],
    ],
    0,
  );
}

/** For every tap of the filter, row by row, the input positions it reads: [B, P, Q, I] each. */
function tapsOf(g: GraphBuilder, x: Traced, { size, strides, dilations, output }: Window): Traced[] {
  const [batch = 0, , , channels = 0] = x.shape;
  const offsets = Array.from({ length: size[0] * size[1] }, (_, tap) => [
    Math.floor(tap / size[1]) * dilations[0],
    (tap % size[1]) * dilations[1],
  ]);
  return offsets.map(([row = 0, column = 0]) => {
    const end = [batch, row + (output[0] - 1) * strides[0] + 1, column + (output[1] - 1) * strides[1] + 1, channels];
    const step = [1, strides[0], strides[1], 1];
    return stridden(g, x, [0, row, column, 0], end, step, [batch, output[0], output[1], channels]);
  });
}

export const convolutionKernels: Readonly<Record<string, Kernel>> = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  FusedConv2D: fusedConv2d,
};
