/** Softmax and batch normalisation. */
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { combined } from './binary.js';
import { axisFromFront, input, type Kernel, numberAttribute } from './kernel.js';

const softmax: Kernel = (g, inputs, attributes) => {
  const logits = input(inputs, 'logits');
  const axis = axisFromFront(numberAttribute(attributes, 'dim', -1), logits.shape.length);
  return g.node('Softmax', [logits], logits.shape, logits.dtype, { axis });
};

/** (x - mean) scale / sqrt(variance + epsilon) + offset; the four go along the last axis or have x's shape. */
const batchNorm: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const { scale, offset } = inputs;
  const centred = combined(g, 'Sub', x, input(inputs, 'mean'));
  const variance = input(inputs, 'variance');
  const factor = slope(g, variance, scale, numberAttribute(attributes, 'varianceEpsilon', 0.001));
  const scaled = combined(g, 'Mul', centred, factor);
  return offset === undefined ? scaled : combined(g, 'Add', scaled, offset);
};

function slope(g: GraphBuilder, variance: Traced, scale: Traced | undefined, epsilon: number): Traced {
  const kept = combined(g, 'Add', variance, g.scalar(epsilon));
  const deviation = g.node('Sqrt', [kept], kept.shape, kept.dtype);
  return combined(g, 'Div', scale ?? g.scalar(1), deviation);
}

export const normalisationKernels: Readonly<Record<string, Kernel>> = {
  FusedBatchNorm: batchNorm,
  Softmax: softmax,
};
