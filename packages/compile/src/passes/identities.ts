/** Removes nodes that change nothing: Identity, Reshape to the same shape, Transpose that keeps the order. */
import type { Graph, Node } from '../graph.js';
import type { Pass } from './support/pass.js';
import { renamedInputs } from './support/rename.js';

export const identities: Pass = { name: 'identities', apply: withoutIdentities };

function withoutIdentities(graph: Graph): Graph {
  const outputs = new Set(graph.outputs.map((value) => value.name));
  const rename = new Map<string, string>();
  const nodes: Node[] = [];
  for (const original of graph.nodes) {
    const node = renamedInputs(original, rename);
    const [from] = node.inputs;
    const [to] = node.outputs;
    if (from !== undefined && to !== undefined && !outputs.has(to) && changesNothing(graph, node)) rename.set(to, from);
    else nodes.push(node);
  }
  return { ...graph, nodes };
}

function changesNothing(graph: Graph, node: Node): boolean {
  if (node.op === 'Identity') return true;
  if (node.op === 'Transpose') {
    const { perm } = node.attributes;
    return Array.isArray(perm) && perm.every((axis, index) => axis === index);
  }
  return node.op === 'Reshape' && shapeOf(graph, node.inputs[0]) === shapeOf(graph, node.outputs[0]);
}

function shapeOf(graph: Graph, name: string | undefined): string | undefined {
  return graph.values.get(name ?? '')?.shape.join(',');
}
