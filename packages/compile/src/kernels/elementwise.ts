/** Unary and binary operations, comparisons, logic and choice. */
import type { DataType } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { broadcastShape, dataTypeAttribute, input, type Kernel } from './kernel.js';

const unary =
  (op: string): Kernel =>
  (g, inputs) => {
    const x = input(inputs, 'x');
    return g.node(op, [x], x.shape, x.dtype);
  };

const binary =
  (op: string): Kernel =>
  (g, inputs) => {
    const a = input(inputs, 'a');
    const b = input(inputs, 'b');
    return g.node(op, [a, b], broadcastShape(a, b), a.dtype);
  };

const comparison =
  (op: string): Kernel =>
  (g, inputs) => {
    const a = input(inputs, 'a');
    const b = input(inputs, 'b');
    return g.node(op, [comparable(g, a), comparable(g, b)], broadcastShape(a, b), 'bool');
  };

/** ONNX orders no booleans; TensorFlow.js does. */
function comparable(g: GraphBuilder, value: Traced): Traced {
  return value.dtype === 'bool' ? g.cast(value, 'int32') : value;
}

const square: Kernel = (g, inputs) => {
  const x = input(inputs, 'x');
  return g.node('Mul', [x, x], x.shape, x.dtype);
};

const squaredDifference: Kernel = (g, inputs) => {
  const a = input(inputs, 'a');
  const b = input(inputs, 'b');
  const difference = g.node('Sub', [a, b], broadcastShape(a, b), a.dtype);
  return g.node('Mul', [difference, difference], difference.shape, difference.dtype);
};

/** 1 where x > 0, `alpha` elsewhere; NaN stays NaN only in TensorFlow.js. */
const step: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  const alpha = typeof attributes.alpha === 'number' ? attributes.alpha : 0;
  const positive = g.node('Greater', [x, zeroLike(g, x.dtype)], x.shape, 'bool');
  const ones = g.cast(positive, 'float32');
  if (alpha === 0) return ones;
  return g.node('Where', [positive, g.scalar(1), g.scalar(alpha)], x.shape, 'float32');
};

function zeroLike(g: GraphBuilder, dtype: DataType): Traced {
  return g.scalar(0, dtype === 'int32' ? 'int32' : 'float32');
}

const select: Kernel = (g, inputs) => {
  const condition = input(inputs, 'condition');
  const t = input(inputs, 't');
  const e = input(inputs, 'e');
  return g.node('Where', [g.cast(condition, 'bool'), t, e], t.shape, t.dtype);
};

const cast: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  return g.cast(x, dataTypeAttribute(attributes, 'dtype', x.dtype));
};

export const elementwiseKernels: Readonly<Record<string, Kernel>> = {
  Add: binary('Add'),
  Sub: binary('Sub'),
  Multiply: binary('Mul'),
  RealDiv: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Pow: binary('Pow'),
  SquaredDifference: squaredDifference,
  Equal: comparison('Equal'),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  Abs: unary('Abs'),
  Exp: unary('Exp'),
  Identity: (_, inputs) => input(inputs, 'x'),
  Log: unary('Log'),
  Neg: unary('Neg'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Sigmoid: unary('Sigmoid'),
  Sqrt: unary('Sqrt'),
  Square: square,
  Step: step,
  Tanh: unary('Tanh'),
  Cast: cast,
  Select: select,
};
