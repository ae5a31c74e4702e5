/**
 * Computes small convolutions, and the gradients of their inputs, as one product of all windows with the filter; where a window is a
 * single position, of any size; and large ones of small pictures as a product for every so many pictures.
 *
 * The runtime's own convolution takes picture by picture, which for a training step's many small ones is mostly overhead, and where a
 * picture has fewer positions than channels puts windows side by side with one thread; its transposed one uses one thread anyway. Windows of
 * small ones that the filter's gradient needs as well are put side by side once for both.
 */
import { fixedShapeOf, type Graph, type Node, sizeOf } from '../graph.js';
import { GraphBuilder, Traced } from '../graph-builder.js';
import { range } from '../kernels/kernel.js';
import { concatenated, sliced } from '../kernels/slicing.js';
import { isPointwise, type Window } from '../kernels/window.js';
import { groupsOf, readingColumns, summedColumns, windowColumns } from '../kernels/window-columns.js';
import type { Pass } from './support/pass.js';

export const convolutionProducts: Pass = { name: 'convolution-products', apply: multiplied };

const multiplications: Readonly<Record<string, typeof convolution | undefined>> = {
  Conv: convolution,
  ConvTranspose: transposed,
};

function multiplied(graph: Graph): Graph {
  if (!graph.nodes.some(({ op }) => op in multiplications)) return graph;
  const builder = new GraphBuilder();
  builder.adopt(graph);
  for (const node of graph.nodes) {
    const made = productOf(builder, graph, node);
    if (made === undefined) builder.append(node);
    else builder.append({ op: 'Identity', inputs: [made.name], outputs: node.outputs, attributes: {} });
  }
  return { ...builder.finish([]), outputs: graph.outputs };
}

function productOf(g: GraphBuilder, graph: Graph, node: Node): Traced | undefined {
  const multiply = multiplications[node.op];
  const isWhole = (node.attributes.group ?? 1) === 1 && node.inputs.length === 2;
  if (multiply === undefined || !isWhole || node.domain !== undefined) return undefined;
  const [x, filter, y] = [...node.inputs, ...node.outputs].map((name) => fixedValue(graph, name));
  const isFlat = x?.shape.length === 4; // one height, one width
  if (!isFlat || filter === undefined || y === undefined) return undefined;
  return multiply(g, { x, filter, y, attributes: node.attributes });
}

/** A node that reads x and makes y. */
interface Convolution {
  readonly x: Traced;
  readonly filter: Traced;
  readonly y: Traced;
  readonly attributes: Node['attributes'];
}

/** x [B, I, H, W] with a filter [O, I, h, w] to [B, O, P, Q]. */
function convolution(g: GraphBuilder, { x, filter, y, attributes }: Convolution): Traced | undefined {
  const window = windowOf(attributes, x, y);
  if (isPointwise(window)) return placed(g, product(g, rowsOf(g, x), matrixOf(g, filter)), y);
  const [batch = 0, inputs = 0] = x.shape;
  const [outputs = 0] = filter.shape;
  const taps = sizeOf(window.size);
  const groups = groupsOf(batch, sizeOf(window.output) * taps * inputs);
  if (!isBetterIn(groups, outputs, window.output)) return undefined;
  const weights = g.reshape(g.transpose(filter, [2, 3, 1, 0]), [taps * inputs, outputs]);
  const multiply = (some: Traced) => product(g, windowColumns(g, some, window), weights);
  return placed(g, inGroups(g, g.transpose(x, [0, 2, 3, 1]), groups, multiply), y);
}

/** dy [B, O, P, Q] with a filter [O, I, h, w] to dx [B, I, H, W]. */
function transposed(g: GraphBuilder, whole: Convolution): Traced | undefined {
  const { x: dy, filter, y: dx, attributes } = whole;
  const window = windowOf(attributes, dx, dy);
  if (isPointwise(window)) return placed(g, product(g, rowsOf(g, dy), matrixOf(g, filter), { transB: 1 }), dx);
  const [batch = 0, outputs = 0] = dy.shape;
  const [, inputs = 0] = filter.shape;
  const taps = sizeOf(window.size);
  const isStrided = window.strides.some((stride) => stride > 1);
  const groups = groupsOf(batch, taps * (isStrided ? sizeOf(window.output) * inputs : sizeOf(window.input) * outputs));
  if (!isBetterIn(groups, inputs, window.input)) return isStrided ? undefined : reversed(g, whole, window);
  const multiply = isStrided ? handingBack(g, filter, window) : takingBack(g, filter, window);
  return placed(g, inGroups(g, g.transpose(dy, [0, 2, 3, 1]), groups, multiply), dx);
}

/** Pictures `[b, P, Q, C]` to rows of what a product makes of them. */
type Multiply = (pictures: Traced) => Traced;

/** Every position takes from all windows that read it, in one product. */
function takingBack(g: GraphBuilder, filter: Traced, window: Window): Multiply {
  const [outputs = 0, inputs = 0] = filter.shape;
  const weights = g.reshape(g.transpose(filter, [2, 3, 0, 1]), [sizeOf(window.size) * outputs, inputs]);
  return (dy) => product(g, readingColumns(g, dy, window), weights);
}

/** Every window hands back to all positions it read, where what came is added up: fewer products where windows skip positions. */
function handingBack(g: GraphBuilder, filter: Traced, window: Window): Multiply {
  const [outputs = 0, inputs = 0] = filter.shape;
  const weights = g.reshape(g.transpose(filter, [0, 2, 3, 1]), [outputs, sizeOf(window.size) * inputs]);
  return (dy) => {
    const rows = g.reshape(dy, [sizeOf(dy.shape.slice(0, 3)), outputs]);
    return summedColumns(g, product(g, rows, weights), window);
  };
}

/** Whether a product for each of so many groups of pictures takes less time than the runtime's convolution to so many channels. */
function isBetterIn(groups: number, channels: number, places: readonly number[]): boolean {
  return groups === 1 || (groups < Number.POSITIVE_INFINITY && channels > sizeOf(places));
}

/** Pictures `[B, P, Q, C]`, a group at a time. */
function inGroups(g: GraphBuilder, pictures: Traced, groups: number, multiply: Multiply): Traced {
  const [batch = 0, ...picture] = pictures.shape;
  const startOf = (group: number) => Math.round((group * batch) / groups);
  const parts = range(groups).map((group) =>
    sliced(g, pictures, [startOf(group), 0, 0, 0], [startOf(group + 1) - startOf(group), ...picture]),
  );
  return concatenated(g, parts.map(multiply), 0);
}

/**
 * A transposed convolution without strides as a convolution with the filter turned around: the runtime's own takes half as long again. None
 * where more zeros stand around than the filter reaches.
 */
function reversed(
  g: GraphBuilder,
  { x: dy, filter, y: dx }: Convolution,
  { size, dilations, padBefore, padAfter }: Window,
): Traced | undefined {
  const margin = (pads: readonly number[]) =>
    [0, 1].map((axis) => (dilations[axis] ?? 1) * ((size[axis] ?? 1) - 1) - (pads[axis] ?? 0));
  const pads = [...margin(padBefore), ...margin(padAfter)];
  if (pads.some((pad) => pad < 0)) return undefined;
  const [outputs = 0, inputs = 0] = filter.shape;
  const taps = g.reshape(filter, [outputs, inputs, sizeOf(size)]);
  const lastFirst = g.constant(Int32Array.from(range(sizeOf(size))).reverse(), [sizeOf(size)], 'int32');
  const turned = g.node('Gather', [taps, lastFirst], taps.shape, 'float32', { axis: 2 });
  const weights = g.transpose(g.reshape(turned, filter.shape), [1, 0, 2, 3]); // [I, O, h, w]
  return g.node('Conv', [dy, weights], dx.shape, 'float32', { kernel_shape: size, strides: [1, 1], dilations, pads });
}

function product(g: GraphBuilder, left: Traced, right: Traced, attributes: { readonly transB?: 1 } = {}): Traced {
  const columns = right.shape[attributes.transB === 1 ? 0 : 1] ?? 0;
  return g.node('Gemm', [left, right], [left.shape[0] ?? 0, columns], 'float32', attributes);
}

/** [B, C, H, W] to [B H W, C]. */
function rowsOf(g: GraphBuilder, x: Traced): Traced {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  return g.reshape(g.transpose(x, [0, 2, 3, 1]), [batch * height * width, channels]);
}

/** [O, I, 1, 1] to [I, O]. */
function matrixOf(g: GraphBuilder, filter: Traced): Traced {
  const [outputs = 0, inputs = 0] = filter.shape;
  return g.reshape(g.transpose(filter, [2, 3, 1, 0]), [inputs, outputs]);
}

/** Rows of channels, position by position, to the channels first that `like` has. */
function placed(
  g: GraphBuilder,
  rows: Traced,
  { shape: [batch = 0, channels = 0, height = 0, width = 0] }: Traced,
): Traced {
  return g.transpose(g.reshape(rows, [batch, height, width, channels]), [0, 3, 1, 2]);
}

/** @param read - what the window moves over; `written` has a position for each of its places. */
function windowOf(attributes: Node['attributes'], read: Traced, written: Traced): Window {
  const pair = (name: string, first: number): [number, number] => {
    const numbers = attributes[name];
    return Array.isArray(numbers) ? [numbers[first] ?? 1, numbers[first + 1] ?? 1] : [1, 1];
  };
  const place = ({ shape: [, , height = 0, width = 0] }: Traced): [number, number] => [height, width];
  return {
    size: pair('kernel_shape', 0),
    strides: pair('strides', 0),
    dilations: pair('dilations', 0),
    input: place(read),
    output: place(written),
    padBefore: pair('pads', 0),
    padAfter: pair('pads', 2),
    unread: [0, 0],
  };
}

/** A value of fixed lengths; undefined where there is none. */
function fixedValue({ values }: Graph, name: string): Traced | undefined {
  const value = values.get(name);
  const shape = value && fixedShapeOf(value);
  return value && shape && new Traced(name, shape, value.dtype);
}
