/** Arithmetic of two numbers, with broadcasting. */
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { broadcastShape, input, type Kernel, listOf } from './kernel.js';

/** A node of two operands whose result has their element type. */
export function combined(g: GraphBuilder, op: string, a: Traced, b: Traced): Traced {
  return g.node(op, [a, b], broadcastShape(a, b), a.dtype);
}

/** ONNX computes with no booleans; TensorFlow.js takes them for 0 and 1. */
const arithmetic =
  (compute: (g: GraphBuilder, a: Traced, b: Traced) => Traced): Kernel =>
  (g, inputs) => {
    const a = input(inputs, 'a');
    const b = input(inputs, 'b');
    if (a.dtype !== 'bool') return compute(g, a, b);
    return g.cast(compute(g, g.cast(a, 'int32'), g.cast(b, 'int32')), 'bool');
  };

const direct = (op: string): Kernel => arithmetic((g, a, b) => combined(g, op, a, b));

const squaredDifference = arithmetic((g, a, b) => {
  const difference = combined(g, 'Sub', a, b);
  return combined(g, 'Mul', difference, difference);
});

/** The remainder with the divisor's sign; NaN where a float is divided by 0, and 0 where an integer is. */
const mod = arithmetic((g, a, b) => (a.dtype === 'int32' ? integerMod(g, a, b) : floatMod(g, a, b)));

function floatMod(g: GraphBuilder, a: Traced, b: Traced): Traced {
  const shape = broadcastShape(a, b);
  const remainder = g.node('Mod', [a, b], shape, 'float32', { fmod: 1 });
  const negative = (value: Traced) => g.node('Less', [value, g.scalar(0)], value.shape, 'bool');
  const signsDiffer = g.node('Xor', [negative(a), negative(b)], shape, 'bool');
  const whole = g.node('Equal', [remainder, g.scalar(0)], shape, 'bool');
  const moved = g.node('And', [signsDiffer, g.node('Not', [whole], shape, 'bool')], shape, 'bool');
  return g.node('Where', [moved, combined(g, 'Add', remainder, b), remainder], shape, 'float32');
}

function integerMod(g: GraphBuilder, a: Traced, b: Traced): Traced {
  const { byZero, divisor } = divisorOtherThanZero(g, b);
  return orZero(g, byZero, combined(g, 'Mod', a, divisor));
}

/** The runtime ends the process when an integer is divided by 0, so 1 stands in for it. */
function divisorOtherThanZero(g: GraphBuilder, b: Traced): { byZero: Traced; divisor: Traced } {
  const byZero = g.node('Equal', [b, g.scalar(0, 'int32')], b.shape, 'bool');
  return { byZero, divisor: g.node('Where', [byZero, g.scalar(1, 'int32'), b], b.shape, 'int32') };
}

function orZero(g: GraphBuilder, isZero: Traced, value: Traced): Traced {
  return g.node('Where', [isZero, g.scalar(0, 'int32'), value], value.shape, 'int32');
}

/** floor(a / b) as int32, as TensorFlow.js gives it for floats too; 0 where b = 0 and both are integers. */
const floorDiv: Kernel = (g, inputs) => {
  const a = input(inputs, 'a');
  const b = input(inputs, 'b');
  if (a.dtype !== 'int32') {
    const quotient = combined(g, 'Div', g.cast(a, 'float32'), g.cast(b, 'float32'));
    return g.cast(g.node('Floor', [quotient], quotient.shape, 'float32'), 'int32');
  }
  const { byZero, divisor } = divisorOtherThanZero(g, b);
  const whole = combined(g, 'Sub', a, combined(g, 'Mod', a, divisor));
  return orZero(g, byZero, combined(g, 'Div', whole, divisor));
};

/** The angle of the point (b, a): atan(a / b), half a turn further where b < 0. Two infinities give NaN. */
const atan2 = arithmetic((g, a, b) => {
  const shape = broadcastShape(a, b);
  const [y, x] = [g.cast(a, 'float32'), g.cast(b, 'float32')];
  const zero = g.scalar(0);
  const slope = g.node('Atan', [combined(g, 'Div', y, x)], shape, 'float32');
  const behind = g.node('Less', [x, zero], x.shape, 'bool');
  const below = g.node('Less', [y, zero], y.shape, 'bool');
  const halfTurn = g.node('Where', [below, g.scalar(-Math.PI), g.scalar(Math.PI)], y.shape, 'float32');
  const turned = combined(g, 'Add', slope, g.node('Where', [behind, halfTurn, zero], shape, 'float32'));
  const onAxis = g.node('Equal', [x, zero], x.shape, 'bool');
  const quarter = g.node('Mul', [g.node('Sign', [y], y.shape, 'float32'), g.scalar(Math.PI / 2)], y.shape, 'float32');
  return g.cast(g.node('Where', [onAxis, quarter, turned], shape, 'float32'), a.dtype);
});

/** Two by two: the runtime's Sum takes twice as long, on one thread. */
const addN: Kernel = (g, inputs) => {
  let terms: readonly Traced[] = listOf(inputs);
  while (terms.length > 1) {
    const [first, second, ...rest] = terms;
    if (first !== undefined && second !== undefined) terms = [...rest, combined(g, 'Add', first, second)];
  }
  return terms[0] ?? [];
};

export const binaryKernels: Readonly<Record<string, Kernel>> = {
  Add: direct('Add'),
  AddN: addN,
  Atan2: atan2,
  FloorDiv: floorDiv,
  Maximum: direct('Max'),
  Minimum: direct('Min'),
  Mod: mod,
  Multiply: direct('Mul'),
  Pow: direct('Pow'),
  RealDiv: direct('Div'),
  SquaredDifference: squaredDifference,
  Sub: direct('Sub'),
};
