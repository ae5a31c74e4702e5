/**
 * Says plainly what only adds or removes axes of length 1: a Reshape that does becomes Unsqueeze or Squeeze, and a
 * Transpose that only moves such an axis becomes part of the Unsqueeze before it. Needs lengths to be named.
 */
import type { AxisLength, Graph, Node } from '../../graph.js';
import { GraphBuilder } from '../../graph-builder.js';
import type { Pass } from '../../passes/support/pass.js';

export const unitAxes: Pass = { name: 'unit-axes', apply: withUnitAxes };

type Shape = readonly AxisLength[];

function withUnitAxes(graph: Graph): Graph {
  const builder = new GraphBuilder();
  builder.adopt(graph);
  const producers = new Map<string, Node>();
  for (const original of graph.nodes) {
    const node = rewritten(graph, builder, original, producers);
    builder.append(node);
    for (const name of node.outputs) producers.set(name, node);
  }
  return { ...builder.finish([]), inputs: graph.inputs, outputs: graph.outputs };
}

function rewritten(graph: Graph, builder: GraphBuilder, node: Node, producers: ReadonlyMap<string, Node>): Node {
  const source = viewedBy(graph, node, producers);
  const from = graph.values.get(source ?? '')?.shape;
  const to = graph.values.get(node.outputs[0] ?? '')?.shape;
  if (source === undefined || from === undefined || to === undefined || longAxes(from) !== longAxes(to)) return node;
  const grows = from.length < to.length;
  const axes = grows ? addedAxes(from, to) : addedAxes(to, from);
  if (axes === undefined || axes.length === 0) return node;
  const op = grows ? 'Unsqueeze' : 'Squeeze';
  return { op, inputs: [source, builder.int64(axes).name], outputs: node.outputs, attributes: {} };
}

/** The value whose elements, in the same order, the node gives another shape; undefined if it reorders them. */
function viewedBy(graph: Graph, node: Node, producers: ReadonlyMap<string, Node>): string | undefined {
  const [input = ''] = node.inputs;
  if (node.op === 'Reshape') return input;
  const before = producers.get(input);
  const { perm } = node.attributes;
  if (node.op !== 'Transpose' || before?.op !== 'Unsqueeze' || !Array.isArray(perm)) return undefined;
  const shape = graph.values.get(input)?.shape ?? [];
  const moved = perm.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, index) => index === 0 || axis > (moved[index - 1] ?? 0)) ? before.inputs[0] : undefined;
}

function longAxes(shape: Shape): string {
  return shape.filter((length) => length !== 1).join();
}

/** The axes of `long` that `short` lacks, all of length 1; undefined if that is not how they differ. */
function addedAxes(short: Shape, long: Shape): number[] | undefined {
  const added: number[] = [];
  let next = 0;
  for (const [axis, length] of long.entries()) {
    if (next < short.length && length === short[next]) next++;
    else if (length === 1) added.push(axis);
    else return undefined;
  }
  return next === short.length ? added : undefined;
}
