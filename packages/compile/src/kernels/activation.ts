/** Activations, piecewise functions of one number, and the ones that fused kernels name by a string. */
import { CompileError } from '@cpc/base';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import {
  broadcastShape,
  input,
  type Kernel,
  type KernelAttributes,
  type KernelInputs,
  numberAttribute,
} from './kernel.js';
import { inFloat, mapped } from './unary.js';

const onFloat =
  (compute: (g: GraphBuilder, x: Traced) => Traced): Kernel =>
  (g, inputs) =>
    inFloat(g, input(inputs, 'x'), (x) => compute(g, x));

function elu(g: GraphBuilder, x: Traced): Traced {
  return g.node('Elu', [x], x.shape, x.dtype, { alpha: { float: 1 } });
}

/** The constants of Klambauer et al., 2017. */
function selu(g: GraphBuilder, x: Traced): Traced {
  const attributes = { alpha: { float: 1.6732632423543772 }, gamma: { float: 1.0507009873554805 } };
  return g.node('Selu', [x], x.shape, x.dtype, attributes);
}

/** Given y = elu(x) and its gradient: dy where y >= 0, dy (y + 1) elsewhere. */
const eluGrad: Kernel = (g, inputs) => {
  const dy = input(inputs, 'dy');
  const y = input(inputs, 'y');
  const slope = g.node('Add', [g.node('Min', [y, g.scalar(0)], y.shape, y.dtype), g.scalar(1)], y.shape, y.dtype);
  return g.node('Mul', [dy, slope], y.shape, y.dtype);
};

function relu(g: GraphBuilder, x: Traced): Traced {
  return x.dtype === 'bool' ? x : mapped(g, 'Relu', x);
}

function leakyRelu(g: GraphBuilder, x: Traced, alpha: number): Traced {
  return g.node('LeakyRelu', [g.cast(x, 'float32')], x.shape, 'float32', { alpha: { float: alpha } });
}

/** x where x >= 0, alpha x elsewhere; either may be broadcast. */
function prelu(g: GraphBuilder, x: Traced, alpha: Traced): Traced {
  const shape = broadcastShape(x, alpha);
  const below = g.node('Less', [x, g.scalar(0)], x.shape, 'bool');
  return g.node('Where', [below, g.node('Mul', [alpha, x], shape, 'float32'), x], shape, 'float32');
}

/** x held between two numbers; for integers the fractions of the bounds fall away. */
function clipped(g: GraphBuilder, x: Traced, lowest: number, highest: number): Traced {
  if (x.dtype !== 'int32') {
    return inFloat(g, x, (value) => g.node('Clip', [value, g.scalar(lowest), g.scalar(highest)], x.shape, 'float32'));
  }
  const bound = (value: number) => g.scalar(Math.trunc(Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1)), 'int32');
  return g.node('Clip', [x, bound(lowest), bound(highest)], x.shape, 'int32');
}

/** 1 where x > 0, `alpha` elsewhere. NaN gives `alpha`; in TensorFlow.js it stays NaN. */
const step: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const alpha = numberAttribute(attributes, 'alpha', 0);
  const zero = g.scalar(0, x.dtype === 'float32' ? 'float32' : 'int32');
  const positive = g.node('Greater', [g.cast(x, zero.dtype), zero], x.shape, 'bool');
  if (alpha === 0) return g.cast(positive, x.dtype);
  return g.cast(g.node('Where', [positive, g.scalar(1), g.scalar(alpha)], x.shape, 'float32'), x.dtype);
};

/** The activation that a fused kernel's attributes name; nothing named is linear. */
export function activated(g: GraphBuilder, x: Traced, inputs: KernelInputs, attributes: KernelAttributes): Traced {
  switch (attributes.activation ?? 'linear') {
    case 'linear':
      return x;
    case 'relu':
      return relu(g, x);
    case 'relu6':
      return clipped(g, x, 0, 6);
    case 'elu':
      return elu(g, x);
    case 'sigmoid':
      return mapped(g, 'Sigmoid', x);
    case 'leakyrelu':
      return leakyRelu(g, x, numberAttribute(attributes, 'leakyreluAlpha', 0.2));
    case 'prelu':
      return prelu(g, x, input(inputs, 'preluActivationWeights'));
    default:
      throw new CompileError(
        `trace: the fused activation ${String(attributes.activation)} is not known; add it to packages/compile/src/kernels/activation.ts.`,
      );
  }
}

export const activationKernels: Readonly<Record<string, Kernel>> = {
  ClipByValue: (g, inputs, attributes) =>
    clipped(
      g,
      input(inputs, 'x'),
      numberAttribute(attributes, 'clipValueMin'),
      numberAttribute(attributes, 'clipValueMax'),
    ),
  Elu: onFloat(elu),
  EluGrad: eluGrad,
  LeakyRelu: (g, inputs, attributes) => leakyRelu(g, input(inputs, 'x'), numberAttribute(attributes, 'alpha', 0.2)),
  Prelu: (g, inputs) => prelu(g, input(inputs, 'x'), input(inputs, 'alpha')),
  Relu: (g, inputs) => relu(g, input(inputs, 'x')),
  Relu6: (g, inputs) => clipped(g, input(inputs, 'x'), 0, 6),
  Selu: onFloat(selu),
  Softplus: onFloat((g, x) => mapped(g, 'Softplus', x)),
  Step: step,
};
