/**
 * Computes small convolutions, and the gradients of their inputs, as one product of all windows with the filter; where a window is a
 * single position, of any size.
 *
 * The runtime's own convolution takes picture by picture, which for a training step's many small ones is mostly overhead; its transposed one
 * uses one thread besides. Windows that the filter's gradient needs as well are put side by side once for both.
 */
import { fixedShapeOf, type Graph, type Node, sizeOf } from '../graph.js';
import { GraphBuilder, Traced } from '../graph-builder.js';
import { range } from '../kernels/kernel.js';
import { isPointwise, type Window } from '../kernels/window.js';
import { columnsFit, readingColumns, summedColumns, windowColumns } from '../kernels/window-columns.js';
import type { Pass } from './pass.js';

export const multiplyConvolutions: Pass = { name: 'convolution-products', apply: multiplied };

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
  if (!columnsFit(batch * sizeOf(window.output) * taps * inputs)) return undefined;
  const columns = windowColumns(g, g.transpose(x, [0, 2, 3, 1]), window); // [B P Q, h w I]
  const weights = g.reshape(g.transpose(filter, [2, 3, 1, 0]), [taps * inputs, outputs]);
  return placed(g, product(g, columns, weights), y);
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
  const elements = batch * taps * (isStrided ? sizeOf(window.output) * inputs : sizeOf(window.input) * outputs);
  if (!columnsFit(elements)) return isStrided ? undefined : reversed(g, whole, window);
  const rows = g.transpose(dy, [0, 2, 3, 1]); // [B, P, Q, O]
  if (!isStrided) {
    const weights = g.reshape(g.transpose(filter, [2, 3, 0, 1]), [taps * outputs, inputs]);
    return placed(g, product(g, readingColumns(g, rows, window), weights), dx);
  }
  const flat = g.reshape(rows, [batch * sizeOf(window.output), outputs]);
  const weights = g.reshape(g.transpose(filter, [0, 2, 3, 1]), [outputs, taps * inputs]);
  return placed(g, summedColumns(g, product(g, flat, weights), window), dx);
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
