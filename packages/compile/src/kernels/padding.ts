/** Borders around a tensor: of one value, or mirrored. */
import { sizeOf } from '../graph.js';
import type { GraphBuilder, Traced } from '../graph-builder.js';
import { filled } from './fill.js';
import { input, type Kernel, numberAttribute, type Pair, pairsAttribute, range, withAxis } from './kernel.js';

/** x with `value` around it; nothing is written where nothing is padded. */
export function padded(g: GraphBuilder, x: Traced, paddings: readonly Pair[], value: number): Traced {
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  const shape = x.shape.map((length, axis) => length + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
  if (sizeOf(x.shape) === 0) return filled(g, shape, value, x.dtype);
  if (x.dtype === 'bool') return g.cast(padded(g, g.cast(x, 'int32'), paddings, value), 'bool');
  const amounts = g.int64([...paddings.map(([before]) => before), ...paddings.map(([, after]) => after)]);
  return g.node('Pad', [x, amounts, g.scalar(value, x.dtype === 'int32' ? 'int32' : 'float32')], shape, x.dtype);
}

/** Each axis in turn is read at mirrored positions. */
const mirrorPad: Kernel = (g, inputs, attributes) => {
  const edge = attributes.mode === 'reflect' ? 0 : 1;
  return pairsAttribute(attributes, 'paddings').reduce(
    (x, [before, after], axis) => {
      if (before === 0 && after === 0) return x;
      const length = x.shape[axis] ?? 0;
      const positions = range(before + length + after).map((index) => mirrored(index - before, length, edge));
      const shape = withAxis(x.shape, axis, positions.length);
      return g.node('Gather', [x, g.int64(positions)], shape, x.dtype, { axis });
    },
    input(inputs, 'x'),
  );
};

/** The place of a position outside 0 … length - 1; with `edge` 1 the border itself is repeated. */
function mirrored(position: number, length: number, edge: number): number {
  if (position < 0) return -position - edge;
  return position < length ? position : 2 * (length - 1) - position + edge;
}

export const paddingKernels: Readonly<Record<string, Kernel>> = {
  MirrorPad: mirrorPad,
  PadV2: (g, inputs, attributes) =>
    padded(
      g,
      input(inputs, 'x'),
      pairsAttribute(attributes, 'paddings'),
      numberAttribute(attributes, 'constantValue', 0),
    ),
};
