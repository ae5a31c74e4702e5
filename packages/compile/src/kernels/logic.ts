/** Comparisons, logic, choice, and conversion between element types. */
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { broadcastShape, dataTypeAttribute, input, type Kernel } from './kernel.js';

/** ONNX orders no booleans; TensorFlow.js does. */
function comparable(g: GraphBuilder, value: Traced): Traced {
  return value.dtype === 'bool' ? g.cast(value, 'int32') : value;
}

function compared(g: GraphBuilder, op: string, a: Traced, b: Traced): Traced {
  return g.node(op, [comparable(g, a), comparable(g, b)], broadcastShape(a, b), 'bool');
}

const comparison =
  (op: string): Kernel =>
  (g, inputs) =>
    compared(g, op, input(inputs, 'a'), input(inputs, 'b'));

const notEqual: Kernel = (g, inputs) => {
  const equal = compared(g, 'Equal', input(inputs, 'a'), input(inputs, 'b'));
  return g.node('Not', [equal], equal.shape, 'bool');
};

const logical =
  (op: string): Kernel =>
  (g, inputs) => {
    const a = g.cast(input(inputs, 'a'), 'bool');
    const b = g.cast(input(inputs, 'b'), 'bool');
    return g.node(op, [a, b], broadcastShape(a, b), 'bool');
  };

const bitwiseAnd: Kernel = (g, inputs) => {
  const a = input(inputs, 'a');
  const b = input(inputs, 'b');
  return g.node('BitwiseAnd', [a, b], broadcastShape(a, b), a.dtype);
};

/** Where the two choices differ in element type, both take the wider: bool, int32, float32. */
const select: Kernel = (g, inputs) => {
  const condition = g.cast(input(inputs, 'condition'), 'bool');
  const t = input(inputs, 't');
  const e = input(inputs, 'e');
  const types = [t.dtype, e.dtype];
  const dtype = types.includes('float32') ? 'float32' : types.includes('int32') ? 'int32' : 'bool';
  return chosen(g, condition, g.cast(t, dtype), g.cast(e, dtype));
};

/** `t` where the condition holds, `e` elsewhere; the runtime chooses among numbers only. */
export function chosen(g: GraphBuilder, condition: Traced, t: Traced, e: Traced): Traced {
  const shape = broadcastShape(condition, { shape: broadcastShape(t, e) });
  const taken = g.node('Where', [condition, comparable(g, t), comparable(g, e)], shape, comparable(g, t).dtype);
  return g.cast(taken, t.dtype);
}

/** Floats lose their fractions on the way to int32; NaN and floats beyond int32 become whatever the runtime makes of them. */
const cast: Kernel = (g, inputs, attributes) => {
  const x = input(inputs, 'x');
  return g.cast(x, dataTypeAttribute(attributes, 'dtype', x.dtype));
};

export const logicKernels: Readonly<Record<string, Kernel>> = {
  BitwiseAnd: bitwiseAnd,
  Cast: cast,
  Equal: comparison('Equal'),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Identity: (_, inputs) => input(inputs, 'x'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: logical('And'),
  LogicalOr: logical('Or'),
  NotEqual: notEqual,
  Select: select,
};
