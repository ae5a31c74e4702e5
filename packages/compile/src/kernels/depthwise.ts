/**
 * Convolutions in which every input channel has filters of its own, and their gradients.
 *
 * Letters used for shapes here:
 *   B  batch    H, W  input height, width    P, Q  output height, width
 *   C  channels    M  filters per channel    h, w  filter height, width
 */
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { activated } from './activation.js';
import { combined } from './binary.js';
import { spreadBack } from './convolution.js';
import { input, type Kernel, type KernelAttributes, numbersAttribute } from './kernel.js';
import { sliced } from './slicing.js';
import {
  convolutionWindow,
  dataFormatAttribute,
  fromChannelsFirst,
  toChannelsFirst,
  windowAttributes,
} from './window.js';

const depthwiseConv2d: Kernel = (g, inputs, attributes) =>
  depthwise(g, input(inputs, 'x'), input(inputs, 'filter'), attributes);

const fusedDepthwiseConv2d: Kernel = (g, inputs, attributes) => {
  const convolved = depthwise(g, input(inputs, 'x'), input(inputs, 'filter'), attributes);
  const { bias } = inputs;
  return activated(g, bias === undefined ? convolved : combined(g, 'Add', convolved, bias), inputs, attributes);
};

function depthwise(g: GraphBuilder, x: Traced, filter: Traced, attributes: KernelAttributes): Traced {
  const format = dataFormatAttribute(attributes);
  const window = convolutionWindow(x.shape, filter.shape, attributes, true);
  const first = toChannelsFirst(g, x, format); // [B, C, H, W]
  const weights = groupedWeights(g, filter);
  const convolved = g.node(
    'Conv',
    [first, weights],
    [x.shape[0] ?? 0, weights.shape[0] ?? 0, ...window.output],
    'float32',
    {
      ...windowAttributes(window),
      group: filter.shape[2] ?? 1,
    },
  );
  return fromChannelsFirst(g, convolved, format);
}

/** [h, w, C, M] to [C M, 1, h, w]. */
function groupedWeights(g: GraphBuilder, filter: Traced): Traced {
  const [height = 0, width = 0, channels = 0, perChannel = 0] = filter.shape;
  return g.reshape(g.transpose(filter, [2, 3, 0, 1]), [channels * perChannel, 1, height, width]);
}

const depthwiseBackpropInput: Kernel = (g, inputs, attributes) => {
  const dy = toChannelsFirst(g, input(inputs, 'dy'), 'NHWC'); // [B, C M, P, Q]
  const filter = input(inputs, 'filter');
  const inputShape = numbersAttribute(attributes, 'inputShape');
  const window = convolutionWindow(inputShape, filter.shape, attributes, true);
  const [batch = 0, , , channels = 0] = inputShape;
  const shape = [batch, channels, ...window.input];
  return fromChannelsFirst(g, spreadBack(g, dy, groupedWeights(g, filter), window, shape, channels), 'NHWC');
};

/**
 * The filter's gradient is itself a convolution: of the input with dy as the filter, the batch in the
 * place of the channels, and stride and dilation exchanged.
 */
const depthwiseBackpropFilter: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const dy = input(inputs, 'dy');
  const filterShape = numbersAttribute(attributes, 'filterShape');
  const [height = 0, width = 0, channels = 0, perChannel = 0] = filterShape;
  const window = convolutionWindow(x.shape, filterShape, attributes, true);
  const batch = x.shape[0] ?? 0;
  const images = g.reshape(g.transpose(x, [3, 0, 1, 2]), [1, channels * batch, ...window.input]);
  const filters = g.transpose(dy, [3, 0, 1, 2]); // [C M, B, P, Q]
  const reach = [0, 1].map((side) => spanOf(window, side));
  const taps = g.node('Conv', [images, filters], [1, channels * perChannel, ...reach], 'float32', {
    ...windowAttributes({ ...window, size: window.output, strides: window.dilations, dilations: window.strides }),
    group: channels,
  });
  const wanted = sliced(g, taps, [0, 0, 0, 0], [1, channels * perChannel, height, width]);
  return g.transpose(g.reshape(wanted, [channels, perChannel, height, width]), [2, 3, 0, 1]);
};

/** Positions at which dy fits into the padded input, at steps of the filter's dilation. */
function spanOf(window: ReturnType<typeof convolutionWindow>, side: number): number {
  const at = (pair: readonly number[]) => pair[side] ?? 0;
  const padded = at(window.input) + at(window.padBefore) + at(window.padAfter);
  const covered = (at(window.output) - 1) * at(window.strides) + 1;
  return Math.floor((padded - covered) / at(window.dilations)) + 1;
}

export const depthwiseKernels: Readonly<Record<string, Kernel>> = {
  DepthwiseConv2dNative: depthwiseConv2d,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  FusedDepthwiseConv2D: fusedDepthwiseConv2d,
};
