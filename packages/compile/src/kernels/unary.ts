/** Functions of one number: exponentials, trigonometry, rounding, signs, and what a number is. */
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { filled } from './fill.js';
import { input, type Kernel } from './kernel.js';

/** Computes in float32 and returns to x's element type, as TensorFlow.js stores results of integer inputs. */
export function inFloat(g: GraphBuilder, x: Traced, compute: (x: Traced) => Traced): Traced {
  return g.cast(compute(g.cast(x, 'float32')), x.dtype);
}

/** A node with x's shape. */
export function mapped(g: GraphBuilder, op: string, x: Traced): Traced {
  return g.node(op, [x], x.shape, x.dtype);
}

/** The ONNX operator of the same meaning, which knows float32 only. */
const float =
  (op: string): Kernel =>
  (g, inputs) =>
    inFloat(g, input(inputs, 'x'), (x) => mapped(g, op, x));

/** The ONNX operator of the same meaning, which knows float32 and int32. Sign of NaN is NaN; TensorFlow.js gives 0. */
const numeric =
  (op: string): Kernel =>
  (g, inputs) => {
    const x = input(inputs, 'x');
    return x.dtype === 'bool' ? g.cast(mapped(g, op, g.cast(x, 'int32')), 'bool') : mapped(g, op, x);
  };

/** Rounding leaves integers as they are, also those that float32 cannot hold. */
const rounding =
  (op: string): Kernel =>
  (g, inputs) => {
    const x = input(inputs, 'x');
    return x.dtype === 'float32' ? mapped(g, op, x) : x;
  };

const square: Kernel = (g, inputs) => {
  const x = input(inputs, 'x');
  if (x.dtype === 'bool') return x; // 0 and 1 are their own squares
  return g.node('Mul', [x, x], x.shape, x.dtype);
};

const rsqrt: Kernel = (g, inputs) =>
  inFloat(g, input(inputs, 'x'), (x) => mapped(g, 'Reciprocal', mapped(g, 'Sqrt', x)));

/** exp(x) - 1 = tanh(x / 2) (exp(x) + 1), which keeps its digits near 0. */
const expm1: Kernel = (g, inputs) =>
  inFloat(g, input(inputs, 'x'), (x) => {
    const half = mapped(g, 'Tanh', g.node('Mul', [x, g.scalar(0.5)], x.shape, x.dtype));
    const above = g.node('Add', [mapped(g, 'Exp', x), g.scalar(1)], x.shape, x.dtype);
    return g.node('Mul', [half, above], x.shape, x.dtype);
  });

const largestFloat = 3.4028234663852886e38;

/**
 * log(1 + x) = log(u) x / (u - 1) with u the rounded 1 + x: the rounding error of u cancels (Kahan).
 * u is kept finite so that infinity gives infinity.
 */
const log1p: Kernel = (g, inputs) =>
  inFloat(g, input(inputs, 'x'), (x) => {
    const held = g.node('Min', [x, g.scalar(largestFloat)], x.shape, x.dtype);
    const above = g.node('Add', [held, g.scalar(1)], x.shape, x.dtype);
    const rounded = g.node('Sub', [above, g.scalar(1)], x.shape, x.dtype);
    const vanishes = g.node('Equal', [rounded, g.scalar(0)], x.shape, 'bool');
    const divisor = g.node('Where', [vanishes, g.scalar(1), rounded], x.shape, x.dtype);
    const ratio = g.node('Div', [x, divisor], x.shape, x.dtype);
    const scaled = g.node('Mul', [mapped(g, 'Log', above), ratio], x.shape, x.dtype);
    return g.node('Where', [vanishes, x, scaled], x.shape, x.dtype);
  });

/** What a number is; `integers` is the answer for every integer. */
const classifying =
  (integers: 0 | 1, answer: (g: GraphBuilder, x: Traced) => Traced): Kernel =>
  (g, inputs) => {
    const x = input(inputs, 'x');
    return x.dtype === 'float32' ? answer(g, x) : filled(g, x.shape, integers, 'bool');
  };

const finite = (g: GraphBuilder, x: Traced): Traced =>
  g.node('Less', [mapped(g, 'Abs', x), g.scalar(Number.POSITIVE_INFINITY)], x.shape, 'bool');

const logicalNot: Kernel = (g, inputs) => mapped(g, 'Not', g.cast(input(inputs, 'x'), 'bool'));

export const unaryKernels: Readonly<Record<string, Kernel>> = {
  Abs: numeric('Abs'),
  Acos: float('Acos'),
  Acosh: float('Acosh'),
  Asin: float('Asin'),
  Asinh: float('Asinh'),
  Atan: float('Atan'),
  Atanh: float('Atanh'),
  Ceil: rounding('Ceil'),
  Cos: float('Cos'),
  Cosh: float('Cosh'),
  Erf: float('Erf'),
  Exp: (g, inputs) => mapped(g, 'Exp', g.cast(input(inputs, 'x'), 'float32')),
  Expm1: expm1,
  Floor: rounding('Floor'),
  IsFinite: classifying(1, finite),
  IsInf: classifying(0, (g, x) => g.node('IsInf', [x], x.shape, 'bool')),
  IsNan: classifying(0, (g, x) => g.node('IsNaN', [x], x.shape, 'bool')),
  Log: float('Log'),
  Log1p: log1p,
  LogicalNot: logicalNot,
  Neg: numeric('Neg'),
  Reciprocal: float('Reciprocal'),
  Round: rounding('Round'),
  Rsqrt: rsqrt,
  Sigmoid: float('Sigmoid'),
  Sign: numeric('Sign'),
  Sin: float('Sin'),
  Sinh: float('Sinh'),
  Sqrt: float('Sqrt'),
  Square: square,
  Tan: float('Tan'),
  Tanh: float('Tanh'),
};
