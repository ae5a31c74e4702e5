/**
 * Replaces primitives by nodes that a runtime knows: their recorded definition for training,
 * one ONNX operator where there is one for export.
 */
import { CompileError } from '../errors.js';
import type { Graph, Node } from '../graph.js';
import { GraphBuilder, Traced } from '../graph-builder.js';
import { loweringOf, type PrimitiveAttributes, primitiveDomain } from '../primitives/define.js';
import { recordTensors } from '../trace.js';
import type { Pass } from './pass.js';

/** What the lowered graph is for. */
export type Purpose = 'train' | 'export';

export function lowerPrimitives(purpose: Purpose): Pass {
  return { name: `lower-primitives-${purpose}`, apply: (graph) => lowered(graph, purpose) };
}

function lowered(graph: Graph, purpose: Purpose): Graph {
  if (!graph.nodes.some((node) => node.domain === primitiveDomain)) return graph;
  const builder = new GraphBuilder();
  builder.adopt(graph);
  for (const node of graph.nodes) {
    if (node.domain === primitiveDomain) replace(builder, graph, node, purpose);
    else builder.append(node);
  }
  const outputs = graph.outputs.map((value) => [value.name, tracedValue(graph, value.name)] as const);
  return builder.finish(outputs);
}

function replace(builder: GraphBuilder, graph: Graph, node: Node, purpose: Purpose): void {
  const inputs = node.inputs.map((name) => tracedValue(graph, name));
  const [name] = node.outputs;
  if (name === undefined) throw new CompileError(`lowerPrimitives: ${node.op} has no output.`);
  const result = tracedValue(graph, name);
  const lowering = loweringOf(node.op);
  const attributes: PrimitiveAttributes = node.attributes;
  const [made] =
    purpose === 'export' && lowering.export !== undefined
      ? [lowering.export(builder, inputs, attributes, result)]
      : recordTensors(builder, inputs, (tensors) => [lowering.train(tensors, attributes)]);
  if (made === undefined) throw new CompileError(`lowerPrimitives: ${node.op} made nothing.`);
  builder.append({ op: 'Identity', inputs: [made.name], outputs: [name], attributes: {} });
}

function tracedValue(graph: Graph, name: string): Traced {
  const value = graph.values.get(name);
  if (value === undefined) throw new CompileError(`lowerPrimitives: no value named ${name}.`);
  const shape = value.shape.map((length) => {
    if (typeof length === 'number') return length;
    throw new CompileError(`lowerPrimitives: value ${name} has the symbolic axis ${length}; lower before naming axes.`);
  });
  return new Traced(value.name, shape, value.dtype);
}
