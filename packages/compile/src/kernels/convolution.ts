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
import { concatenated } from './slicing.js';
import {
  convolutionWindow,
  type DataFormat,
  dataFormatAttribute,
  fromChannelsFirst,
  toChannelsFirst,
  toChannelsLast,
  type Window,
  windowAttributes,
} from './window.js';
import { tapGroups, windowColumns } from './window-columns.js';

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
  const first = toChannelsFirst(g, x, format); // [B, I, H, W]
  const weights = g.transpose(filter, [3, 2, 0, 1]); // [O, I, h, w]
  const shape = [x.shape[0] ?? 0, filter.shape[3] ?? 0, ...window.output];
  const terms = bias === undefined ? [first, weights] : [first, weights, bias];
  return fromChannelsFirst(g, g.node('Conv', terms, shape, 'float32', windowAttributes(window)), format);
}

const conv2dBackpropInput: Kernel = (g, inputs, attributes) => {
  const dy = input(inputs, 'dy');
  const filter = input(inputs, 'filter');
  const format = dataFormatAttribute(attributes);
  const inputShape = numbersAttribute(attributes, 'inputShape');
  const window = convolutionWindow(inputShape, filter.shape, attributes);
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
  const rows = g.reshape(dy, [sizeOf(dy.shape.slice(0, 3)), dy.shape[3] ?? 0]);
  const products = tapGroups(x, window).map((taps) => leftTransposed(g, windowColumns(g, x, window, taps), rows));
  return g.reshape(concatenated(g, products, 0), filterShape);
};

/** [N, C] and [N, O] to [C, O]. */
function leftTransposed(g: GraphBuilder, columns: Traced, rows: Traced): Traced {
  const shape = [columns.shape[1] ?? 0, rows.shape[1] ?? 0];
  return g.node('Gemm', [columns, rows], shape, 'float32', { transA: 1 });
}

export const convolutionKernels: Readonly<Record<string, Kernel>> = {
  Conv2D: conv2d,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  FusedConv2D: fusedConv2d,
};
