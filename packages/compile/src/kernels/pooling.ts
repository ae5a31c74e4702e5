/**
 * Maxima and means over windows, and their gradients.
 *
 * Letters used for shapes here:
 *   B  batch    C  channels    H, W  input height, width    P, Q  output height, width
 */
import { sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { spreadBack } from './convolution.js';
import { filled } from './fill.js';
import { input, type Kernel } from './kernel.js';
import { inFloat } from './unary.js';
import { fromChannelsFirst, poolWindow, toChannelsFirst, windowAttributes } from './window.js';

const pool =
  (op: string, attributesOf: Readonly<Record<string, number>>): Kernel =>
  (g, inputs, attributes) =>
    inFloat(g, input(inputs, 'x'), (x) => {
      const window = poolWindow(x.shape, attributes);
      const first = toChannelsFirst(g, x, 'NHWC');
      const shape = [...first.shape.slice(0, 2), ...window.output];
      const { kernel_shape, strides, pads } = windowAttributes(window);
      const pooled = g.node(op, [first], shape, 'float32', { kernel_shape, strides, pads, ...attributesOf });
      return fromChannelsFirst(g, pooled, 'NHWC');
    });

/** Every output's gradient goes to the first of the largest values in its window. */
const maxPoolGrad: Kernel = (g, inputs, attributes) => {
  const x = toChannelsFirst(g, g.cast(input(inputs, 'input'), 'float32'), 'NHWC'); // [B, C, H, W]
  const dy = toChannelsFirst(g, input(inputs, 'dy'), 'NHWC'); // [B, C, P, Q]
  const window = poolWindow(input(inputs, 'input').shape, attributes);
  const { kernel_shape, strides, pads } = windowAttributes(window);
  const outputs = [
    { shape: dy.shape, dtype: 'float32' },
    { shape: dy.shape, dtype: 'int64' },
  ] as const;
  const [, places] = g.nodes('MaxPool', [x], outputs, { kernel_shape, strides, pads });
  if (places === undefined) return [];
  return fromChannelsFirst(g, g.reshape(scattered(g, places, dy, sizeOf(x.shape)), x.shape), 'NHWC');
};

/** Values added up at places in one long row; overlapping windows may share a place. */
function scattered(g: GraphBuilder, places: Traced, values: Traced, length: number): Traced {
  const count = sizeOf(values.shape);
  const terms = [filled(g, [length], 0, 'float32'), g.reshape(places, [count]), g.reshape(values, [count])];
  return g.node('ScatterElements', terms, [length], 'float32', { axis: 0, reduction: 'add' });
}

/**
 * Every output's gradient is shared out evenly over its whole window. At padded edges TensorFlow.js still
 * divides by the whole window, though its mean did not: so do we.
 */
const avgPoolGrad: Kernel = (g, inputs, attributes) => {
  const dy = toChannelsFirst(g, input(inputs, 'dy'), 'NHWC'); // [B, C, P, Q]
  const [batch = 0, height = 0, width = 0, channels = 0] = input(inputs, 'input').shape;
  const window = poolWindow([batch, height, width, channels], attributes);
  const share = filled(g, [1, 1, ...window.size], 1 / sizeOf(window.size), 'float32');
  const images = g.reshape(dy, [batch * channels, 1, ...window.output]);
  const spread = spreadBack(g, images, share, window, [batch * channels, 1, height, width], 1);
  return fromChannelsFirst(g, g.reshape(spread, [batch, channels, height, width]), 'NHWC');
};

export const poolingKernels: Readonly<Record<string, Kernel>> = {
  AvgPool: pool('AveragePool', { count_include_pad: 0 }),
  AvgPoolGrad: avgPoolGrad,
  MaxPool: pool('MaxPool', {}),
  MaxPoolGrad: maxPoolGrad,
};
